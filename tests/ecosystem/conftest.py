"""A copy of the repository whose workers run, and the environments that docs/frameworks.md makes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.paths import ROOT
from tests.ecosystem.pins import REQUIREMENTS, with_pins
from tests.support.valkey import ValkeyServer, served
from tests.tutorial.conftest import Shell, shell_in_copy
from tests.tutorial.pages import File, steps_in
from tests.tutorial.reader import Reader

PAGE = ROOT / "docs" / "frameworks.md"
_CELERY = "../shop/.venv/bin/celery --workdir ../shop -A"
# Programs that a reader leaves running, and their output when they are ready.
STAYS = {
    "make up": "Both workers are consuming",
    f"{_CELERY} store worker --loglevel INFO": r"ready\.",
    f"{_CELERY} store beat --loglevel INFO": "Sending due task js_workers",
    f"{_CELERY} flask_shop:celery_app worker --loglevel INFO": r"ready\.",
    "../shop/.venv/bin/python ../shop/manage.py runserver --noreload 8010": "Quit the server",
    "../shop/.venv/bin/flask --app ../shop/flask_shop.py run --port 8011": "Running on",
    "../shop/.venv/bin/uvicorn --app-dir ../shop fastapi_shop:web --port 8012": "startup complete",
    "node ../shop/express.mjs": "",
    "node ../shop/fastify.mjs": "",
    "node ../shop/nest/dist/main.js": "successfully started",
    "../shop/node_modules/.bin/next start ../shop/next --port 8016": "Ready in",
}


def sections() -> dict[str, str]:
    """Heading -> text of each part of the page; "" for what stands before the first heading."""
    parts = re.split(r"^## (.*)\n", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


class Shop:
    """Follows parts of the page, with the pinned versions."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.folder = shell.copy.parent / "shop"
        self._reader = Reader(shell, STAYS)
        self.follow("")

    def follow(self, heading: str) -> None:
        """Does all that a part of the page says. Raises AssertionError when something else is printed."""
        for step in steps_in(sections()[heading]):
            if isinstance(step, File):
                self._reader.write(step)
                continue
            line = with_pins(step.line) if "npm install" in step.line else step.line
            printed = self._reader.follow(type(step)(line, step.prints))
            assert step.matches(printed), f"{heading}: `{line}` printed {printed}, not {step.prints}"

    def install(self, *packages: str) -> None:
        """Installs packages for Python."""
        self.shell.run("", f"../shop/.venv/bin/pip install -q {' '.join(packages)}")

    def install_node(self, *packages: str) -> None:
        """Installs packages for Node."""
        self.shell.run("", with_pins(f"(cd ../shop && npm install --silent --no-audit {' '.join(packages)})"))

    def write(self, name: str, text: str) -> Path:
        """Writes a file of the shop's."""
        file = self.folder / name
        file.write_text(text, "utf-8")
        return file


@pytest.fixture(scope="session")
def session_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory)


@pytest.fixture(scope="session")
def shop(session_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    for shell in shell_in_copy(session_valkey, tmp_path_factory):
        shell.env |= {
            "PIP_CONSTRAINT": str(REQUIREMENTS),
            "NEXT_TELEMETRY_DISABLED": "1",
            "PYTHONUNBUFFERED": "1",
        }
        yield Shop(shell)
