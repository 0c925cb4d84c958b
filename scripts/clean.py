"""`make clean`: removes everything that set-up and runs have created, which leaves a fresh clone."""

import shutil

from scripts import kept_work
from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import (
    API_REFERENCE_PROJECT,
    BENCH_PROJECT,
    DATA,
    FLOWER_PAGES_PROJECT,
    NODE_PROJECT,
    PYTHON_PROJECT,
    ROOT,
    TOOLS,
    VENV,
)

CACHES = ("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")


def run(console: Console, interruption: Interruption, force: str) -> None:
    """Removes installed packages, tools, data, logs and caches.

    Asks first if tasks or dead letters would be lost. Raises CommandFailed, with nothing removed, when the
    answer is no, there is no terminal, a server still uses its data, or FORCE is neither 1 nor 0.
    """
    if force not in {"", "0", "1"}:
        raise CommandFailed(f"invalid FORCE={force}: use 1 to delete tasks without asking, or 0")
    _protect_work(console, interruption, is_forced=force == "1")
    projects = (NODE_PROJECT, BENCH_PROJECT, API_REFERENCE_PROJECT, FLOWER_PAGES_PROJECT)
    installed = [VENV, *(project / "node_modules" for project in projects), TOOLS, DATA]
    caches = [ROOT / cache for cache in CACHES]
    for folder in (ROOT / "scripts", ROOT / "tests", PYTHON_PROJECT):
        caches += [found for cache in CACHES for found in folder.rglob(cache) if VENV not in found.parents]
    for folder in installed + caches:
        if folder.exists() or folder.is_symlink():
            try:
                if folder.is_symlink():
                    folder.unlink()
                else:
                    shutil.rmtree(folder)
            except OSError as error:
                raise CommandFailed(f"{folder.relative_to(ROOT)}/ cannot be removed: {error}") from error
            if folder in installed:
                console.note("removed", f"{folder.relative_to(ROOT)}/")


def _protect_work(console: Console, interruption: Interruption, *, is_forced: bool) -> None:
    """Lists what would be lost and asks. Raises CommandFailed unless the answer is yes."""
    kept = {folder: kept_work.describe(interruption, folder) for folder in kept_work.folders()}
    kept = {folder: what for folder, what in kept.items() if what}
    for folder, what in kept.items():
        console.line(f"{folder.relative_to(ROOT)}/ has {what}.")
    if not kept or is_forced:
        return
    answer = console.ask(interruption, "Delete that too? [y/N] ")
    if answer is None:
        raise CommandFailed("nothing was removed: `make clean FORCE=1` deletes that without asking")
    if answer.strip().lower() not in {"y", "yes"}:
        raise CommandFailed("nothing was removed")
