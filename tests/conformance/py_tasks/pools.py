"""Tasks that compute, that run out of time, and that take their pool's process with them."""

import os
import time
from typing import Any

from celery import Task
from celery.exceptions import SoftTimeLimitExceeded

from ..ledger import append
from ..py_worker import app

_kept: list[bytes] = []


@app.task
def spin(ledger: str, label: str, seconds: float) -> str:
    """Compute without a pause."""
    append(ledger, "start", label)
    until = time.time() + seconds
    while time.time() < until:
        pass
    append(ledger, "end", label)
    return label


@app.task
def heed(seconds: float) -> str:
    """Wait, and clean up when the soft time limit passes."""
    try:
        time.sleep(seconds)
    except SoftTimeLimitExceeded:
        return "cleaned up"
    return "done"


@app.task
def spin_heeding() -> str:
    """Compute without a pause, and clean up when the soft time limit passes."""
    try:
        while True:
            pass
    except SoftTimeLimitExceeded:
        return "cleaned up"


@app.task(max_retries=0)
def die(ledger: str, label: str) -> None:
    """End the process that it runs in."""
    append(ledger, "start", label)
    os._exit(3)


@app.task(rate_limit="2/s")
def limited(ledger: str, label: str) -> None:
    append(ledger, "start", label)


@app.task(acks_late=True, reject_on_worker_lost=True, retry_on_worker_lost=False, bind=True)
def die_once(self: Any, ledger: str, label: str) -> str:
    """End the process that it runs in, the first time."""
    append(ledger, "start", label)
    if not self.request.delivery_info["redelivered"]:
        os._exit(3)
    return label


@app.task(retry_on_worker_lost=True, max_retries=1, default_retry_delay=1, bind=True)
def die_again(self: Any, ledger: str, label: str, times: int) -> str:
    """End the process that it runs in, the first times."""
    append(ledger, "start", label)
    if self.request.retries < times:
        os._exit(3)
    return label


@app.task
def where() -> int:
    """Which process it runs in."""
    return os.getpid()


@app.task
def keep(megabytes: int) -> int:
    """Keep memory beyond its end."""
    _kept.append(b"x" * megabytes * 1024 * 1024)
    return os.getpid()


class Prepared(Task[Any, Any]):
    """Keeps something in the task before it runs, and records what its handler finds there."""

    opened: str | None = None

    def before_start(self, task_id: str, args: Any, kwargs: Any) -> None:  # noqa: ARG002
        self.opened = "opened"

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:  # noqa: ARG002
        append(args[0], "after", self.opened or "nothing")


@app.task(bind=True, base=Prepared)
def prepared(self: Any, ledger: str) -> Any:  # noqa: ARG001
    return self.opened
