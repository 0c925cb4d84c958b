"""Code on pages satisfies the linters, and links and make targets on pages exist."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV
from tests.scripts.conftest import Target
from tests.support.links import dead_links
from tests.tutorial.pages import File, steps

RUFF = str(VENV / "bin" / "ruff")
BIOME = str(NODE_PROJECT / "node_modules" / ".bin" / "biome")
LINTERS = {
    ".py": ([RUFF, "check"], [RUFF, "format", "--check"]),
    ".ts": ([BIOME, "check", f"--config-path={NODE_PROJECT / 'biome.json'}"],),
    ".js": ([BIOME, "check", f"--config-path={NODE_PROJECT / 'biome.json'}"],),
}
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PLACES = ("docs/*.md", "*/README.md", "*/*/README.md", "*/*/docs/*.md")
PAGES = [README, *(page for place in PLACES for page in sorted(ROOT.glob(place)))]
# What `make lint` would look at, once a reader has written it.
MODULES = {
    step.path: step.text
    for page in PAGES
    for step in steps(page)
    if isinstance(step, File) and re.match(r"(python|node)/\w+/", step.path)
}
# What they import of the template.
IMPORTED = ("python/py_workers/worker.py", "python/py_workers/tasks/example/arithmetic.py")

README_LINES = 150

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
MAKEFILES = [*ROOT.glob("Makefile"), *ROOT.glob("*/Makefile"), *ROOT.glob("*.mk"), *ROOT.glob("*/*.mk")]
TARGETS = {
    target
    for file in MAKEFILES
    for target in re.findall(r"^([a-z][\w-]*):", file.read_text("utf-8"), re.MULTILINE)
}


def test_the_readme_shows_a_task_of_each_language() -> None:
    files = [step.path.split("/")[0] for step in steps(README) if isinstance(step, File)]

    assert files[:2] == ["python", "node"]


def test_the_readme_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= README_LINES


@pytest.mark.parametrize("file", MODULES)
def test_a_module_on_a_page_pleases_the_linters(target: Target, tmp_path: Path, file: str) -> None:
    for other in (*MODULES, *IMPORTED):  # ruff sorts an import as the project's own if its file is there
        (tmp_path / other).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / other).touch()
    module = tmp_path / file
    module.write_text(MODULES[file])
    shutil.copy(PYTHON_PROJECT / "pyproject.toml", tmp_path / file.split("/")[0])  # ruff's settings

    for linter in LINTERS[module.suffix]:
        exit_code, output = target.run(*linter, str(module), cwd=tmp_path)
        assert exit_code == 0, output


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert dead_links(page) == []


@pytest.mark.parametrize("page", [*PAGES, CONTRIBUTING], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_make_target_on_a_page_exists(page: Path) -> None:
    named = re.findall(r"(?:^ *(?:\$ )?|`|\w=\S+ )make ([a-z][\w-]*)", page.read_text("utf-8"), re.MULTILINE)

    assert set(named) <= TARGETS


def test_the_files_that_the_map_names_are_there() -> None:
    named = set(re.findall(r"`([\w./-]+(?:\.(?:py|js|lua|mk|md)|/))`", ARCHITECTURE.read_text("utf-8")))
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()

    missing = {name for name in named if not any(_is_at(f"/{file}", f"/{name}") for file in files)}

    assert named
    assert missing == set()


def _is_at(file: str, place: str) -> bool:
    """Whether a file is the one at a place, which names the end of its path, or is in the folder there."""
    return place in file if place.endswith("/") else file.endswith(place)
