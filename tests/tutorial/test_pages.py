"""Follows pages as a reader does: writes their files, types their commands, compares what these print."""

import re
from contextlib import suppress

import pytest

from scripts.paths import ROOT
from tests.support.programs import Program
from tests.support.waiting import wait_until
from tests.tutorial.conftest import Shell
from tests.tutorial.pages import Command, File, steps

pytestmark = pytest.mark.timeout(600)

PAGES = (
    "README.md",
    "docs/tutorial.md",
    "docs/testing.md",
    "docs/web-service.md",
    "docs/celery-ts.md",
    "node/celery-js/README.md",
    "node/celery-js/docs/sending.md",
    "python/celery-reliable/README.md",
)
# Programs that a reader leaves running, and their output when they are ready.
STAYS = {
    "make up": "Both workers are consuming",
    "../shop/.venv/bin/uvicorn --app-dir ../shop service:web --port 8000": "startup complete",
    "node ../shop/service.mjs": "",
    "../orders/node_modules/.bin/celery-js -A ../orders/app.js worker": "ready",
    "python/.venv/bin/celery --workdir ../orders -A schedule beat --loglevel info": "Sending due task",
    "python/.venv/bin/celery --workdir ../reliable -A shop worker --loglevel info": "ready",
}
READY_WITHIN_S = 120
ANSWERS_WITHIN_S = 20


class Reader:
    """Follows pages in a fresh copy of the repository, one terminal a program that stays."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
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
        if command.line in STAYS:
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
        self._running[line].wait_for_log(STAYS[line], READY_WITHIN_S)
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


@pytest.fixture(scope="module")
def reader(shell: Shell) -> Reader:
    return Reader(shell)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_says(reader: Reader, page: str) -> None:
    for step in steps(ROOT / page):
        if isinstance(step, File):
            reader.write(step)
        else:
            printed = reader.follow(step)
            assert step.matches(printed), f"{page}: `{step.line}` printed {printed}, not {step.prints}"


def test_every_page_with_commands_is_followed() -> None:
    places = ("README.md", "docs/*.md", "*/*/README.md", "*/*/docs/*.md")
    pages = [path for place in places for path in ROOT.glob(place)]

    followed = [ROOT / page for page in PAGES]
    assert [page for page in pages if steps(page) and page not in followed] == []
