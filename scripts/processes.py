"""Runs the processes of a command in one group that never outlives the command.

`guard.py` leads the group, which contains all processes and their children. A terminal's Ctrl-C goes to the
foreground group, which is ours and not theirs, so we decide what stops first and nothing is signalled twice.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from scripts.failure import excerpt
from scripts.interruption import POLL_S, Interruption

Command = Sequence[str | Path]

GUARD = Path(__file__).with_name("guard.py")
GROUP_GONE_WITHIN_S = 5.0


def _doze() -> None:
    time.sleep(POLL_S)


class Started(Protocol):
    """The part of `subprocess.Popen` that this module uses."""

    pid: int

    def poll(self) -> int | None:
        """Returns its exit code, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end and returns its exit code.

        Raises subprocess.TimeoutExpired after `timeout` seconds.
        """

    def send_signal(self, signum: int) -> None:
        """Sends a signal, unless it has ended."""

    def terminate(self) -> None:
        """Sends SIGTERM."""

    def kill(self) -> None:
        """Sends SIGKILL."""


@dataclass(frozen=True)
class Process:
    """A started program: its name for the user, the process, and the file with its output, if any."""

    name: str
    popen: Started
    log: Path | None = None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative if a signal ended it."""
        return self.popen.poll()

    def log_excerpt(self) -> str:
        """Returns the important lines of its log under a heading, for a failure's detail."""
        lines = excerpt(self.log) if self.log else ""
        return f"  from the log of the {self.name}:\n{lines}" if lines else ""

    @property
    def last_line(self) -> str:
        """The last line of its log after a colon, for a sentence about its end; empty if there is none."""
        lines = excerpt(self.log).splitlines() if self.log else []
        return f": {lines[-1].strip()}" if lines else ""


class ProcessGroup:
    """A context manager that ends every process of the group when it is left."""

    def __init__(self, interruption: Interruption) -> None:
        self._interruption = interruption
        self._processes: list[Process] = []

    def __enter__(self) -> "ProcessGroup":
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        return self

    def start(
        self,
        name: str,
        command: Command,
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
        output: int | IO[bytes] | None = None,
    ) -> Process:
        """Starts a program in the group, without standard input.

        Its output goes to the file `log`, to the descriptor `output`, or to our output. Raises OSError when
        it cannot be started.
        """
        opened = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            output = opened = log.open("wb")
        try:
            popen = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                process_group=self.id,
            )
        finally:
            if opened is not None:
                opened.close()
        return self.adopt(Process(name, popen, log))

    @property
    def id(self) -> int:
        """The id of the process group."""
        return self._guard.pid

    def adopt(self, process: Process) -> Process:
        """Adds a process that was started in the group by other means."""
        self._processes.append(process)
        return process

    def stop(
        self, processes: Iterable[Process], grace_s: float, meanwhile: Callable[[], None] = _doze
    ) -> list[Process]:
        """Sends SIGTERM, waits, then kills. Returns the processes that had to be killed.

        Signals go to the program itself and not to its children, as a Celery worker's pool must finish its
        tasks. A second Ctrl-C ends the wait. `meanwhile` is called repeatedly while waiting.
        """
        running = [process for process in processes if process.exit_code is None]
        for process in running:
            process.popen.terminate()
        deadline = time.monotonic() + grace_s
        while running and time.monotonic() < deadline and not self._interruption.asked_twice:
            meanwhile()
            running = [process for process in running if process.exit_code is None]
        for process in running:
            process.popen.kill()
            process.popen.wait()
        return running

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()
        for process in self._processes:
            process.popen.kill()  # if it has left the group
            process.popen.wait()
        deadline = time.monotonic() + GROUP_GONE_WITHIN_S
        with suppress(ProcessLookupError, PermissionError):
            while time.monotonic() < deadline:
                os.killpg(self._guard.pid, 0)
                time.sleep(POLL_S)
