"""Tasks that take their time, and write down that they ran: in the file ``ledger``, as ``label``."""

import time
from pathlib import Path

from ..ledger import append
from ..py_worker import app

LOOK_S = 0.02


@app.task
def record(ledger: str, label: str, seconds: float = 0) -> str:
    append(ledger, "start", label)
    time.sleep(seconds)
    append(ledger, "end", label)
    return label


@app.task
def note(entry: list[str]) -> None:
    """Take one argument, as an errback does that is sent as a task."""
    append(entry[0], "note", entry[1])


@app.task
def gate(ledger: str, label: str, file: str) -> str:
    """Run until a file is there."""
    append(ledger, "start", label)
    while not Path(file).exists():
        time.sleep(LOOK_S)
    append(ledger, "end", label)
    return label
