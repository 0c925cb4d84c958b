"""Stamps: a file in an installed folder with a digest of what it was installed from.

If the stamp equals the current digest, the folder is up to date. The stamp is inside the folder, so it goes
when the folder is removed. It is deleted before an installation starts, so a broken installation has none.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

STAMP_NAME = ".setup-stamp"


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """Returns a digest of the files' contents and of more facts, such as an interpreter's version."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode())
        digest.update(file.read_bytes())
    for fact in facts:
        digest.update(f"\0{fact}".encode())
    return digest.hexdigest()


def is_fresh(folder: Path, expected: str) -> bool:
    """Tells whether the folder's stamp is the expected one."""
    try:
        return (folder / STAMP_NAME).read_text() == expected
    except OSError:
        return False


def clear(folder: Path) -> None:
    """Marks the folder as not completely installed."""
    with suppress(FileNotFoundError):
        (folder / STAMP_NAME).unlink()


def write(folder: Path, expected: str) -> None:
    """Marks the folder as installed."""
    (folder / STAMP_NAME).write_text(expected)
