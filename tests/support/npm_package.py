"""celery-js as npm packs it, installed in a project of a user."""

import json
import subprocess
import tarfile
from pathlib import Path

from scripts.paths import NODE_PROJECT
from scripts.processes import Command

CELERY_JS = NODE_PROJECT / "celery-js"
MODULES = NODE_PROJECT / "node_modules"


def run(
    command: Command, cwd: Path, env: dict[str, str] | None = None, timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end."""
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout_s, check=False
    )


def pack(folder: Path) -> Path:
    """Packs celery-js into an archive."""
    done = run(["npm", "pack", "--silent", "--pack-destination", folder], CELERY_JS)
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.strip()


def users_project(folder: Path, archive: Path | None) -> Path:
    """Makes a project with celery-js next to the packages that it depends on.

    The package is unpacked as a registry's would be, or without an archive linked to the checkout.
    """
    installed = folder / "node_modules"
    installed.mkdir(parents=True)
    for module in MODULES.iterdir():
        if module.name != CELERY_JS.name and not module.name.startswith("."):
            (installed / module.name).symlink_to(module)
    if archive is None:
        (installed / CELERY_JS.name).symlink_to(CELERY_JS)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        (folder / "package").rename(installed / CELERY_JS.name)
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    return folder
