"""Follows pages as a reader does: writes their files, types their commands, compares what these print."""

import pytest

from scripts.paths import ROOT
from tests.tutorial.conftest import Shell
from tests.tutorial.pages import File, steps
from tests.tutorial.reader import Reader

pytestmark = pytest.mark.timeout(600)

README = "README.md"
LONG_PAGES = (
    "docs/tutorial.md",
    "docs/testing.md",
    "docs/web-service.md",
    "docs/celery-ts.md",
    "node/celery-js/README.md",
    "node/celery-js/docs/sending.md",
    "python/celery-reliable/README.md",
)
# By `make test-ecosystem` and `make test-toolchains`, as they install many packages.
FOLLOWED_ELSEWHERE = ("docs/frameworks.md", "docs/deployment.md")
# Programs that a reader leaves running, and their output when they are ready.
STAYS = {
    "make up": "Both workers are consuming",
    "../shop/.venv/bin/uvicorn --app-dir ../shop service:web --port 8000": "startup complete",
    "node ../shop/service.mjs": "",
    "node ../studio/server.mjs": "",
    "../orders/node_modules/.bin/celery-js -A ../orders/app.js worker": "ready",
    "python/.venv/bin/celery --workdir ../orders -A schedule beat --loglevel info": "Sending due task",
    "python/.venv/bin/celery --workdir ../reliable -A shop worker --loglevel info": "ready",
}


@pytest.fixture(scope="module")
def reader(shell: Shell) -> Reader:
    return Reader(shell, STAYS)


@pytest.mark.parametrize(
    "page", [README, *(pytest.param(page, marks=pytest.mark.long) for page in LONG_PAGES)]
)
def test_a_page_does_what_it_says(reader: Reader, page: str) -> None:
    found = steps(ROOT / page)
    assert found
    for step in found:
        if isinstance(step, File):
            reader.write(step)
        else:
            printed = reader.follow(step)
            assert step.matches(printed), f"{page}: `{step.line}` printed {printed}, not {step.prints}"
            assert "types missing" not in printed, f"{page}: `{step.line}` printed {printed}"


def test_every_page_with_commands_is_followed() -> None:
    places = ("README.md", "docs/*.md", "*/*/README.md", "*/*/docs/*.md")
    pages = [path for place in places for path in ROOT.glob(place)]

    followed = [ROOT / page for page in (README, *LONG_PAGES, *FOLLOWED_ELSEWHERE)]
    assert [page for page in pages if steps(page) and page not in followed] == []
