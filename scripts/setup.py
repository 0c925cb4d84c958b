"""Set-up: installs missing parts at the same time. If nothing is missing, it only reads a few files."""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts import languages, node_packages, python_packages
from scripts.console import Console
from scripts.example import places as example
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import (
    API_REFERENCE_PROJECT,
    BENCH_PROJECT,
    DATA,
    FLOWER_PAGES_PROJECT,
    NODE_PROJECT,
    TELEMETRY_PROJECT,
    TOOLCHAINS_PROJECT,
)
from scripts.pinned_tools import PINNED_TOOLS
from scripts.processes import ProcessGroup
from scripts.requirements import node_problem, node_version
from scripts.steps import Track, Workbench, run_tracks

PARTS = ("python", "node", "bench", "api-reference", "flower-pages", "telemetry", "toolchains", *PINNED_TOOLS)
DEFAULT_PARTS = ("python", *(part for part in ("node",) if part in languages.PRESENT))
NODE_PROJECTS: dict[str, Path] = {
    "node": NODE_PROJECT,
    "bench": BENCH_PROJECT,
    "api-reference": API_REFERENCE_PROJECT,
    "flower-pages": FLOWER_PAGES_PROJECT,
    "telemetry": TELEMETRY_PROJECT,
    "toolchains": TOOLCHAINS_PROJECT,
    **example.CHECKED,
}


def ensure(console: Console, interruption: Interruption, parts: Sequence[str] = DEFAULT_PARTS) -> bool:
    """Installs the missing ones of the given parts. Returns whether there were any.

    Raises CommandFailed when the machine lacks Node or a step fails, Interrupted on a signal.
    """
    node = ""
    if any(part in NODE_PROJECTS for part in parts):
        node = node_version()
        problem = node_problem(node)
        if problem:
            raise CommandFailed(problem)
    if not _missing(parts, node):
        return False
    with _one_at_a_time(console, interruption), ProcessGroup(interruption) as group:
        bench = Workbench(console, group, interruption)
        run_tracks(bench, [_track(bench, part, node) for part in _missing(parts, node)])
    return True


def add(console: Console, interruption: Interruption, part: str, words: Sequence[str]) -> None:
    """Adds libraries to an installed part, "python" or "node".

    Raises CommandFailed when its package manager refuses them, Interrupted on a signal.
    """
    with _one_at_a_time(console, interruption), ProcessGroup(interruption) as group:
        bench = Workbench(console, group, interruption)
        if part == "python":
            track = python_packages.add(bench, words)
        else:
            track = node_packages.add(bench, NODE_PROJECTS[part], node_version(), words)
        run_tracks(bench, [track])


def lock(console: Console, interruption: Interruption, part: str) -> None:
    """Updates the lock file of a part, "python" or "node", after a change of what it depends on.

    Raises CommandFailed when its package manager fails, Interrupted on a signal.
    """
    with _one_at_a_time(console, interruption), ProcessGroup(interruption) as group:
        bench = Workbench(console, group, interruption)
        is_python = part == "python"
        run_tracks(
            bench, [python_packages.lock(bench) if is_python else node_packages.lock(bench, NODE_PROJECT)]
        )


def _missing(parts: Sequence[str], node: str) -> list[str]:
    return [part for part in parts if not _is_installed(part, node)]


def _is_installed(part: str, node: str) -> bool:
    if part == "python":
        return python_packages.is_installed()
    if part in PINNED_TOOLS:
        return PINNED_TOOLS[part].is_installed()
    return node_packages.is_installed(NODE_PROJECTS[part], node)


def _track(bench: Workbench, part: str, node: str) -> Track:
    if part == "python":
        return python_packages.install(bench)
    if part in PINNED_TOOLS:
        return PINNED_TOOLS[part].install(bench)
    return node_packages.install(bench, NODE_PROJECTS[part], node)


@contextmanager
def _one_at_a_time(console: Console, interruption: Interruption) -> Iterator[None]:
    """Locks set-up, as two `make` would install into the same folders. The lock ends with this process."""
    DATA.mkdir(exist_ok=True)
    with (DATA / "setup.lock").open("w") as lock:
        waiting = False
        while not _is_locked(lock.fileno()):
            if not waiting:
                console.begin("set-up", "waiting for another set-up of this folder")
                waiting = True
            console.tick()
            interruption.sleep(0.1)
        if waiting:
            console.end("set-up")
        yield


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
