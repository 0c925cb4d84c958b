"""Installs the packages of Node projects: node/, bench/ and the tools of tests and scripts."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts import stamps
from scripts.paths import ROOT
from scripts.steps import Track, Workbench, run_program

# The lock file does not name the registry, so that it serves every machine.
LOCK_OPTIONS = ("--omit-lockfile-registry-resolved", "--no-audit", "--no-fund")


def is_installed(project: Path, node_version: str) -> bool:
    """Tells whether node_modules matches the lock file and this Node."""
    return stamps.is_fresh(project / "node_modules", _expected(project, node_version))


def install(bench: Workbench, project: Path, node_version: str) -> Track:
    """Installs the packages of the lock file. Raises CommandFailed when npm fails."""
    modules = project / "node_modules"
    stamps.clear(modules)
    # With NODE_ENV=production, npm would skip the linters.
    command = ["npm", "ci", "--include=dev", "--no-audit", "--no-fund"]
    title = f"{project.relative_to(ROOT)} packages"
    yield from run_program(bench, title, "npm ci", command, cwd=project, env=os.environ)
    stamps.write(modules, _expected(project, node_version))


def add(bench: Workbench, project: Path, node_version: str, words: Sequence[str]) -> Track:
    """Adds libraries to package.json and the lock file, and installs them.

    `words` are the arguments of `npm install`. Raises CommandFailed when npm refuses them.
    """
    modules = project / "node_modules"
    stamps.clear(modules)
    command = ["npm", "install", "--include=dev", *LOCK_OPTIONS, *words]
    title = f"{project.relative_to(ROOT)} packages"
    shown = f"npm install {' '.join(words)}"
    yield from run_program(bench, title, shown, command, cwd=project, env=os.environ)
    stamps.write(modules, _expected(project, node_version))


def lock(bench: Workbench, project: Path) -> Track:
    """Updates the lock file after a change of package.json. Raises CommandFailed when npm fails."""
    command = ["npm", "install", "--package-lock-only", *LOCK_OPTIONS]
    title = f"{project.relative_to(ROOT)} lock"
    yield from run_program(bench, title, "npm install", command, cwd=project, env=os.environ)


def _expected(project: Path, node_version: str) -> str:
    """Compiled packages depend on Node's major version and the machine."""
    sources = [
        project / "package.json",
        project / "package-lock.json",
        *sorted(project.glob("*/package.json")),
    ]
    major = node_version.partition(".")[0]
    return stamps.fingerprint(
        [file for file in sources if file.exists()], major, sys.platform, os.uname().machine
    )
