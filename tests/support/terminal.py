"""Runs a command in the foreground of a terminal, as a user does."""

import os
import pty
import select
from collections.abc import Mapping
from pathlib import Path

from tests.support.waiting import wait_until

CTRL_C = b"\x03"


class Terminal:
    """The command, its keyboard and its screen."""

    def __init__(self, command: list[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self._screen = b""
        self._is_closed = False
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            os.chdir(cwd)
            os.execvpe(command[0], command, {**env, "TERM": "xterm"})

    @property
    def screen(self) -> str:
        """Everything printed so far."""
        while select.select([self._descriptor], [], [], 0)[0]:
            try:
                self._screen += os.read(self._descriptor, 65536)
            except OSError:  # the last program that had the terminal has ended
                break
        return self._screen.decode("utf-8", "replace")

    def type(self, keys: bytes) -> None:
        """Presses keys."""
        os.write(self._descriptor, keys)

    def wait(self, timeout_s: float = 30.0) -> int:
        """Waits for the command's end and returns its exit code.

        Raises AssertionError when it takes too long.
        """
        _, status = wait_until(self._ended, timeout_s, "the end of the command")
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """Closes the terminal: whatever still has it is hung up."""
        os.close(self._descriptor)
        self._is_closed = True

    def _ended(self) -> tuple[int, int] | None:
        if not self._is_closed:
            _ = self.screen  # a full screen would hold the command up
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        return (pid, status) if pid else None
