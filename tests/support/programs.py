"""Programs that a test starts. Each has a log and ends with the test."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from scripts.interruption import Interruption
from scripts.paths import VENV_PYTHON
from scripts.processes import Command, Process, ProcessGroup
from tests.support.forking import can_be_forked, fork_server
from tests.support.waiting import wait_until

STOPS_WITHIN_S = 30.0


class Program:
    """A started program and its children, in a process group that dies with the test run.

    Use it as a context manager, or call `close`.
    """

    def __init__(self, name: str, command: Command, *, cwd: Path, env: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log_path = log
        self._group = ProcessGroup(Interruption()).__enter__()
        self._process = self._start(command, cwd, env)

    @property
    def pid(self) -> int:
        """The program's own process id."""
        return self._process.popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.exit_code

    @property
    def log(self) -> str:
        """Everything it has printed so far, standard error included."""
        return self.log_path.read_text("utf-8", "replace")

    def wait_for_log(self, pattern: str, timeout_s: float = 30.0) -> re.Match[str]:
        """Waits until its output matches a regular expression and returns the match.

        Raises AssertionError, with the log, when that takes too long or the program has ended without it.
        """

        def found() -> re.Match[str] | None:
            ended = self.exit_code is not None
            match = re.search(pattern, self.log, re.MULTILINE)
            assert match or not ended, f"{self.name} ended with {self.exit_code}:\n{self.log}"
            return match

        try:
            match = wait_until(found, timeout_s, f"{pattern!r} in the log of {self.name}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log}") from None
        assert match
        return match

    def signal(self, signum: int) -> None:
        """Sends a signal to the program itself, not to its children."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """SIGKILL to the program itself; its children are left to themselves, as a crash leaves them."""
        self._process.popen.kill()
        self._process.popen.wait()

    def wait(self, timeout_s: float = STOPS_WITHIN_S) -> int:
        """Waits for its end and returns its exit code. Raises AssertionError when that takes too long."""
        try:
            return self._process.popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {timeout_s:g} s:\n{self.log}") from None

    def stop(self, timeout_s: float = STOPS_WITHIN_S) -> int:
        """SIGTERM, and waits for its end. Returns the exit code; raises AssertionError when it stays."""
        if self.exit_code is None:
            self.signal(signal.SIGTERM)
        return self.wait(timeout_s)

    def close(self) -> None:
        """SIGTERM, then SIGKILL for it and all its children."""
        self._group.stop([self._process], STOPS_WITHIN_S)
        self._group.__exit__(None, None, None)

    def _start(self, command: Command, cwd: Path, env: Mapping[str, str]) -> Process:
        python, option, module, *arguments = [*command, *("",) * 3]
        if (python, option) != (VENV_PYTHON, "-m") or not can_be_forked(env):
            return self._group.start(self.name, command, cwd=cwd, env=env, log=self.log_path)
        with self.log_path.open("wb") as log, Path(os.devnull).open() as nothing:
            streams = (nothing.fileno(), log.fileno(), log.fileno())
            words = arguments[: len(command) - 3]
            forked = fork_server().start(
                str(module), words, cwd=cwd, env=env, streams=streams, group=self._group.id
            )
        return self._group.adopt(Process(self.name, forked, self.log_path))

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
