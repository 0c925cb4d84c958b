"""A small clone whose contracts are written and checked: the task folders, the settings and these scripts."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from scripts.paths import NODE_PROJECT, ROOT, VENV, VENV_PYTHON

_PARTS = (
    *("scripts", "configmaps", "python/py_workers", "python/pyproject.toml", "node/js_workers"),
    "node/tsconfig.json",
)
_PROGRAM = """
import sys
from scripts.console import Console
from scripts.contracts import command
from scripts.outcome import exit_code_of

def run():
    given = dict(word.split("=") for word in sys.argv[1:])
    check, strict = given.get("CHECK") == "1", given.get("STRICT") == "1"
    command.run(Console(), check=check, strict=strict, compared_with=given.get("BASE", ""))
    return 0

sys.exit(exit_code_of(Console(), run))
"""


class Clone:
    """A clone with one example task module in each language."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Copies what a clone needs here."""
        for part in _PARTS:
            source, target = ROOT / part, self.folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "contract.json"))
            else:
                shutil.copy(source, target)
        for tasks in ("python/py_workers/tasks", "node/js_workers/tasks"):
            for team in [each for each in (self.folder / tasks).iterdir() if each.is_dir()]:
                if team.name != "example":
                    shutil.rmtree(team)
        (self.folder / "node/package.json").write_text('{ "type": "module" }')
        for installed in (VENV, NODE_PROJECT / "node_modules"):
            (self.folder / installed.relative_to(ROOT)).symlink_to(installed)

    def contracts(self, *words: str) -> tuple[int, str]:
        """Runs what stands behind `make contracts`, without the set-up. Returns its exit code and output."""
        answer = subprocess.run(
            [VENV_PYTHON, "-c", _PROGRAM, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return answer.returncode, re.sub(r"\s+", " ", answer.stdout + answer.stderr)

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def python_task(self, text: str, module: str = "mine") -> None:
        head = "from py_workers.worker import celery_app\n"
        self.write(f"python/py_workers/tasks/team/{module}.py", head + text)

    def node_task(self, text: str, module: str = "mine") -> None:
        self.write(f"node/js_workers/tasks/team/{module}.js", text)

    def catalogue(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "contracts/tasks.json").read_text("utf-8"))
        return found

    def task(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.catalogue()["tasks"][name]
        return found

    def commit(self) -> None:
        """Commits everything to the branch `main`."""
        if not (self.folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=Contracts")

    def git(self, *words: str) -> None:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
        subprocess.run(["git", *identity, *words], cwd=self.folder, check=True, timeout=60)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path / "clone with spaces")
    made.create()
    return made


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone whose contracts are written and committed, for `written_clone` to copy."""
    made = Clone(tmp_path_factory.mktemp("written") / "clone with spaces")
    made.create()
    exit_code, output = made.contracts()
    assert exit_code == 0, output
    made.commit()
    return made


@pytest.fixture
def written_clone(written: Clone, tmp_path: Path) -> Clone:
    """A clone whose contracts are written and committed."""
    made = Clone(tmp_path / "clone with spaces")
    shutil.copytree(written.folder, made.folder, symlinks=True)
    return made
