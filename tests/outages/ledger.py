"""The files outside the server to which clients and workers append what they did, a line of JSON each.

Workers: `["start" or "end", label, time]`. Clients: `["send" or "ask", label, began, ended, error or null]`,
where "ask" is a task whose result is waited for. A label is unique, and the task's id:
`<client>:<worker>:<number>`. A sent task has a callback for the other worker, with a "+" behind its number.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """A start or an end of a task, at a time since the epoch."""

    event: str
    label: str
    at: float


@dataclass(frozen=True)
class Call:
    """An action of a client, with times since the epoch. `error` is None if the server confirmed it."""

    event: str
    label: str
    began: float
    ended: float
    error: str | None


def callback_of(label: str) -> str:
    """The label of a sent task's callback."""
    client, worker, number = label.split(":")
    return f"{client}:{'node' if worker == 'python' else 'python'}:{number}+"


def append(path: str, *entry: Any) -> None:
    """Append a line, in one write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, f"{json.dumps(entry, separators=(',', ':'))}\n".encode())
    finally:
        os.close(descriptor)


def read_runs(path: Path) -> list[Run]:
    """Every start and end so far."""
    return [Run(*entry) for entry in _entries(path)]


def read_calls(path: Path) -> list[Call]:
    """Every call so far."""
    return [Call(*entry) for entry in _entries(path)]


def _entries(path: Path) -> Iterator[list[Any]]:
    """A line that is being written does not count yet."""
    for line in path.read_text().splitlines(keepends=True) if path.exists() else ():
        if line.endswith("\n"):
            yield json.loads(line)
