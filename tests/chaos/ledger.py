"""The file outside Redis to which every execution appends its start and its end, with its delivery tag."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from .facts import Run


def append(path: str, event: str, request: Any, number: int, step: int) -> None:
    """Record an event of a Python task ("start", "end" or "retry") in one write."""
    tag = request.properties["delivery_tag"]
    redelivered = bool(request.delivery_info.get("redelivered"))
    line = json.dumps(
        [event, number, step, request.retries, tag, os.getpid(), redelivered, time.time()],
        separators=(",", ":"),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def append_hostile(path: str, request: Any) -> None:
    """Note that a hostile message ran, by its id."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(descriptor, f"{json.dumps(request.id)}\n".encode())
    os.close(descriptor)


def read_runs(path: Path) -> list[Run]:
    """Every run so far, in the order of their starts; a line that is being written does not count yet."""
    runs: list[Run] = []
    open_runs: dict[tuple[str, int], int] = {}
    for line in path.read_text().splitlines(keepends=True) if path.exists() else ():
        if not line.endswith("\n"):
            break
        event, number, step, attempt, tag, pid, redelivered, at = json.loads(line)
        if event == "start":
            open_runs[tag, pid] = len(runs)
            runs.append(Run(number, step, attempt, tag, pid, redelivered, at))
        else:
            index = open_runs.pop((tag, pid))
            runs[index] = replace(runs[index], ended=at, outcome=event)
    return runs
