"""Changes several text files: all or none."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from scripts.failure import CommandFailed

_BESIDE = ".being-written"


def read(file: Path) -> str:
    """Returns a file's text with its line endings. Raises CommandFailed when it cannot be read."""
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read: {error}") from error


def replace_all(texts: Mapping[Path, str]) -> None:
    """Replaces the texts of existing files and keeps their permissions.

    First writes all texts next to their files, then renames, which needs no space. Raises CommandFailed, with
    every file unchanged, when that fails.
    """
    before = {file: read(file) for file in texts}
    replaced: list[Path] = []
    try:
        for file, text in texts.items():
            beside = _beside(file)
            beside.write_bytes(text.encode())
            shutil.copymode(file, beside)
        for file in texts:
            _beside(file).replace(file)
            replaced.append(file)
    except OSError as error:
        for file in replaced:
            file.write_bytes(before[file].encode())
        raise CommandFailed(f"nothing was changed, because a file cannot be written: {error}") from error
    finally:
        for file in texts:
            with suppress(OSError):
                _beside(file).unlink(missing_ok=True)


def _beside(file: Path) -> Path:
    return file.with_name(file.name + _BESIDE)
