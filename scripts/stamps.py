"""Stamps: a file inside an installed folder that says from what it was installed.

A folder whose stamp equals the one that is computed now needs nothing. The stamp lies inside, so removing the
folder removes it; it is taken away before an installation starts, so a broken one is never taken for a whole
one.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

STAMP_NAME = ".setup-stamp"


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """Returns a digest of the files' contents and of further facts, such as an interpreter's version."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())
    for fact in facts:
        digest.update(f"\0{fact}".encode())
    return digest.hexdigest()


def is_fresh(folder: Path, expected: str) -> bool:
    """Tells whether the folder was installed from exactly this."""
    try:
        return (folder / STAMP_NAME).read_text() == expected
    except OSError:
        return False


def clear(folder: Path) -> None:
    """Marks the folder as not (or no longer wholly) installed."""
    with suppress(FileNotFoundError):
        (folder / STAMP_NAME).unlink()


def write(folder: Path, expected: str) -> None:
    """Marks the folder as installed."""
    (folder / STAMP_NAME).write_text(expected)
