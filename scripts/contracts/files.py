"""The files of `make contracts`: the catalogue, the hashes next to each worker, and the clients."""

from pathlib import Path
from typing import Any

from scripts.contracts import catalogue, clients, reading
from scripts.paths import ROOT

Json = dict[str, Any]

CLIENTS = ROOT / "clients"
_WORKERS = {"python": reading.PYTHON_TASKS, "javascript": reading.NODE_TASKS}


def write(new: Json) -> list[str]:
    """Writes the files that differ. Returns their paths in the repository."""
    changed = differing(new)
    for file, text in changed.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return list(map(_shown, changed))


def stale(new: Json) -> list[str]:
    """Returns the paths of the files that `write` would change."""
    return list(map(_shown, differing(new)))


def differing(new: Json) -> dict[Path, str]:
    """Returns file -> text of the files that differ from those on disk."""
    files = {catalogue.FILE: catalogue.text_of(new), **catalogue.worker_files(new, _WORKERS)}
    return {
        **{
            file: text
            for file, text in files.items()
            if not file.exists() or file.read_text("utf-8", "replace") != text
        },
        **clients.different(new, CLIENTS),
    }


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
