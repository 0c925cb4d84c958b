"""The packages of a Node project: node/, and the benchmarks' own in bench/."""

import os
import sys
from pathlib import Path

from scripts import stamps
from scripts.paths import ROOT
from scripts.steps import Track, Workbench, run_program


def is_installed(project: Path, node_version: str) -> bool:
    """Tells whether the project's node_modules has what its lock file says, for this Node."""
    return stamps.is_fresh(project / "node_modules", _expected(project, node_version))


def install(bench: Workbench, project: Path, node_version: str) -> Track:
    """Brings node_modules to what the lock file says. Raises CommandFailed when npm fails."""
    modules = project / "node_modules"
    stamps.clear(modules)
    # A shell with NODE_ENV=production would leave the linters out.
    command = ["npm", "ci", "--include=dev", "--no-audit", "--no-fund"]
    title = f"{project.relative_to(ROOT)} packages"
    yield from run_program(bench, title, "npm ci", command, cwd=project, env=os.environ)
    stamps.write(modules, _expected(project, node_version))


def _expected(project: Path, node_version: str) -> str:
    """Packages with compiled parts differ by Node's major version and by machine."""
    sources = [
        project / "package.json",
        project / "package-lock.json",
        *sorted(project.glob("*/package.json")),
    ]
    major = node_version.partition(".")[0]
    return stamps.fingerprint(
        [file for file in sources if file.exists()], major, sys.platform, os.uname().machine
    )
