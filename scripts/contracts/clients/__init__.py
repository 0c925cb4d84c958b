"""Writes the client packages' generated files from the catalogue: one module for each language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.contracts.clients import node, python

Catalogue = Mapping[str, Any]


def write(catalogue: Catalogue, folder: Path) -> list[Path]:
    """Writes the generated files that differ, below `folder` (`clients/`), and returns them."""
    changed = different(catalogue, folder)
    for file, text in changed.items():
        file.write_text(text, "utf-8")
    return list(changed)


def stale(catalogue: Catalogue, folder: Path) -> list[Path]:
    """Returns the generated files that `write` would change."""
    return list(different(catalogue, folder))


def different(catalogue: Catalogue, folder: Path) -> dict[Path, str]:
    """Returns file -> text of the generated files that differ.

    A clone may have removed the client of a language: nothing is written for it.
    """
    files = {
        path / name: text
        for path, texts in ((package(folder / "python"), python.files), (folder / "node", node.files))
        if path is not None and path.is_dir()
        for name, text in texts(catalogue).items()
    }
    return {
        file: text for file, text in files.items() if not file.exists() or file.read_text("utf-8") != text
    }


def package(project: Path) -> Path | None:
    """Returns the folder of the Python package, which `make rename` renames; None without one."""
    return next((marker.parent for marker in sorted(project.glob("*/py.typed"))), None)
