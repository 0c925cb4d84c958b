"""The client packages in a folder outside the repository, generated for a catalogue."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.contracts import clients
from scripts.paths import NODE_PROJECT, ROOT, VENV_PYTHON
from tests.support.workers import clean_environment

MODULES = NODE_PROJECT / "node_modules"
ENDS_WITHIN_S = 110.0


@dataclass(frozen=True)
class Clients:
    """A folder with both packages, and their names, which `make rename` changes."""

    folder: Path
    package: str
    npm: str

    def python(self, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
        """Run Python with the package on its path; return what it prints."""
        return self.run(
            VENV_PYTHON, *arguments, env={"PYTHONPATH": f"{self.folder / 'python'}:{ROOT}", **(env or {})}
        )

    def node(self, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
        """Run Node where the package is installed; return what it prints."""
        return self.run("node", *arguments, env=env)

    def node_program(self, source: str, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
        """Run a program from the folder, because Node resolves the names of packages from its place."""
        program = self.folder / "program.mjs"
        program.write_text(source, "utf-8")
        return self.node(program, *arguments, env=env)

    def run_source(self, language: str, source: str, env: dict[str, str]) -> str:
        """Run a program of either language, whose one argument is the package's name."""
        if language == "python":
            return self.python("-c", source, self.package, env=env)
        return self.node_program(source, self.npm, env=env)

    def run(self, *command: str | Path, env: dict[str, str] | None = None) -> str:
        """Run a program; AssertionError when it fails."""
        done = self.attempt(*command, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attempt(
        self, *command: str | Path, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program, whatever comes of it."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**clean_environment(), **(env or {})},
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_S,
            check=False,
        )


def install(folder: Path, catalogue: dict[str, Any] | None = None) -> Clients:
    """Copy both packages and lend them what they depend on; with a catalogue, generate them for it."""
    shutil.copytree(ROOT / "clients", folder, ignore=shutil.ignore_patterns("__pycache__", "*.tgz", "dist"))
    if catalogue is not None:
        clients.write(catalogue, folder)
    package = clients.package(folder / "python")
    assert package is not None
    installed = folder / "node_modules"
    installed.mkdir()
    for module in MODULES.iterdir():
        if not module.name.startswith("."):
            (installed / module.name).symlink_to(module)
    name = json.loads((folder / "node" / "package.json").read_text("utf-8"))["name"]
    (installed / name).symlink_to(folder / "node")
    (folder / "package.json").write_text('{ "type": "module" }\n')
    return Clients(folder, package.name, name)
