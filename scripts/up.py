"""`make up`: runs a server and both workers until Ctrl-C.

Runs in python/.venv as `-m scripts.up PORT MONITOR`.
"""

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from scripts import broker, clients, languages, monitor, output, ports, server, settings_check, workers
from scripts.console import BOLD, Console
from scripts.failure import CommandFailed
from scripts.foreground import own_foreground
from scripts.interruption import Interrupted, Interruption
from scripts.logs import LogStreams
from scripts.outcome import exit_code_of
from scripts.paths import DATA, LOGS
from scripts.processes import Process, ProcessGroup
from scripts.steps import Workbench
from scripts.workers import Worker

ServerVariables = Mapping[str, str]

PUMP_S = 0.1
DEFAULT_SOFT_SHUTDOWN_S = 25.0
# Added to the time that a worker gives its tasks, for its own shutdown.
STOP_MARGIN_S = 10.0


def data_folder(port: int) -> Path:
    """Returns the data folder of the embedded server on a port.

    Two servers in one folder would destroy the data.
    """
    return DATA / "valkey" / str(port)


def log_file(port: int) -> Path:
    """Returns the log file of the embedded server on a port."""
    return LOGS / f"valkey-{port}.log"


def main() -> int:
    """Runs until a signal. Returns 0 after an orderly stop."""
    console = Console()
    interruption = Interruption().install()
    port, wants_monitor = (*sys.argv[1:], "", "")[:2]
    with own_foreground():
        return exit_code_of(console, lambda: Up(console, interruption).run(port, wants_monitor))


class OutputClosed(Exception):
    """Raised when the reader of our output has gone; else `make up | head` would run forever."""


class Up:
    """One run of `make up`: its processes, and the workers that are ready."""

    def __init__(self, console: Console, interruption: Interruption) -> None:
        self._console = console
        self._interruption = interruption
        self._streams = LogStreams(console.coloured)
        self._ready: set[str] = set()
        self._flower: monitor.Login | None = None

    def run(self, port: str, wants_monitor: str) -> int:
        """Serves until a signal and returns the exit code.

        Raises CommandFailed when something does not start, or ends.
        """
        choice = broker.choose()
        if port and choice.broker:
            raise CommandFailed(
                f"PORT={port} is for the server that `make up` starts, but {choice.broker.shown} names "
                "another one: set only one of them"
            )
        if monitor.is_wanted(wants_monitor):
            self._flower = monitor.login()
            monitor.check_free(self._flower.port)
        number = 0 if choice.broker else _free(port or str(broker.DEFAULT_PORT))
        with ProcessGroup(self._interruption) as group:
            bench = Workbench(self._console, group, self._interruption)
            try:
                settings_check.check(bench, choice.variables(server.url(number)))
                data, log = data_folder(number), log_file(number)
                with broker.reachable(bench, choice, data, log, number) as variables:
                    self._serve(group, variables)
            except Interrupted as interrupted:
                return interrupted.exit_code if self._interruption.asked_twice else 0
            except OutputClosed:
                return output.ENDED_BY_SIGPIPE
        return 0

    def _serve(self, group: ProcessGroup, variables: ServerVariables) -> None:
        programs = workers.in_this_clone()
        later = []
        if self._flower is not None:
            programs = [monitor.sending_events(worker) for worker in programs]
            later = [monitor.flower(self._flower)]  # last, because it asks running workers about themselves
        names = [program.name for program in (*programs, *later)]
        processes: list[Process] = []
        try:
            for worker in programs:
                processes.append(self._start(group, worker, variables, names))
            while all(process.exit_code is None for process in processes):
                self._streams.pump(PUMP_S)
                self._interruption.check()
                if not output.has_reader(sys.stdout):
                    raise OutputClosed
                if later and len(self._ready) == len(programs):
                    processes.append(self._start(group, later.pop(), variables, names))
            self._streams.drain()
            ended = next(process for process in processes if process.exit_code is not None)
            raise CommandFailed(
                f"the {ended.name} ended with {ended.exit_code}: its last lines are above",
                self._streams.last_lines(ended.name),
            )
        finally:
            self._stop(group, processes, max(_grace_s(worker, variables) for worker in programs))

    def _start(
        self, group: ProcessGroup, worker: Worker, variables: ServerVariables, all_names: list[str]
    ) -> Process:
        writer = self._streams.open(worker.name, partial(self._note_line, worker, all_names, variables))
        try:
            return group.start(
                worker.name, worker.command, cwd=worker.cwd, env=worker.env(variables), output=writer
            )
        finally:
            os.close(writer)

    def _note_line(self, worker: Worker, all_names: list[str], variables: ServerVariables, line: str) -> None:
        if worker.name in self._ready or not worker.says_ready(line):
            return
        self._ready.add(worker.name)
        if self._ready == set(all_names):
            self._announce(variables)

    def _announce(self, variables: ServerVariables) -> None:
        say = self._console.line
        both = len(languages.PRESENT) == len(languages.BOTH)
        which = "Both workers are" if both else "The worker is"
        say(self._console.paint(f"{which} consuming. Ctrl-C stops {'them' if both else 'it'}.", BOLD))
        if self._flower is not None:
            say(self._flower.line)
        for line in clients.commands(variables):
            say(line)

    def _stop(self, group: ProcessGroup, processes: list[Process], grace_s: float) -> None:
        """Stops the workers before the server, so that they can put back tasks that they have not started."""
        self._console.line("Stopping the workers, then the server. Press Ctrl-C again to stop at once.")
        killed = group.stop(processes, grace_s, meanwhile=partial(self._streams.pump, PUMP_S))
        self._streams.drain()
        for process in killed:
            self._console.line(f"  the {process.name} had to be killed")


def _free(port: str) -> int:
    """Returns the port as a number. Raises CommandFailed when it is invalid or taken."""
    number = ports.number(port)
    use_it = f", or use its server with `make up JOBS_BROKER_URL={server.url(number)}`"
    ports.check_free(number, "up", use_it)
    return number


def _grace_s(worker: Worker, variables: ServerVariables) -> float:
    try:
        return float(worker.env(variables)["JOBS_SOFT_SHUTDOWN_TIMEOUT_S"]) + STOP_MARGIN_S
    except (KeyError, ValueError):
        return DEFAULT_SOFT_SHUTDOWN_S + STOP_MARGIN_S


if __name__ == "__main__":
    sys.exit(main())
