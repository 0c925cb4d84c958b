"""celery-js as npm packs it: what its users install."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.npm_package import CELERY_JS as PACKAGE
from tests.support.npm_package import MODULES, pack, run, users_project

# As in the strictest of users' projects: the package's own declarations are checked too.
STRICT = ("--noEmit", "--strict", "--allowJs", "--checkJs", "--target", "es2023", "--types", "node")
# Files that `tsc` refuses when a line that must be refused is not.
TYPE_TESTS = PACKAGE / "tests" / "types"
MODULES_AS = {
    "nodenext": ("--module", "nodenext"),
    "bundler": ("--module", "esnext", "--moduleResolution", "bundler"),
}


def node_tool(name: str, *arguments: str | Path, cwd: Path = PACKAGE) -> subprocess.CompletedProcess[str]:
    """Run a program of the packages that are installed for development."""
    return run([MODULES / ".bin" / name, *arguments], cwd)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, packed."""
    return pack(tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="module")
def project(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with the packed package, as a registry has it."""
    return users_project(tmp_path_factory.mktemp("project"), archive)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with a link to a checkout of the package, as a workspace has it."""
    return users_project(tmp_path_factory.mktemp("linked"), None)


def test_the_package_is_complete_and_links_to_nothing_outside(project: Path) -> None:
    packed = project / "node_modules" / PACKAGE.name
    pages = [packed / "README.md", *sorted(packed.glob("docs/*.md"))]
    links = {page: re.findall(r"\]\((?!https:|#)([^)#]+)", page.read_text("utf-8")) for page in pages}
    assert len(pages) > 1
    assert [(page, link) for page in pages for link in links[page] if not (page.parent / link).exists()] == []
    loaded = run(["node", "--input-type=module", "--eval", 'await import("celery-js")'], project)
    assert (loaded.returncode, loaded.stderr) == (0, "")


@pytest.mark.parametrize("modules", MODULES_AS)
@pytest.mark.parametrize("place", ["project", "linked"])
def test_users_have_types_wherever_the_package_comes_from(
    request: pytest.FixtureRequest, place: str, modules: str
) -> None:
    folder: Path = request.getfixturevalue(place)
    for file in TYPE_TESTS.iterdir():
        shutil.copy(file, folder)
    done = node_tool("tsc", *STRICT, *MODULES_AS[modules], "user.ts", "tasks.js", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_typescript_on_the_page_about_tasks_compiles(project: Path) -> None:
    page = (project / "node_modules" / PACKAGE.name / "docs" / "tasks.md").read_text("utf-8")
    [shown] = re.findall(r"^```ts\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (project / "page.ts").write_text(shown)
    done = node_tool("tsc", *STRICT, *MODULES_AS["nodenext"], "page.ts", cwd=project)
    assert done.returncode == 0, done.stdout


def test_publint_and_attw_accept_the_packed_package(archive: Path, project: Path) -> None:
    """The package has only ES modules, as its README says: `.attw.json`."""
    unpacked = project / "node_modules" / PACKAGE.name
    for command in (["publint", "run", "--strict", "--pack", "false", unpacked], ["attw", archive]):
        done = node_tool(*map(str, command))
        assert done.returncode == 0, done.stdout + done.stderr
