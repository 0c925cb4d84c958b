"""`make up DEBUG=1`: both workers wait for debuggers, each on a port."""

import os
from dataclasses import replace

from scripts import server
from scripts.failure import CommandFailed
from scripts.workers import Worker

PYTHON_PORT = 5678
NODE_PORT = 9229

# A task that stands at a breakpoint is neither lost nor overdue.
PATIENCE = {
    "JOBS_LEASE_S": "1200",  # the longest
    "JOBS_TASK_TIME_LIMIT_S": "0",
    "JOBS_JS_LOOP_STALL_LIMIT_S": "86400",
}


def debugged(python: Worker, node: Worker) -> list[Worker]:
    """Returns both workers with debuggers listening.

    The Python worker runs tasks in its own process, one at a time. PY_DEBUG_PORT and JS_DEBUG_PORT name other
    ports than the usual ones. Raises CommandFailed when one is invalid or taken.
    """
    python_port, node_port = _port("PY_DEBUG_PORT", PYTHON_PORT), _port("JS_DEBUG_PORT", NODE_PORT)
    debugger = {
        "PYTHON_LAUNCHER": f"-m debugpy --listen {server.HOST}:{python_port}",
        # Without its four lines about frozen modules of the standard library.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    program, *arguments = node.command
    return [
        replace(python, command=[*python.command, "--pool", "solo"], variables={**PATIENCE, **debugger}),
        replace(
            node, command=[program, f"--inspect={server.HOST}:{node_port}", *arguments], variables=PATIENCE
        ),
    ]


def line() -> str:
    """Returns the line that tells the user where the debuggers listen."""
    python_port, node_port = _number("PY_DEBUG_PORT", PYTHON_PORT), _number("JS_DEBUG_PORT", NODE_PORT)
    return f"Debuggers can connect: Python to {server.HOST}:{python_port}, Node to {server.HOST}:{node_port}."


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
