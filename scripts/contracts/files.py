"""The files of `make contracts`: the catalogue, the hashes beside each worker, and the clients."""

import importlib
import importlib.util
import shutil
import tempfile
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
    generate = _generator()
    clients = generate(new, CLIENTS) if generate else []
    return [_shown(file) for file in [*changed, *clients]]


def stale(new: Json) -> list[str]:
    """Returns the paths of the files that `write` would change."""
    return [_shown(file) for file in [*_differing(new), *_stale_clients(new)]]


def _differing(new: Json) -> dict[Path, str]:
    """Returns file -> text for those that differ from what is on disk."""
    files = {catalogue.FILE: catalogue.text_of(new), **catalogue.worker_files(new, _WORKERS)}
    return {
        file: text
        for file, text in files.items()
        if not file.exists() or file.read_text("utf-8", "replace") != text
    }


def _stale_clients(new: Json) -> list[Path]:
    """Returns the files that the generator would change, by letting it change a copy."""
    generate = _generator()
    if generate is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "clients")
        if CLIENTS.exists():
            shutil.copytree(CLIENTS, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        changed = generate(new, copy)
    return [CLIENTS / file.relative_to(copy) if file.is_relative_to(copy) else file for file in changed]


def _generator() -> Generator | None:
    """Returns the generator of the clients, where this clone has it."""
    if importlib.util.find_spec(_GENERATOR) is None:
        return None
    generate: Generator = importlib.import_module(_GENERATOR).write
    return generate


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
