"""The files of `make contracts`: the catalogue, the hashes beside each worker, and the clients."""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.contracts import catalogue, reading
from scripts.paths import ROOT

Json = dict[str, Any]
Generator = Callable[[Json, Path], list[Path]]

CLIENTS = ROOT / "clients"
_GENERATOR = "scripts.contracts.clients"
_WORKERS = {"python": reading.PYTHON_TASKS, "javascript": reading.NODE_TASKS}


def write(new: Json) -> list[str]:
    """Writes the files that differ. Returns their paths in the repository."""
    changed = _differing(new)
    for file, text in changed.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return [_shown(file) for file in [*changed, *_clients("write")(new, CLIENTS)]]


def stale(new: Json) -> list[str]:
    """Returns the paths of the files that `write` would change."""
    return [_shown(file) for file in [*_differing(new), *_clients("stale")(new, CLIENTS)]]


def _differing(new: Json) -> dict[Path, str]:
    """Returns file -> text for those that differ from what is on disk."""
    files = {catalogue.FILE: catalogue.text_of(new), **catalogue.worker_files(new, _WORKERS)}
    return {
        file: text
        for file, text in files.items()
        if not file.exists() or file.read_text("utf-8", "replace") != text
    }


def _clients(function: str) -> Generator:
    """Returns a function of the generator of the clients; one that does nothing in a clone without it."""
    if importlib.util.find_spec(_GENERATOR) is None:
        return lambda _catalogue, _folder: []
    found: Generator = getattr(importlib.import_module(_GENERATOR), function)
    return found


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
