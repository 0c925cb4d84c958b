"""The ledger: a file to which tasks append a line for each event, for tests to read."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import wait_until


def append(ledger: str, event: str, label: str) -> None:
    """Note an event, such as "start", of the task with this label, with the process and the time."""
    line = json.dumps([event, label, os.getpid(), time.time()])
    descriptor = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@dataclass(frozen=True)
class Entry:
    """One thing that happened: `time` is in seconds since the epoch."""

    event: str
    label: str
    pid: int
    time: float


class Ledger:
    """The test's end of the file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        path.touch()

    def entries(self, event: str | None = None, label: str | None = None) -> list[Entry]:
        """Everything so far, in order; only an event's or a task's when they are given."""
        lines = Path(self.path).read_text().splitlines(keepends=True)
        entries = [Entry(*json.loads(line)) for line in lines if line.endswith("\n")]
        return [e for e in entries if event in (None, e.event) and label in (None, e.label)]

    def labels(self, event: str) -> list[str]:
        """The tasks to which this happened, in order; one that it happened to twice is there twice."""
        return [entry.label for entry in self.entries(event)]

    def wait_for(
        self, event: str, count: int = 1, label: str | None = None, timeout_s: float = 20
    ) -> list[Entry]:
        """Wait until this has happened so often and return the entries."""

        def enough() -> Sequence[Entry] | None:
            found = self.entries(event, label)
            return found if len(found) >= count else None

        what = f"{count} times {event!r} of {label or 'any task'} in the ledger"
        try:
            return list(wait_until(enough, timeout_s, what) or [])
        except AssertionError as error:
            raise AssertionError(f"{error}; it has {len(self.entries(event, label))}") from None
