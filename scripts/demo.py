"""`make demo`: runs both workers and both clients once, and leaves nothing behind."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from scripts import broker, environment, installed, languages, server, settings_check, workers
from scripts.console import BOLD, Console
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import DATA, VENV_PYTHON
from scripts.processes import Command, Process, ProcessGroup
from scripts.steps import Workbench
from scripts.workers import Worker

WORKERS_READY_WITHIN_S = 60.0
CLIENTS_DONE_WITHIN_S = 30.0
WORKERS_STOP_WITHIN_S = 10.0

# Client -> worker -> the line of the result.
_CLIENT_LINES = {
    languages.NODE: {
        languages.PYTHON: "Result executed by python worker from js client : 3 + 2 = 5",
        languages.NODE: "Result executed by js worker from js client : 1 + 2 = 3",
    },
    languages.PYTHON: {
        languages.PYTHON: "Result executed by python worker from python client: 4 + 2 = 6",
        languages.NODE: "Result executed by js worker from python client: 2 + 2 = 4",
    },
}
# What the clients print in this clone.
JS_CLIENT_LINES = tuple(_CLIENT_LINES[languages.NODE][worker] for worker in languages.PRESENT)
PYTHON_CLIENT_LINES = tuple(_CLIENT_LINES[languages.PYTHON][worker] for worker in languages.PRESENT)


def run(console: Console, interruption: Interruption, broker_kind: str = "", results_kind: str = "") -> None:
    """Runs the demo, with the servers that BROKER and RESULTS choose.

    Raises CommandFailed unless all results are right, Interrupted on a signal.
    """
    DATA.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=DATA))
    try:
        with ProcessGroup(interruption) as group:
            bench = Workbench(console, group, interruption)
            servers = installed.wanted(broker_kind, results_kind)
            choice = broker.choose(servers)
            usual = choice.variables(server.url(broker.DEFAULT_PORT)) | servers.variables()
            settings_check.check(bench, usual)
            data, log = folder / "valkey", folder / "valkey.log"
            with (
                broker.reachable(bench, choice, data, log, servers=servers, home=folder) as variables,
                _running_workers(bench, variables, folder) as processes,
            ):
                _run_clients(bench, variables, folder, processes)
            console.note("stopped", "workers, then server")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    both = len(languages.PRESENT) == len(languages.BOTH)
    console.line(console.paint("All four results are right." if both else "The result is right.", BOLD))


@contextmanager
def _running_workers(bench: Workbench, variables: Mapping[str, str], folder: Path) -> Iterator[list[Process]]:
    """Starts the workers, yields when they consume, and stops them at the end."""
    started = workers.in_this_clone()
    processes: list[Process] = []
    try:
        for worker in started:
            bench.console.begin(worker.name, f"starting on {worker.queues}")
            log = folder / f"{worker.name.replace(' ', '-')}.log"
            # Workers log that they are ready at level info.
            env = {**worker.env(variables), "JOBS_LOG_LEVEL": "info"}
            processes.append(bench.group.start(worker.name, worker.command, cwd=worker.cwd, env=env, log=log))
        _wait_until_ready(bench, list(zip(started, processes, strict=True)))
        yield processes
    finally:
        bench.group.stop(processes, WORKERS_STOP_WITHIN_S)


def _wait_until_ready(bench: Workbench, waiting: list[tuple[Worker, Process]]) -> None:
    deadline = time.monotonic() + WORKERS_READY_WITHIN_S
    while waiting:
        waiting = [(worker, process) for worker, process in waiting if not _consumes(bench, worker, process)]
        if waiting and time.monotonic() > deadline:
            worker, process = waiting[0]
            sentence = f"the {worker.name} was not ready within {WORKERS_READY_WITHIN_S:.0f} s"
            raise CommandFailed(sentence, process.log_excerpt())
        bench.console.tick()
        bench.interruption.sleep()


def _consumes(bench: Workbench, worker: Worker, process: Process) -> bool:
    assert process.log is not None
    if any(map(worker.says_ready, process.log.read_text("utf-8", "replace").splitlines())):
        bench.console.end(worker.name, f"consuming {worker.queues}")
        return True
    if process.exit_code is not None:
        sentence = f"the {worker.name} ended with {process.exit_code}{process.last_line}"
        raise CommandFailed(sentence, process.log_excerpt())
    return False


def _run_clients(
    bench: Workbench, variables: Mapping[str, str], folder: Path, processes: list[Process]
) -> None:
    """Runs the clients at once and prints their lines, JavaScript's first."""
    commands: dict[str, tuple[str, Command]] = {
        languages.NODE: ("js client", ["node", "js_workers/client_example.js"]),
        languages.PYTHON: ("python client", [VENV_PYTHON, "-m", "py_workers.client_example"]),
    }
    clients = {
        language: bench.group.start(
            name,
            command,
            cwd=environment.PROJECTS[language],
            env=environment.for_workers(variables, environment.OWN_FILES[language]),
            log=folder / f"{name.replace(' ', '-')}.log",
        )
        for language, (name, command) in commands.items()
        if language in languages.PRESENT
    }
    expected = {languages.NODE: JS_CLIENT_LINES, languages.PYTHON: PYTHON_CLIENT_LINES}
    for language, client in clients.items():
        bench.console.begin(client.name, f"running the {client.name}")
        _finish_client(bench, client, expected[language], processes)


def _finish_client(
    bench: Workbench, client: Process, expected: Sequence[str], processes: list[Process]
) -> None:
    deadline = time.monotonic() + CLIENTS_DONE_WITHIN_S
    while client.exit_code is None and time.monotonic() < deadline:
        bench.console.tick()
        bench.interruption.sleep()
    assert client.log is not None
    lines = client.log.read_text("utf-8", "replace").splitlines()
    results = [line for line in lines if line.startswith("Result executed by ")]
    for line in results:
        bench.console.line(line)
    if client.exit_code == 0 and results == list(expected):
        bench.console.end(client.name, f"{len(results)} results" if len(results) > 1 else "one result")
        return
    # The client's log comes last, as it probably contains the reason.
    detail = "\n".join(filter(None, (process.log_excerpt() for process in (*processes, client))))
    if client.exit_code is None:
        raise CommandFailed(f"the {client.name} got no result within {CLIENTS_DONE_WITHIN_S:.0f} s", detail)
    if client.exit_code != 0:
        raise CommandFailed(f"the {client.name} ended with {client.exit_code}{client.last_line}", detail)
    raise CommandFailed(f"the {client.name} did not print: {' | '.join(expected)}", detail)
