"""`make use-published`: makes a clone depend on published packages instead of their source.

The same command updates them later. npm and Poetry write the lock files; if one of them fails, all files are
restored. The source is removed last.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

from scripts import choices, parts, poetry, template, text_files
from scripts.console import Console
from scripts.draft import Draft
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import BENCH_PROJECT, NODE_PROJECT, PYTHON_PROJECT, ROOT
from scripts.processes import Command, ProcessGroup
from scripts.published_edits import (
    CELERY_JS,
    CELERY_RELIABLE,
    Package,
    node_manifest,
    source_edits,
    substituted,
)
from scripts.requirements import node_problem, node_version
from scripts.steps import Track, Workbench, run_program, run_tracks

USAGE = "make use-published CELERY_JS=1.2.3 CELERY_RELIABLE=1.2.3"

_VERSION = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")


def run(console: Console, interruption: Interruption, celery_js: str, celery_reliable: str) -> None:
    """Makes the clone depend on a version or an archive of each package; an empty value changes nothing.

    Raises CommandFailed when a value is wrong or npm or Poetry cannot resolve it, and Interrupted on a
    signal. Both leave all files unchanged.
    """
    wanted = {
        package: _version_or_archive(package, value)
        for package, value in ((CELERY_JS, celery_js), (CELERY_RELIABLE, celery_reliable))
        if value
    }
    if not wanted:
        raise CommandFailed(f"missing CELERY_JS= or CELERY_RELIABLE=: use {USAGE}, or one of them")
    for package in wanted:
        _check(package)
    before = {file: file.read_bytes() for file in _touched()}
    try:
        with ProcessGroup(interruption) as group:
            bench = Workbench(console, group, interruption)
            run_tracks(bench, [_track(bench, package, value) for package, value in wanted.items()])
    except BaseException:
        for file, content in before.items():
            file.write_bytes(content)
        raise
    _remove_sources(console, wanted)


def _version_or_archive(package: Package, value: str) -> str | Path:
    if _VERSION.fullmatch(value):
        return value
    archive = Path(value).expanduser()
    if archive.suffix == package.suffix and archive.is_file():
        return archive.resolve()
    raise CommandFailed(
        f"invalid {package.variable}={value}: use a version like 1.2.3 or an archive ({package.suffix})"
    )


def _check(package: Package) -> None:
    source = package.source.relative_to(ROOT)
    if not package.is_used(package.source.parent):
        raise CommandFailed(f"{source.parent / package.manifest} does not depend on {package.name}")
    if template.has_uncommitted_changes(package.source):
        raise CommandFailed(f"{source}/ has uncommitted changes, which would be lost: commit them first")
    problem = node_problem(node_version()) if package is CELERY_JS else ""
    if problem:
        raise CommandFailed(problem)


def _touched() -> list[Path]:
    """Returns all files that this command or the package managers change."""
    manifests = ("package.json", "package-lock.json", "pyproject.toml", "poetry.lock")
    names = (*manifests, "tsconfig.json", "Dockerfile", ".dockerignore")
    projects = (NODE_PROJECT, BENCH_PROJECT, PYTHON_PROJECT)
    files = [project / name for project in projects for name in names]
    return [file for file in [*files, ROOT / "tests" / "conformance" / "celery-js.js"] if file.exists()]


def _track(bench: Workbench, package: Package, value: str | Path) -> Track:
    if package is CELERY_JS:
        yield from _depend_in_node(bench, package, value)
    else:
        yield from _depend_in_python(bench, package, value)


def _depend_in_node(bench: Workbench, package: Package, value: str | Path) -> Track:
    """Changes bench/ too, so that benchmarks measure the package that the workers use."""
    _forget_source(package)
    for project in (NODE_PROJECT, BENCH_PROJECT):
        if not package.is_used(project):
            continue
        manifest = project / package.manifest
        relative = _value(value, manifest)
        manifest.write_text(node_manifest(package, relative, text_files.read(manifest)), "utf-8")
        command = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
        yield from run_program(
            bench, f"{project.name} lock", "npm install", command, cwd=project, env=os.environ
        )


def _value(value: str | Path, manifest: Path) -> str:
    """Returns a version, or an archive's path relative to the manifest, as npm reads it."""
    return value if isinstance(value, str) else f"file:{os.path.relpath(value, manifest.parent)}"


def _depend_in_python(bench: Workbench, package: Package, value: str | Path) -> Track:
    """Uses Poetry's commands, as a dependency can be written in several ways."""
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    wanted = f"{package.name}=={value}" if isinstance(value, str) else os.path.relpath(value, PYTHON_PROJECT)

    def lock(*arguments: str) -> Track:
        command: Command = [*program, *arguments, "--lock", "--no-interaction", "--no-ansi"]
        what = f"poetry {arguments[0]}"
        return run_program(bench, f"python {arguments[0]}", what, command, cwd=PYTHON_PROJECT, env=env)

    yield from lock("remove", package.name)
    # After the removal: a dependency in a one-line list would look like a folder to check.
    _forget_source(package)
    yield from lock("add", wanted)


def _forget_source(package: Package) -> None:
    for file, pattern, replacement in source_edits(package):
        if file.exists():
            file.write_bytes(substituted(pattern, replacement, text_files.read(file)).encode())


def _remove_sources(console: Console, wanted: dict[Package, str | Path]) -> None:
    """Removes the sources and what names them, and records the packages."""
    known = choices.read()
    published = {
        package.name: _value(value, package.source.parent / package.manifest)
        for package, value in wanted.items()
    }
    draft = Draft()
    for package in wanted:
        draft.remove(package.source)
    parts.follow(draft, [])
    draft.record(replace(known, published={**known.published, **published}))
    draft.apply(console, "changed")
    console.line(
        "Run `make test` to install the packages and to see whether your tasks work with them. Then commit."
    )
