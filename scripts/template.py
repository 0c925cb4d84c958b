"""Copies this folder as a clone has it: tracked files, and new files that git does not ignore."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from scripts.failure import CommandFailed
from scripts.paths import ROOT


def copy_to(folder: Path, without: Sequence[str] = ()) -> None:
    """Copies the template into a folder, without anything that set-up and runs have created.

    `without` are folders to leave out. Raises CommandFailed when git cannot list the files.
    """
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        raise CommandFailed("git cannot list the files of the template", listing.stderr)
    left_out = tuple(f"{path}/" for path in without)
    for name in filter(None, listing.stdout.split("\0")):
        if not name.startswith(left_out) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def has_uncommitted_changes(folder: Path) -> bool:
    """Tells whether a folder has uncommitted changes; False without git."""
    answer = subprocess.run(
        ["git", "status", "--porcelain", "--", folder], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and bool(answer.stdout)
