"""`make up`: runs a server and both workers until Ctrl-C.

Runs in python/.venv as `-m scripts.up PORT MONITOR WATCH DEBUG BROKER RESULTS`.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts import (
    broker,
    clients,
    debugging,
    installed,
    languages,
    monitor,
    output,
    ports,
    prometheus,
    server,
    settings_check,
    switches,
    workers,
)
from scripts.console import BOLD, Console
from scripts.failure import CommandFailed
from scripts.foreground import own_foreground
from scripts.interruption import Interrupted, Interruption
from scripts.logs import LogStreams
from scripts.outcome import exit_code_of
from scripts.paths import DATA, LOGS
from scripts.processes import Process, ProcessGroup
from scripts.steps import Workbench
from scripts.supervisor import STOP_MARGIN_S, Supervisor
from scripts.watching import Watch
from scripts.workers import Worker

ServerVariables = Mapping[str, str]

PUMP_S = 0.1
DEFAULT_SOFT_SHUTDOWN_S = 25.0


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
    options = Options(*sys.argv[1:])
    with own_foreground():
        return exit_code_of(console, lambda: Up(console, interruption).run(options))


@dataclass(frozen=True)
class Options:
    """The values of the variables PORT, MONITOR, WATCH, DEBUG, BROKER and RESULTS; empty if not given."""

    port: str = ""
    monitor: str = ""
    watch: str = ""
    debug: str = ""
    broker: str = ""
    results: str = ""


class OutputClosed(Exception):
    """Raised when the reader of our output has gone; else `make up | head` would run forever."""


class Up:
    """One run of `make up`: its processes, and the workers that are ready."""

    _supervisor_type: type[Supervisor] = Supervisor

    def __init__(self, console: Console, interruption: Interruption) -> None:
        self._console = console
        self._interruption = interruption
        self._streams = LogStreams(console.coloured)
        self._ready: set[str] = set()
        self._flower: monitor.Login | None = None
        self._prometheus: Worker | None = None
        self._prometheus_line = ""
        self._debugs = self._watches = False

    def run(self, options: Options) -> int:
        """Serves until a signal and returns the exit code.

        Raises CommandFailed when something does not start, or ends.
        """
        servers = installed.wanted(options.broker, options.results)
        choice = broker.choose(servers)
        if options.port and choice.broker:
            raise CommandFailed(
                f"PORT={options.port} is for the server that `make up` starts, but {choice.broker.shown} "
                "names another one: set only one of them"
            )
        programs = self._programs(options)
        needs_server = choice.needs_server(servers)
        number = _free(options.port or str(broker.DEFAULT_PORT)) if needs_server else 0
        with ProcessGroup(self._interruption) as group:
            bench = Workbench(self._console, group, self._interruption)
            try:
                settings_check.check(bench, choice.variables(server.url(number)) | servers.variables())
                data, log = self._data_folder(number), log_file(number)
                with broker.reachable(bench, choice, data, log, number, servers) as variables:
                    self._serve(group, programs, variables)
            except Interrupted as interrupted:
                return interrupted.exit_code if self._interruption.asked_twice else 0
            except OutputClosed:
                return output.ENDED_BY_SIGPIPE
        return 0

    def _data_folder(self, port: int) -> Path:
        """Returns where the embedded server on a port keeps its data."""
        return data_folder(port)

    def _programs(self, options: Options) -> list[Worker]:
        """Returns the workers. Raises CommandFailed when an option is invalid or a port is taken."""
        programs = workers.in_this_clone()
        self._debugs = switches.is_on("DEBUG", options.debug, "let debuggers connect")
        # A reload would end a debugger's session.
        self._watches = switches.is_on(
            "WATCH", options.watch, "restart changed workers", default=not self._debugs
        )
        if self._debugs:
            programs = debugging.with_debuggers(programs)
        if monitor.is_wanted(options.monitor):
            self._flower = monitor.login()
            monitor.check_free(self._flower.port)
            programs = [monitor.sending_events(worker) for worker in programs]
            programs = self._watched_by_prometheus(programs)
        return programs

    def _watched_by_prometheus(self, programs: list[Worker]) -> list[Worker]:
        watched, health_ports = prometheus.with_health_ports(programs)
        binary = prometheus.binary()
        if binary is None:
            self._prometheus_line = prometheus.MISSING
        else:
            by_name = {worker.name: port for worker, port in zip(programs, health_ports, strict=True)}
            self._prometheus, self._prometheus_line = prometheus.program(binary, by_name)
        return watched

    def _serve(self, group: ProcessGroup, programs: list[Worker], variables: ServerVariables) -> None:
        # Last, because it asks running workers about themselves.
        later = [] if self._flower is None else [monitor.flower(self._flower)]
        later += [] if self._prometheus is None else [self._prometheus]
        names = {program.name for program in (*programs, *later)}
        soft_shutdown_s = max(_soft_shutdown_s(worker, variables) for worker in programs)
        with Watch(programs) if self._watches else nullcontext() as watch:
            start = partial(self._start, group, variables, names)
            supervisor = self._supervisor = self._supervisor_type(
                self._console, start, watch, soft_shutdown_s
            )
            try:
                for worker in programs:
                    supervisor.add(worker)
                while (ended := supervisor.ended) is None:
                    self._streams.pump(PUMP_S)
                    self._interruption.check()
                    if not output.has_reader(sys.stdout):
                        raise OutputClosed
                    supervisor.step()
                    if later and len(self._ready) == len(programs):
                        supervisor.add(later.pop())
                self._streams.drain()
                raise CommandFailed(
                    f"the {ended.name} ended with {ended.exit_code}: its last lines are above",
                    self._streams.last_lines(ended.name),
                )
            finally:
                self._stop(group, supervisor.processes, soft_shutdown_s + STOP_MARGIN_S)

    def _start(
        self, group: ProcessGroup, variables: ServerVariables, all_names: set[str], worker: Worker
    ) -> Process:
        writer = self._streams.open(worker.name, partial(self._note_line, worker, all_names, variables))
        try:
            return group.start(
                worker.name, worker.command, cwd=worker.cwd, env=worker.env(variables), output=writer
            )
        finally:
            os.close(writer)

    def _note_line(self, worker: Worker, all_names: set[str], variables: ServerVariables, line: str) -> None:
        if not worker.says_ready(line):
            return
        self._supervisor.note_ready(worker)
        if worker.name not in self._ready:
            self._ready.add(worker.name)
            if self._ready == all_names:
                self._announce(variables)

    def _announce(self, variables: ServerVariables) -> None:
        say = self._console.line
        both = len(languages.PRESENT) == len(languages.BOTH)
        which = "Both workers are" if both else "The worker is"
        say(self._console.paint(f"{which} consuming. Ctrl-C stops {'them' if both else 'it'}.", BOLD))
        if self._flower is not None:
            say(self._flower.line)
            say(self._prometheus_line)
        if self._debugs:
            say(debugging.line())
        if self._watches:
            say("Workers restart when their files change; WATCH=0 turns that off.")
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


def _soft_shutdown_s(worker: Worker, variables: ServerVariables) -> float:
    try:
        return float(worker.env(variables)["JOBS_SOFT_SHUTDOWN_TIMEOUT_S"])
    except (KeyError, ValueError):
        return DEFAULT_SOFT_SHUTDOWN_S


if __name__ == "__main__":
    sys.exit(main())
