"""A Python app with celery_reliable, as the template has it, on JOBS_BROKER_URL and JOBS_RESULT_BACKEND."""

import json
import os
import signal
import time
from typing import Any

import celery_reliable
import celery_reliable.metrics
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
