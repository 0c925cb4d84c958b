"""Runs steps of the set-up at the same time.

A track is a generator that yields while it waits; `run_tracks` resumes the tracks in turn. All run in one
thread, so that Ctrl-C is handled in one place.
"""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.console import Console
from scripts.failure import CommandFailed, excerpt
from scripts.interruption import Interruption
from scripts.paths import LOGS, ROOT
from scripts.processes import Command, ProcessGroup

Track = Generator[None, None, None]


@dataclass(frozen=True)
class Workbench:
    """The console, the processes and the interruption that a step uses."""

    console: Console
    group: ProcessGroup
    interruption: Interruption


def run_tracks(bench: Workbench, tracks: Iterable[Track]) -> None:
    """Runs the tracks to their ends. The first exception of a track ends all of them."""
    active = list(tracks)
    while active:
        active = [track for track in active if not _is_finished(track)]
        bench.console.tick()
        bench.interruption.sleep()


def _is_finished(track: Track) -> bool:
    try:
        next(track)
    except StopIteration:
        return True
    return False


def run_program(
    bench: Workbench,
    title: str,
    what: str,
    command: Command,
    *,
    cwd: Path,
    env: Mapping[str, str],
) -> Track:
    """Runs a program as one step of a track, with its output in a log of this step.

    Raises CommandFailed, with the end of the log, when the program fails or cannot be started.
    """
    log = LOGS / f"setup-{title.replace(' ', '-')}.log"
    bench.console.begin(title, what)
    try:
        process = bench.group.start(title, command, cwd=cwd, env=env, log=log)
    except OSError as error:
        raise CommandFailed(f"set-up could not start `{what}` ({title}): {error}") from error
    while process.exit_code is None:
        yield
    if process.exit_code != 0:
        raise CommandFailed(
            f"set-up failed at {title}: `{what}` ended with {process.exit_code}; its output is in "
            f"{log.relative_to(ROOT)}",
            excerpt(log),
        )
    bench.console.end(title)
