"""The Python client: the template's settings and celery_reliable. It sends and asks until it is stopped."""

import itertools
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import celery_reliable
from celery import Celery
from py_workers.config import celery_settings  # type: ignore[import-untyped]

from .ledger import append, callback_of

PAUSE_S = 0.2
ANSWER_WITHIN_S = 3.0

LEDGER = os.environ["OUTAGES_LEDGER"]


def main() -> None:
    """Send a task to each worker, and ask for a result, again and again."""
    app = Celery("outages_client")
    app.config_from_object(celery_settings())
    celery_reliable.install(app)
    for number in itertools.count():
        for worker in ("python", "node"):
            noted("send", f"python:{worker}:{number}", partial(send, app))
        noted("ask", f"python:echo:{number}", partial(ask, app))
        time.sleep(PAUSE_S)


def send(app: Celery, label: str) -> None:
    """Send a task with a callback, without waiting for the results."""
    after = callback_of(label)
    callback = app.signature(name_of(after), args=(after,), immutable=True, options={"task_id": after})
    app.send_task(name_of(label), [label], task_id=label, link=callback)


def ask(app: Celery, label: str) -> None:
    """Send a task and wait for its result."""
    app.send_task(name_of(label), [label]).get(timeout=ANSWER_WITHIN_S)


def name_of(label: str) -> str:
    """The name of a label's task."""
    return f"outages.{label.split(':')[1]}"


def noted(event: str, label: str, call: Callable[[str], Any]) -> None:
    """Do it and note what became of it."""
    began, error = time.time(), None
    try:
        call(label)
    except Exception as raised:
        error = f"{type(raised).__name__}: {raised}"
    append(LEDGER, event, label, began, time.time(), error)


if __name__ == "__main__":
    main()
