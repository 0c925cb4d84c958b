"""The Python worker: the template's settings and delivery, a task that waits."""

import time

import celery_reliable
from celery import Celery
from py_workers.config import celery_settings, delivery_options  # type: ignore[import-untyped]

app = Celery("scaling")
app.config_from_object(celery_settings())
celery_reliable.install(app, **(delivery_options() or {}))


@app.task(name="scaling.python")
def work(seconds: float) -> float:
    """Wait, as for a database or another service."""
    if seconds:
        time.sleep(seconds)
    return seconds
