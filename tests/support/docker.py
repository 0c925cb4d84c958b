"""Docker's command line, and the ledger that tasks in containers write."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.paths import ROOT

BUILDS_WITHIN_S = 600.0


def run(
    *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)
) -> str:
    """Runs a command and returns its output. Raises AssertionError, with it, for another exit code."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=BUILDS_WITHIN_S,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode in ok, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{output}"
    return done.stdout


def is_there() -> bool:
    """Tells whether a Docker engine answers."""
    try:
        asked = subprocess.run(
            ["docker", "info"], env=os.environ, capture_output=True, timeout=30, check=False
        )
    except OSError:
        return False
    return asked.returncode == 0


class Ledger:
    """A file in a folder that the containers mount: a line for each start and end of a task."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o777)  # the tasks run as a user of the container's own
        self.folder = folder
        self._lines = folder / "lines"
        self._lines.touch()
        self._lines.chmod(0o666)

    def entries(self, event: str) -> list[tuple[str, str]]:
        """(label, host name) of every such event in the ledger, in order."""
        lines = self._lines.read_text().splitlines(keepends=True)
        rows = [json.loads(line) for line in lines if line.endswith("\n")]
        return [(label, host) for kind, label, host in rows if kind == event]

    def counts(self, event: str, prefix: str) -> Counter[str]:
        """How often this happened to each task whose label begins so."""
        return Counter(label for label, _ in self.entries(event) if label.startswith(prefix))
