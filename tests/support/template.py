"""Copies of the template for tests that change it."""

from pathlib import Path

from scripts import template
from scripts.paths import NODE_PROJECT, ROOT, VENV


def installed_copy(folder: Path) -> Path:
    """Copies the template, links its installed packages to ours, and returns the folder.

    No target that sets up may run in it: it would install into our own folders.
    """
    template.copy_to(folder)
    for installed in (VENV, NODE_PROJECT / "node_modules"):
        (folder / installed.relative_to(ROOT)).symlink_to(installed)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content, links left out."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".venv" not in file.parts)
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in files
        if "node_modules" not in file.parts and "__pycache__" not in file.parts
    }
