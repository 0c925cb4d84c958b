"""Runs the programs of `make up`, and restarts a worker when its files change.

A worker stops warm: its running tasks get the time of JOBS_SOFT_SHUTDOWN_TIMEOUT_S, then go back to their
queue. Files are parsed first, so a worker with a broken file keeps running with the code that it has loaded.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from scripts.console import Console
from scripts.parsing import syntax_error
from scripts.paths import ROOT
from scripts.processes import Process
from scripts.watching import Watch
from scripts.workers import Worker

# The time for a worker's own shutdown, after the time that it gives its tasks.
STOP_MARGIN_S = 10.0


class State(Enum):
    """The state of a worker; RUNNING includes its first start."""

    RUNNING = auto()
    STOPPING = auto()  # after a change
    STARTING = auto()  # with the change
    WAITING = auto()  # it has ended; the next change starts it


@dataclass
class Supervised:
    """A program, its process, and the state of its reload."""

    worker: Worker
    process: Process
    state: State = State.RUNNING
    pending: set[Path] = field(default_factory=set)  # changed after the last start
    loading: set[Path] = field(default_factory=set)  # changed before it, but after the last good one
    changed_at: float = 0.0
    stopping_since: float = 0.0
    is_hurried: bool = False
    standby: Process | None = None  # imports the new code while the process stops

    @property
    def has_ended(self) -> bool:
        """Whether its process has ended."""
        return self.process.exit_code is not None

    def begin(self, process: Process) -> None:
        """Notes that a process starts with the pending changes."""
        self.process, self.state = process, State.STARTING
        self.loading |= self.pending
        self.pending = set()


class Supervisor:
    """Call `step` often, and `note_ready` when a worker is ready."""

    def __init__(
        self,
        console: Console,
        start: Callable[[Worker], Process],
        watch: Watch | None,
        soft_shutdown_s: float,
    ) -> None:
        self._console = console
        self._start = start
        self._watch = watch
        self._soft_shutdown_s = soft_shutdown_s
        self._supervised: list[Supervised] = []

    def add(self, worker: Worker) -> None:
        """Starts a program."""
        self._supervised.append(Supervised(worker, self._start(worker)))

    def step(self) -> None:
        """Handles changes, and processes that have ended since the last call.

        Raises CommandFailed when the files cannot be watched.
        """
        changed = self._watch.changed() if self._watch else set()
        for one in self._supervised:
            own = {file for file in changed if one.worker.sources and file.is_relative_to(one.worker.sources)}
            if own:
                one.pending |= own
                self._change(one)
            elif one.state is State.STOPPING:
                self._stop(one)
            elif one.state is State.STARTING and one.has_ended:
                one.state = State.WAITING
                self._console.line(f"The {one.worker.name} could not start. The next change starts it again.")

    def note_ready(self, worker: Worker) -> None:
        """Notes that a worker is ready, and reports a finished reload."""
        for one in self._supervised:
            if one.worker.name == worker.name and one.state is State.STARTING:
                took = time.monotonic() - one.changed_at
                self._console.line(f"The {worker.name} has reloaded {_shown(one.loading)} in {took:.1f} s.")
                one.state, one.loading = State.RUNNING, set()

    @property
    def processes(self) -> list[Process]:
        """The current processes."""
        both = ((one.process, one.standby) for one in self._supervised)
        return [process for pair in both for process in pair if process is not None]

    @property
    def ended(self) -> Process | None:
        """A process that has ended by itself, if any."""
        return next(
            (one.process for one in self._supervised if one.has_ended and one.state is State.RUNNING), None
        )

    def _change(self, one: Supervised) -> None:
        if one.state is State.STOPPING:
            self._prepare(one)
            return
        one.changed_at = time.monotonic()
        if not self._is_loadable(one):
            return
        if one.has_ended:
            one.begin(self._start(one.worker.again()))
        else:
            one.state, one.stopping_since, one.is_hurried = State.STOPPING, time.monotonic(), False
            one.process.popen.terminate()
            self._prepare(one)

    def _prepare(self, one: Supervised) -> None:
        """Starts a standby with the present files. If one does not parse, `_stop` reports it."""
        if one.standby is not None:
            one.standby.popen.kill()
            one.standby = None
        if one.worker.has_standby and not any(syntax_error(file) for file in one.pending):
            one.standby = self._start(one.worker.again(one.process.popen.pid))

    def _stop(self, one: Supervised) -> None:
        if not one.has_ended:
            self._hurry(one)
        elif one.standby is not None:
            one.begin(one.standby)
            one.standby = None
        elif self._is_loadable(one):
            one.begin(self._start(one.worker.again()))
        else:
            one.state = State.WAITING

    def _hurry(self, one: Supervised) -> None:
        """Ends a stop that takes too long.

        A Python worker waits for its tasks without a limit. After SIGQUIT, it gives them the time of
        JOBS_SOFT_SHUTDOWN_TIMEOUT_S once more and puts them back.
        """
        stopping_s = time.monotonic() - one.stopping_since
        if stopping_s > 2 * self._soft_shutdown_s + STOP_MARGIN_S:
            one.process.popen.kill()
        elif stopping_s > self._soft_shutdown_s and not one.is_hurried:
            one.is_hurried = True
            one.process.popen.send_signal(signal.SIGQUIT)

    def _is_loadable(self, one: Supervised) -> bool:
        problems = [problem for file in sorted(one.pending) if (problem := syntax_error(file))]
        for problem in problems:
            self._console.line(problem)
        if problems:
            state = "starts at the next change" if one.has_ended else "keeps running its old code"
            self._console.line(f"The {one.worker.name} {state}.")
        return not problems


def _shown(files: set[Path]) -> str:
    first, *others = sorted(file.relative_to(ROOT).as_posix() for file in files)
    return first + (f" and {len(others)} more" if others else "")
