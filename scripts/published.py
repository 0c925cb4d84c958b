"""`make use-published`: makes a clone depend on published packages instead of their source.

The same command updates them later. npm and Poetry write the lock files; if one of them fails, all files are
restored. The source is removed last.
"""

import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts import poetry, template, text_files
from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import BENCH_PROJECT, NODE_PROJECT, PYTHON_PROJECT, ROOT
from scripts.processes import Command, ProcessGroup
from scripts.requirements import node_problem, node_version
from scripts.steps import Track, Workbench, run_program, run_tracks

USAGE = "make use-published CELERY_JS=1.2.3 CELERY_RELIABLE=1.2.3"

_VERSION = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")


@dataclass(frozen=True)
class Package:
    """A package whose source is part of the template.

    `manifest` lists the dependencies of the project around it; `suffix` is the suffix of its archive.
    """

    name: str
    source: Path
    manifest: str
    suffix: str

    @property
    def variable(self) -> str:
        """The make variable for its version."""
        return self.name.upper().replace("-", "_")

    def is_used(self, project: Path) -> bool:
        """Tells whether a project depends on it."""
        manifest = project / self.manifest
        return manifest.exists() and re.search(rf"\b{self.name}\b", text_files.read(manifest)) is not None


CELERY_JS = Package("celery-js", NODE_PROJECT / "celery-js", "package.json", ".tgz")
CELERY_RELIABLE = Package("celery-reliable", PYTHON_PROJECT / "celery-reliable", "pyproject.toml", ".whl")


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
        _edit_manifest(project / package.manifest, package, value)
        command = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
        yield from run_program(
            bench, f"{project.name} lock", "npm install", command, cwd=project, env=os.environ
        )


def _edit_manifest(manifest: Path, package: Package, value: str | Path) -> None:
    content = json.loads(text_files.read(manifest))
    workspaces = [folder for folder in content.pop("workspaces", []) if folder != package.name]
    if workspaces:
        content["workspaces"] = workspaces
    relative = value if isinstance(value, str) else f"file:{os.path.relpath(value, manifest.parent)}"
    content["dependencies"][package.name] = relative
    manifest.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


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
    """Removes the source's folder from the images, the type checkers' settings and the spanning tests."""
    name = re.escape(package.name)
    project = package.source.parent
    _substitute(project / "Dockerfile", rf"^COPY {name}/.*\n")
    _substitute(project / ".dockerignore", rf"^!{name}/.*\n")
    for checked in ("tsconfig.json", "pyproject.toml"):
        _substitute(project / checked, rf', "{name}(/[^"]*)?"')
    installed = f"node/node_modules/{package.name}/"
    _substitute(ROOT / "tests" / "conformance" / "celery-js.js", rf"\bnode/{name}/", installed)


def _substitute(file: Path, pattern: str, replacement: str = "") -> None:
    if file.exists():
        text = text_files.read(file)
        file.write_bytes(re.sub(pattern, replacement, text, flags=re.MULTILINE).encode())


def _remove_sources(console: Console, packages: Iterable[Package]) -> None:
    for package in packages:
        if package.source.exists():
            shutil.rmtree(package.source)
            console.note("removed", f"{package.source.relative_to(ROOT)}/, as nothing depends on it any more")
    console.line(
        "Run `make test` to install the packages and to see whether your tasks work with them. Then commit."
    )
