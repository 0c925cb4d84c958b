"""The Python worker: the template's settings and delivery, one task."""

import os
import time

import celery_reliable
from celery import Celery
from py_workers.config import (  # type: ignore[import-untyped]
    celery_settings,
    delivery_options,
)

from .ledger import append

app = Celery("outages")
app.config_from_object(celery_settings())
celery_reliable.install(app, **(delivery_options() or {}))


@app.task(name="outages.python")
def work(label: str) -> str:
    """Take a moment, and write it down."""
    append(os.environ["OUTAGES_LEDGER"], "start", label, time.time())
    time.sleep(0.02)
    append(os.environ["OUTAGES_LEDGER"], "end", label, time.time())
    return label
