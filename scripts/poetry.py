"""Finds the Poetry that installs the Python packages: the machine's own, or ours in .tools/poetry."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from scripts import stamps
from scripts.failure import CommandFailed
from scripts.paths import ROOT, TOOL_POETRY
from scripts.processes import Command
from scripts.steps import Workbench, run_program

MINIMUM_VERSION = (2, 0)
# Poetry does not read pip's configuration, and does not work with a company's simple mirror. With this
# plugin, it uses the same index as pip.
REQUIREMENTS = ("poetry==2.5.1", "poetry-plugin-pypi-mirror==0.6.5")
INDEX_VARIABLE = "POETRY_PYPI_MIRROR_URL"
ANSWERS_WITHIN_S = 20

_FOREIGN_ENVIRONMENT = ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONHOME")


def environment() -> dict[str, str]:
    """Returns the environment with which Poetry installs into python/.venv, even if another one is active."""
    env = {name: value for name, value in os.environ.items() if name not in _FOREIGN_ENVIRONMENT}
    return env | {"POETRY_VIRTUALENVS_IN_PROJECT": "true", "POETRY_VIRTUALENVS_CREATE": "true"}


def find_or_install(bench: Workbench, env: dict[str, str]) -> Generator[None, None, list[str]]:
    """Returns the command that runs Poetry.

    Installs one if the machine has none, and adds its variables to `env`.

    Runs our Poetry as a module, because the first line of a script cannot name a path with quotes.

    Raises CommandFailed when Poetry cannot be installed.
    """
    found = _on_path(env)
    if found is not None:
        return [str(found)]
    expected = stamps.fingerprint([], *REQUIREMENTS, sys.version, str(ROOT))
    if not stamps.is_fresh(TOOL_POETRY, expected):
        yield from _install(bench, env)
        stamps.write(TOOL_POETRY, expected)
    env.setdefault(INDEX_VARIABLE, pip_index(env))
    return [str(TOOL_POETRY / "bin" / "python"), "-m", "poetry"]


def _on_path(env: Mapping[str, str]) -> Path | None:
    """Returns the machine's Poetry if it runs and is new enough."""
    found = shutil.which("poetry")
    if found is None:
        return None
    version = re.search(r"version (\d+)\.(\d+)", _answer([found, "--version"], env))
    if version is None or (int(version.group(1)), int(version.group(2))) < MINIMUM_VERSION:
        return None
    return Path(found)


def _install(bench: Workbench, env: Mapping[str, str]) -> Generator[None, None, None]:
    if importlib.util.find_spec("ensurepip") is None:
        raise CommandFailed(
            f"{sys.executable} lacks `ensurepip`, which Poetry's installation needs: run "
            "`apt install python3-venv`, or install Poetry 2 yourself"
        )
    shutil.rmtree(TOOL_POETRY, ignore_errors=True)
    venv: Command = [sys.executable, "-m", "venv", TOOL_POETRY]
    yield from run_program(bench, "poetry venv", "python3 -m venv .tools/poetry", venv, cwd=ROOT, env=env)
    pip = [*_pip(), "install", "--no-input", *REQUIREMENTS]
    yield from run_program(bench, "poetry", f"pip install {REQUIREMENTS[0]}", pip, cwd=ROOT, env=env)


def pip_index(env: Mapping[str, str]) -> str:
    """Returns the package index of pip, from its configuration or the default in its help."""
    configured = env.get("PIP_INDEX_URL") or _answer([*_pip(), "config", "get", "global.index-url"], env)
    if configured:
        return configured.strip()
    page = _answer([*_pip(), "install", "--help"], env)
    default = re.search(r"--index-url <url>.*?\(default\s+([^\s)]+)\)", page, re.DOTALL)
    return default.group(1) if default else ""


def _pip() -> list[str]:
    return [str(TOOL_POETRY / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]


def _answer(command: Sequence[str], env: Mapping[str, str]) -> str:
    """Returns the output of a short program; empty if it fails or cannot be run."""
    try:
        answer = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout if answer.returncode == 0 else ""
