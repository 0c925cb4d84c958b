"""Follows the steps of a page: writes files, types commands, asks web services."""

import re
from collections.abc import Mapping
from contextlib import suppress

from tests.support.programs import Program
from tests.support.waiting import wait_until
from tests.tutorial.conftest import Shell
from tests.tutorial.pages import Command, File

READY_WITHIN_S = 120
ANSWERS_WITHIN_S = 20


class Reader:
    """Follows pages in a fresh copy of the repository, one terminal a program that stays.

    `stays`: the programs that a reader leaves running, and their output when they are ready.
    """

    def __init__(self, shell: Shell, stays: Mapping[str, str]) -> None:
        self._shell = shell
        self._stays = stays
        self._running: dict[str, Program] = {}
        self._has_new_tasks = False
        self._last_id = ""

    def write(self, file: File) -> None:
        path = self._shell.copy / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8")
        self._has_new_tasks |= "_workers/tasks/" in file.path

    def follow(self, command: Command) -> list[str]:
        """Types a command and returns its output. After a new task, restarts `make up` first."""
        if command.line in self._stays:
            if command.line != "make up" or self._has_new_tasks or "make up" not in self._running:
                self._leave_running(command.line)
            return []
        if self._has_new_tasks and "make up" in self._running:
            self._leave_running("make up")
        if command.line.startswith("curl "):
            return self._ask(command)
        return self._shell.run("", command.line)

    def _leave_running(self, line: str) -> None:
        if line in self._running:
            self._running[line].stop(READY_WITHIN_S)
        self._running[line] = self._shell.start("", line)
        self._running[line].wait_for_log(self._stays[line], READY_WITHIN_S)
        if line == "make up":
            self._has_new_tasks = False

    def _ask(self, command: Command) -> list[str]:
        """Asks a web service until its answer matches the page; the service or the task may need time."""
        line = command.line.replace("<id>", self._last_id)
        printed: list[str] = []

        def is_answered() -> bool:
            asking = self._shell.start("", line)
            asking.wait()
            printed[:] = asking.log.splitlines()
            return command.matches(printed)

        with suppress(AssertionError):  # what was printed last says more
            wait_until(is_answered, ANSWERS_WITHIN_S)
        if ids := re.findall(r"[0-9a-f-]{36}", "".join(printed)):
            self._last_id = ids[-1]
        return printed
