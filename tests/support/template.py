"""Copies of the template for tests that change it."""

import re
from pathlib import Path

from scripts import template
from scripts.paths import NODE_PROJECT, ROOT, VENV

# Nearly half of the files: what only readers and the tests of the template itself use.
SELDOM_NEEDED = (
    *(f"node/celery-js/{folder}" for folder in ("docs", "reference", "tests")),
    "python/celery-reliable/tests",
    "tests",
)
TARGET = re.compile(r"^([a-z][\w-]*):", re.MULTILINE)


def installed_copy(folder: Path) -> Path:
    """Copies the template, links its installed packages to ours, and returns the folder.

    No target that sets up may run in it: it would install into our own folders.
    """
    template.copy_to(folder)
    for installed in (VENV, NODE_PROJECT / "node_modules"):
        (folder / installed.relative_to(ROOT)).symlink_to(installed)
    return folder


def copy_with_packages(folder: Path, project: Path) -> Path:
    """Copies the template too, and has the packages of another Node project among those of node/.

    celery-js is the copy's own: it finds optional packages only next to itself.
    """
    template.copy_to(folder)
    (folder / VENV.relative_to(ROOT)).symlink_to(VENV)
    modules = folder / "node" / "node_modules"
    modules.mkdir()
    for source in (project, NODE_PROJECT):
        for package in (source / "node_modules").iterdir():
            if not (modules / package.name).exists():
                (modules / package.name).symlink_to(package)
    (modules / "celery-js").unlink()
    (modules / "celery-js").symlink_to(folder / "node" / "celery-js")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content, links left out."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".venv" not in file.parts)
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in files
        if "node_modules" not in file.parts and "__pycache__" not in file.parts
    }


def targets(clone: Path) -> set[str]:
    """The targets of the makefiles of a folder and of its languages."""
    return {name for file in makefiles(clone) for name in TARGET.findall(file.read_text("utf-8"))}


def phony(clone: Path) -> set[str]:
    text = "".join(file.read_text("utf-8") for file in makefiles(clone))
    return {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE) for name in line.split()}


def makefiles(clone: Path) -> list[Path]:
    return [*clone.glob("Makefile"), *clone.glob("*.mk"), *clone.glob("*/Makefile")]


def pages(clone: Path) -> list[Path]:
    """Every page but the generated ones."""
    return [page for page in clone.rglob("*.md") if "reference" not in page.parts]


def folders_of_dependabot(clone: Path) -> set[Path]:
    text = (clone / ".github/dependabot.yml").read_text("utf-8")
    found = re.findall(r"director(?:y|ies): \[?([^\]\n]+)", text)
    return {clone / folder.strip().lstrip("/") for folders in found for folder in folders.split(",")}
