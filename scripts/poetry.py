"""The Python project's packages: Poetry, and the virtual environment in python/.venv."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

from scripts import stamps
from scripts.failure import CommandFailed
from scripts.paths import PYTHON_PROJECT, ROOT, TOOL_POETRY, VENV, VENV_PYTHON
from scripts.requirements import MINIMUM_PYTHON
from scripts.steps import Track, Workbench, run_program

POETRY_VERSION = "2.5.1"
MINIMUM_POETRY = (2, 0)
POETRY_ANSWERS_WITHIN_S = 20

TITLE = "python packages"


def is_installed() -> bool:
    """Tells whether python/.venv has what the lock file says."""
    return VENV_PYTHON.exists() and stamps.is_fresh(VENV, _expected())


def install(bench: Workbench) -> Track:
    """Brings python/.venv to what the lock file says, with the machine's Poetry or one of our own.

    Raises CommandFailed when a step fails.
    """
    env = _environment()
    poetry = _poetry_on_path(env) or (yield from _tool_poetry(bench, env))
    stamps.clear(VENV)
    if not _is_usable_venv():
        shutil.rmtree(VENV, ignore_errors=True)
        yield from run_program(
            bench,
            "python venv",
            "python3 -m venv python/.venv",
            [sys.executable, "-m", "venv", "--without-pip", VENV],
            cwd=ROOT,
            env=env,
        )
    command = [poetry, "install", "--no-interaction", "--no-ansi"]
    yield from run_program(bench, TITLE, "poetry install", command, cwd=PYTHON_PROJECT, env=env)
    stamps.write(VENV, _expected())


def _expected() -> str:
    """The repository's path counts: the scripts of a virtual environment that was moved name its old place."""
    sources = [PYTHON_PROJECT / "pyproject.toml", PYTHON_PROJECT / "poetry.lock"]
    sources += sorted(PYTHON_PROJECT.glob("*/pyproject.toml"))
    return stamps.fingerprint([file for file in sources if file.exists()], _venv_version(), str(ROOT))


def _venv_version() -> str:
    """The interpreter's version as the virtual environment notes it, read instead of started: this runs every time."""
    try:
        found = re.search(r"^version\w* *= *(\S+)", (VENV / "pyvenv.cfg").read_text(), re.MULTILINE)
    except OSError:
        return ""
    return found.group(1) if found else ""


def _is_usable_venv() -> bool:
    """A virtual environment may have lost its interpreter, be too old, or have come along from another folder."""
    parts = tuple(int(part) for part in re.findall(r"\d+", _venv_version())[:2])
    if not VENV_PYTHON.exists() or parts < MINIMUM_PYTHON:
        return False
    try:
        return str(VENV) in (VENV / "bin" / "activate").read_text()
    except OSError:
        return False


def _environment() -> dict[str, str]:
    """Poetry installs into python/.venv, whatever virtual environment is active and however the user has set it up."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONHOME")
    }
    env["POETRY_VIRTUALENVS_IN_PROJECT"] = "true"
    env["POETRY_VIRTUALENVS_CREATE"] = "true"
    return env


def _poetry_on_path(env: dict[str, str]) -> Path | None:
    """Returns the machine's own Poetry when there is one that runs and is new enough."""
    found = shutil.which("poetry")
    if found is None:
        return None
    try:
        answer = subprocess.run(
            [found, "--version"], env=env, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=POETRY_ANSWERS_WITHIN_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"version (\d+)\.(\d+)", answer.stdout)
    if version is None or (int(version.group(1)), int(version.group(2))) < MINIMUM_POETRY:
        return None
    return Path(found)


def _tool_poetry(bench: Workbench, env: dict[str, str]) -> Generator[None, None, Path]:
    """Returns the Poetry in .tools/poetry, installing it there if need be."""
    poetry = TOOL_POETRY / "bin" / "poetry"
    expected = stamps.fingerprint([], POETRY_VERSION, sys.version, str(ROOT))
    if stamps.is_fresh(TOOL_POETRY, expected):
        return poetry
    if importlib.util.find_spec("ensurepip") is None:
        raise CommandFailed(
            f"{sys.executable} comes without `ensurepip`, which installing Poetry needs: "
            "`apt install python3-venv`, or install Poetry 2 yourself"
        )
    shutil.rmtree(TOOL_POETRY, ignore_errors=True)
    yield from run_program(
        bench, "poetry venv", "python3 -m venv .tools/poetry", [sys.executable, "-m", "venv", TOOL_POETRY],
        cwd=ROOT, env=env,
    )  # fmt: skip
    pip = [TOOL_POETRY / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    requirement = f"poetry=={POETRY_VERSION}"
    yield from run_program(bench, "poetry", f"pip install {requirement}", [*pip, requirement], cwd=ROOT, env=env)
    stamps.write(TOOL_POETRY, expected)
    return poetry
