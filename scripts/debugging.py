"""`make up DEBUG=1`: the workers let debuggers connect, each on a port."""

import os
from dataclasses import replace

from scripts import languages, server
from scripts.failure import CommandFailed
from scripts.workers import Worker

PYTHON_PORT = 5678
NODE_PORT = 9229

# Long limits, so that a task at a breakpoint is neither lost nor overdue.
PATIENCE = {
    "JOBS_LEASE_S": "1200",  # the longest
    "JOBS_TASK_TIME_LIMIT_S": "0",
    "JOBS_JS_LOOP_STALL_LIMIT_S": "86400",
}


def with_debuggers(workers: list[Worker]) -> list[Worker]:
    """Returns the workers with debuggers listening.

    A Python worker runs tasks in its own process, one at a time. PY_DEBUG_PORT and JS_DEBUG_PORT name other
    ports than the usual ones. Raises CommandFailed when one is invalid or taken.
    """
    make = {languages.PYTHON: _python, languages.NODE: _node}
    return [make[worker.language](worker) for worker in workers]


def _python(worker: Worker) -> Worker:
    debugger = {
        "PYTHON_LAUNCHER": f"-m debugpy --listen {server.HOST}:{_port('PY_DEBUG_PORT', PYTHON_PORT)}",
        # Without its four lines about frozen modules of the standard library.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    return replace(worker, command=[*worker.command, "--pool", "solo"], variables={**PATIENCE, **debugger})


def _node(worker: Worker) -> Worker:
    program, *arguments = worker.command
    inspector = f"--inspect={server.HOST}:{_port('JS_DEBUG_PORT', NODE_PORT)}"
    return replace(worker, command=[program, inspector, *arguments], variables=PATIENCE)


def line() -> str:
    """Returns the line that tells the user where the debuggers listen."""
    addresses = {
        languages.PYTHON: f"Python to {server.HOST}:{_number('PY_DEBUG_PORT', PYTHON_PORT)}",
        languages.NODE: f"Node to {server.HOST}:{_number('JS_DEBUG_PORT', NODE_PORT)}",
    }
    return f"Debuggers can connect: {', '.join(addresses[language] for language in languages.PRESENT)}."


def _port(variable: str, default: int) -> int:
    number = _number(variable, default)
    if not server.is_port_free(number):
        raise CommandFailed(f"port {number} is taken: choose one for the debugger with {variable}=...")
    return number


def _number(variable: str, default: int) -> int:
    given = os.environ.get(variable) or str(default)
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise CommandFailed(f"invalid {variable}={given}: use a number from 1 to 65535")
    return int(given)
