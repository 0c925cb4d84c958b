"""`make clean`: removes what set-up and runs have made, so that the folder is a fresh clone again."""

import shutil

from scripts.console import Console
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


def run(console: Console) -> None:
    """Removes installed packages, tools, data, logs and caches."""
    projects = (NODE_PROJECT, BENCH_PROJECT, API_REFERENCE_PROJECT, FLOWER_PAGES_PROJECT)
    installed = [VENV, *(project / "node_modules" for project in projects), TOOLS, DATA]
    caches = [ROOT / cache for cache in CACHES]
    for folder in (ROOT / "scripts", ROOT / "tests", PYTHON_PROJECT):
        caches += [found for cache in CACHES for found in folder.rglob(cache) if VENV not in found.parents]
    for folder in installed + caches:
        if folder.exists():
            shutil.rmtree(folder)
            if folder in installed:
                console.note("removed", f"{folder.relative_to(ROOT)}/")
