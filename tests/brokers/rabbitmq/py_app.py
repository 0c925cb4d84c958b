"""A Python app with celery_reliable, as the template has it, on JOBS_BROKER_URL and JOBS_RESULT_BACKEND."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import celery_reliable
import celery_reliable.metrics
from celery.exceptions import Reject
from celery_reliable.recommended import recommended_settings
from celery_reliable.typed import Celery

app = Celery("tests")
app.config_from_object(
    recommended_settings(os.environ["JOBS_BROKER_URL"], os.environ["JOBS_RESULT_BACKEND"])
    | {"task_default_queue": "jobs", "task_time_limit": 300}
    | json.loads(os.environ.get("SETTINGS", "{}"))
)
app.conf.worker_health_address = os.environ.get("HEALTH_ADDRESS")
celery_reliable.install(app, max_deliveries=3)
celery_reliable.metrics.serve(app)


@app.task(name="tests.add")
def add(x: int, y: int) -> int:
    return x + y


@app.task(name="tests.total")
def total(numbers: list[int]) -> int:
    return sum(numbers)


@app.task(name="tests.now")
def now() -> float:
    return time.time()


@app.task(name="tests.sleep")
def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@app.task(name="tests.die")
def die() -> None:
    """Kill the worker, not only its process."""
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="tests.retry", bind=True, max_retries=3)
def retry(self: Any, countdown: float) -> dict[str, Any]:
    if self.request.retries < 2:
        raise self.retry(countdown=countdown)
    return {"retries": self.request.retries}


@app.task(name="tests.reject")
def reject() -> None:
    raise Reject("not here", requeue=False)


@app.task(name="tests.put_back")
def put_back(file: str, times: int) -> int:
    """Put the message back so many times. Notes each run in a file; returns their number."""
    runs = Path(file)
    with runs.open("a") as notes:
        notes.write("x")
    if len(runs.read_text()) <= times:
        raise Reject("again", requeue=True)
    return len(runs.read_text())


if limit_s := os.environ.get("LONG_TASK_S"):

    @app.task(name="tests.long", time_limit=int(limit_s))
    def long() -> None:
        """Have its own time limit."""
