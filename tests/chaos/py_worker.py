"""The Python worker of the ledger: one task, its settings as JSON in CHAOS."""

import json
import os
import time
from typing import Any

import celery_reliable
from celery import Celery

from .ledger import append, append_hostile

chaos = json.loads(os.environ["CHAOS"])
app = Celery("chaos")
app.conf.update(chaos["celery"])
celery_reliable.install(app, **chaos["delivery"])

if "kill_at" in chaos:
    from .kill_points import arm

    arm(app, chaos["kill_at"], chaos["marker"])


@app.task(bind=True, name="chaos.python", max_retries=None)
def work(
    self: Any, parts: list[str] | None = None, *, number: int, step: int, seconds: float, retries: int = 0
) -> str:
    """Take some time, record it in the ledger, and retry as often as the job says.

    The body of a chord gets what its `parts` returned.
    """
    if parts is not None and parts != [f"{number}-{part}" for part in range(step)]:
        raise ValueError(f"the parts of chord {number} are {parts}")
    append(chaos["ledger"], "start", self.request, number, step)
    time.sleep(seconds)
    if self.request.retries < retries:
        append(chaos["ledger"], "retry", self.request, number, step)
        raise self.retry(countdown=0.2)
    append(chaos["ledger"], "end", self.request, number, step)
    return f"{number}-{step}"


@app.task(bind=True, name="hostile.run")
def run_hostile(self: Any, *_args: Any, **_kwargs: Any) -> None:
    """Note that a hostile message ran; its sender may have given anything."""
    append_hostile(chaos["hostile"], self.request)
