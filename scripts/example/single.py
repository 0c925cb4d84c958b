"""At most one `make example` at a time: two would share the records of jobs and the queue's data."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.failure import CommandFailed


@contextmanager
def lock(data: Path) -> Iterator[None]:
    """Holds the lock of a run's data; the system releases it even if this process is killed.

    Raises CommandFailed when another process holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandFailed(
                "`make example` runs in this clone already: press Ctrl-C there first"
            ) from None
        yield


def check(data: Path) -> None:
    """Raises CommandFailed when an example runs with this data."""
    if (data / "lock").exists():
        with lock(data):
            pass
