"""Copies of this folder as somebody clones it: what git knows, and new files that it would take."""

import shutil
import subprocess
from pathlib import Path

from scripts.failure import CommandFailed
from scripts.paths import ROOT


def copy_to(folder: Path) -> None:
    """Copies the template, without anything that set-up and runs have made, into a folder.

    Raises CommandFailed when git does not tell which files these are.
    """
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        raise CommandFailed("git does not tell which files belong to the template", listing.stderr)
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def has_uncommitted_changes(folder: Path) -> bool:
    """Tells whether git would lose something if the folder were removed; false where there is no git."""
    answer = subprocess.run(
        ["git", "status", "--porcelain", "--", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and bool(answer.stdout)
