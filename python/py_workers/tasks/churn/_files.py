"""Files that tasks and web servers share: below ``JOBS_FILES_DIR``, by plain names.

Messages carry a file's name and never its content, so a queue stays small and quick.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from py_workers.config import Variables

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")


def path_of(name: str, suffix: str) -> Path:
    """Return the path of a file.

    Raises:
        ValueError: The name is not plain: with a slash in it, it could lead to any file of the machine.
        RuntimeError: ``JOBS_FILES_DIR`` is not set.
    """
    if not isinstance(name, str) or not _PLAIN.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a file: use letters, digits, dashes and dots")
    folder = Variables.read().files_dir
    if not folder:
        raise RuntimeError("JOBS_FILES_DIR is empty: set it to a folder that workers and web servers share")
    return Path(folder) / f"{name}{suffix}"


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Write a file so that readers see all of it or nothing.

    A terminated task leaves nothing either: SIGTERM raises SystemExit in a pool's process. After a power cut,
    a part may remain under a name with a leading dot, which is never read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def remove_old(pattern: str, age_s: float) -> None:
    """Remove files that match a pattern and were last written more than ``age_s`` ago."""
    before = time.time() - age_s
    for file in path_of("any", "").parent.glob(pattern):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < before:
                file.unlink()
