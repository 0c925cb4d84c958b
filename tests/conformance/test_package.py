"""celery-js as npm packs it: what its users install."""

import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from scripts.paths import NODE_PROJECT
from scripts.processes import Command

PACKAGE = NODE_PROJECT / "celery-js"
MODULES = NODE_PROJECT / "node_modules"
# As in the strictest of users' projects: the package's own declarations are checked too.
STRICT = ("--noEmit", "--strict", "--allowJs", "--checkJs", "--target", "es2023", "--types", "node")
# Files that `tsc` refuses when a line that must be refused is not.
TYPE_TESTS = PACKAGE / "tests" / "types"
MODULES_AS = {
    "nodenext": ("--module", "nodenext"),
    "bundler": ("--module", "esnext", "--moduleResolution", "bundler"),
}


def run(command: Command, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def node_tool(name: str, *arguments: str | Path, cwd: Path = PACKAGE) -> subprocess.CompletedProcess[str]:
    """Run a program of the packages that are installed for development."""
    return run([MODULES / ".bin" / name, *arguments], cwd)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, packed."""
    folder = tmp_path_factory.mktemp("packed")
    done = run(["npm", "pack", "--silent", "--pack-destination", folder], PACKAGE)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.strip()


def users_project(folder: Path) -> Path:
    """Makes a project with the packages that celery-js depends on. Returns the folder of its packages."""
    installed = folder / "node_modules"
    installed.mkdir()
    for module in MODULES.iterdir():
        if module.name != PACKAGE.name and not module.name.startswith("."):
            (installed / module.name).symlink_to(module)
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    return installed


@pytest.fixture(scope="module")
def project(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with the packed package, as a registry has it."""
    folder = tmp_path_factory.mktemp("project")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (folder / "package").rename(users_project(folder) / PACKAGE.name)
    return folder


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project with a link to a checkout of the package, as a workspace has it."""
    folder = tmp_path_factory.mktemp("linked")
    (users_project(folder) / PACKAGE.name).symlink_to(PACKAGE)
    return folder


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
