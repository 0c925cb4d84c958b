"""Python programs that start at once: the test process's end of `fork_server.py`."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

from scripts.paths import VENV_PYTHON
from scripts.processes import Command
from tests.support.fork_server import NUMBER

SERVER = Path(__file__).with_name("fork_server.py")

# Variables that Python, or Celery when it is imported, reads once: the fork server has done so. Sentry has to
# be there before Celery's consumer is imported.
READ_EARLY = ("AUTOSCALE_", "C_", "CELERY_", "PYTHON", "SENTRY_")


def can_be_forked(env: Mapping[str, str]) -> bool:
    """Whether a program with these variables is the same when it is forked off."""
    return all(os.environ.get(name) == value for name, value in env.items() if name.startswith(READ_EARLY))


class Forked:
    """A program with the interface of `subprocess.Popen`.

    It is a child of the fork server, which reports its end.
    """

    def __init__(self, args: Sequence[str | Path], status: int) -> None:
        self.args = args
        self.returncode: int | None = None
        self._status = status
        self._reading = threading.Lock()
        self.pid = self._read()

    def poll(self) -> int | None:
        """Its exit code, negative when a signal ended it, or None while it runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code at its end. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        ended = self._ended_within(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired([str(part) for part in self.args], timeout or 0)
        return ended

    def send_signal(self, signum: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, timeout: float | None) -> int | None:
        if self.returncode is None and self._is_readable(timeout):
            with self._reading:  # threads may look at once, and there is one answer to read
                if self.returncode is None and self._is_readable(0):
                    self.returncode = self._read()
        return self.returncode

    def _is_readable(self, timeout: float | None) -> bool:
        poll = select.poll()  # unlike select(), of descriptors beyond 1023 as well
        poll.register(self._status, select.POLLIN)
        return bool(poll.poll(None if timeout is None else timeout * 1000))

    def __del__(self) -> None:
        os.close(self._status)

    def _read(self) -> int:
        data = os.read(self._status, NUMBER.size)
        if not data:
            raise ChildProcessError("the fork server has ended")
        return int(NUMBER.unpack(data)[0])


class ForkServer:
    """A process that has imported Celery. It ends with this one, which has the only end of its socket."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._asking = threading.Lock()
        with theirs:
            descriptor = theirs.fileno()
            command: Command = [VENV_PYTHON, SERVER, str(descriptor)]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[descriptor])

    def start(
        self,
        module: str,
        arguments: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str] | None,
        streams: tuple[int, int, int],
        group: int,
    ) -> Forked:
        """Start `python -m module ...` with descriptors as its input and outputs, in a process group."""
        words = [str(argument) for argument in arguments]
        variables = dict(os.environ if env is None else env)
        request = {"module": module, "arguments": words, "cwd": str(cwd), "env": variables, "group": group}
        body = json.dumps(request).encode()
        ours, theirs = os.pipe()
        try:
            with self._asking:
                socket.send_fds(self._control, [NUMBER.pack(len(body))], [*streams, theirs])
                self._control.sendall(body)
        finally:
            os.close(theirs)
        return Forked([VENV_PYTHON, "-m", module, *words], ours)


def completed(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run a program without a terminal to its end, forked if it is one of Celery's."""
    with TemporaryFile() as out, TemporaryFile() as error, Path(os.devnull).open() as nothing:
        streams = (nothing.fileno(), out.fileno(), error.fileno())
        running: subprocess.Popen[bytes] | Forked
        if list(command[:2]) == [str(VENV_PYTHON), "-m"] and can_be_forked(env):
            module, *arguments = command[2:]
            running = fork_server().start(module, arguments, cwd=cwd, env=env, streams=streams, group=0)
        else:
            running = subprocess.Popen(
                command, cwd=cwd, env=env, stdin=streams[0], stdout=streams[1], stderr=streams[2]
            )
        try:
            code = running.wait(timeout_s)
        except BaseException:
            running.kill()
            raise
        printed = []
        for stream in (out, error):
            stream.seek(0)
            printed.append(stream.read().decode())
    return subprocess.CompletedProcess(command, code, *printed)


@cache
def fork_server() -> ForkServer:
    """Return this process's fork server. It accepts requests while it still imports."""
    assert sys.platform != "win32"
    return ForkServer()
