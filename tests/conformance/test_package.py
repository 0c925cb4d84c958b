"""celery-js as npm packs it: what its users install."""

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from scripts.paths import NODE_PROJECT
from scripts.processes import Command

PACKAGE = NODE_PROJECT / "celery-js"
MODULES = NODE_PROJECT / "node_modules"
# As in the strictest of users' projects: the package's own declarations are checked too.
STRICT = ("--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", "node")
WRONG_LINE = 6
USER = """\
import { Celery, type SendOptions, task, type TaskOptions } from "celery-js";
const options: TaskOptions & { bind: true } = { bind: true };
const sending: SendOptions = { countdown: 1 };
const sum = task(options, (self, x: number, y = 1) => x + y + Number(self.request.retries));
const add = new Celery("app").task(sum);
add.delay("1", 2).then((result) => result.get());
add.applyAsync([1], sending);
"""


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


@pytest.fixture(scope="module")
def project(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project, where it is installed beside the packages that it depends on."""
    folder = tmp_path_factory.mktemp("project")
    installed = folder / "node_modules"
    installed.mkdir()
    for module in MODULES.iterdir():
        if module.name != PACKAGE.name and not module.name.startswith("."):
            (installed / module.name).symlink_to(module)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (folder / "package").rename(installed / PACKAGE.name)
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    return folder


def test_the_package_is_complete_and_links_to_nothing_outside(project: Path) -> None:
    packed = project / "node_modules" / PACKAGE.name
    pages = [packed / "README.md", *sorted(packed.glob("docs/*.md"))]
    links = {page: re.findall(r"\]\((?!https:|#)([^)#]+)", page.read_text("utf-8")) for page in pages}
    assert len(pages) > 1
    assert [(page, link) for page in pages for link in links[page] if not (page.parent / link).exists()] == []
    loaded = run(["node", "--input-type=module", "--eval", 'await import("celery-js")'], project)
    assert (loaded.returncode, loaded.stderr) == (0, "")


def test_a_call_with_an_argument_of_another_type_is_a_type_error(project: Path) -> None:
    (project / "user.ts").write_text(USER)
    done = node_tool("tsc", *STRICT, "user.ts", cwd=project)
    [error] = done.stdout.splitlines()
    assert error.startswith(
        f"user.ts({WRONG_LINE},11): error TS2345: Argument of type 'string' is not assignable"
    )


def test_the_typescript_on_the_page_about_tasks_compiles(project: Path) -> None:
    page = (project / "node_modules" / PACKAGE.name / "docs" / "tasks.md").read_text("utf-8")
    [shown] = re.findall(r"^```ts\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (project / "page.ts").write_text(shown)
    done = node_tool("tsc", *STRICT, "page.ts", cwd=project)
    assert done.returncode == 0, done.stdout


def test_publint_and_attw_accept_the_packed_package(archive: Path, project: Path) -> None:
    """The package has only ES modules, as its README says: `.attw.json`."""
    unpacked = project / "node_modules" / PACKAGE.name
    for command in (["publint", "run", "--strict", "--pack", "false", unpacked], ["attw", archive]):
        done = node_tool(*map(str, command))
        assert done.returncode == 0, done.stdout + done.stderr
