"""Receivers of signals that record their arguments about a task, or about a worker with a ledger."""

import json
import os
import time
from typing import Any

from celery import signals

from ..ledger import append
from ..py_worker import app
from .hooks import observed as handled


@app.task(bind=True)
def observed(self: Any, ledger: str, outcome: str) -> Any:  # noqa: ARG001
    match outcome:
        case "fail":
            raise ValueError("no")
        case "retry" if self.request.retries == 0:
            raise self.retry(countdown=0.2, exc=ConnectionError("later"))
        case "hang":
            time.sleep(60)
        case "headers":
            return (self.request.headers or {}).get("traced")
    return outcome


@app.task
def send(ledger: str, queue: str) -> Any:
    """Send a task from within one."""
    return observed.apply_async((ledger, "headers"), queue=queue)


def note(ledger: str, signal: str, *values: Any) -> None:
    """Record a receiver's arguments; of an error, its class and message."""
    shown = [f"{type(v).__name__}: {v}" if isinstance(v, Exception) else v for v in values]
    append(ledger, signal, json.dumps(shown))


def on_prerun(task_id: str, task: Any, args: Any, kwargs: Any, **_: Any) -> None:
    note(args[0], "task_prerun", task_id, task.name, task.request.id, args[1], kwargs)
    if args[1] == "receiver fails":
        raise RuntimeError("not my task")


def on_postrun(task_id: str, args: Any, retval: Any, state: Any, **_: Any) -> None:
    note(args[0], "task_postrun", task_id, retval, state)


def on_success(sender: Any, result: Any, runtime: float, **_: Any) -> None:
    note(sender.request.args[0], "task_success", sender.name, result, 0 <= runtime < 5)


def on_retry(request: Any, reason: Any, einfo: Any, **_: Any) -> None:
    note(request.args[0], "task_retry", request.id, reason.exc, isinstance(einfo.traceback, str))


def on_failure(task_id: str, exception: Any, args: Any, kwargs: Any, einfo: Any, **_: Any) -> None:
    note(args[0], "task_failure", task_id, exception, args[1], kwargs, "no" in str(einfo.traceback))


def on_revoked(request: Any, terminated: bool, signum: Any, expired: bool, **_: Any) -> None:
    note(request.args[0], "task_revoked", request.id, terminated, signum, expired)


def on_internal_error(task_id: str, args: Any, exception: Any, **_: Any) -> None:
    note(args[0], "task_internal_error", task_id, exception)


def on_received(request: Any, **_: Any) -> None:
    if request.task_name == observed.name:
        note(request.args[0], "task_received", request.id, request.args[1])


def on_unknown(name: str, id: str, message: Any, **_: Any) -> None:  # noqa: A002
    if "ledger" in message.headers:
        note(message.headers["ledger"], "task_unknown", name, id)


def on_rejected(message: Any, **_: Any) -> None:
    if "ledger" in message.headers:
        note(message.headers["ledger"], "task_rejected")


def before_publish(body: Any, exchange: str, routing_key: str, headers: Any, **_: Any) -> None:
    headers["traced"] = "yes"
    note(body[0][0], "before_task_publish", headers["task"], exchange, routing_key, body[0][1])


def after_publish(body: Any, exchange: str, routing_key: str, headers: Any, **_: Any) -> None:
    note(body[0][0], "after_task_publish", headers["traced"], exchange, routing_key, body[0][1])


signals.task_prerun.connect(on_prerun, sender=observed)
signals.task_postrun.connect(on_postrun, sender=observed)
signals.task_success.connect(on_success, sender=observed)
signals.task_retry.connect(on_retry, sender=observed)
signals.task_failure.connect(on_failure, sender=observed)
signals.task_revoked.connect(on_revoked, sender=observed)
signals.task_internal_error.connect(on_internal_error, sender=handled)
signals.task_received.connect(on_received)
signals.task_unknown.connect(on_unknown)
signals.task_rejected.connect(on_rejected)
signals.before_task_publish.connect(before_publish, sender="conformance.signals.observed")
signals.after_task_publish.connect(after_publish, sender="conformance.signals.observed")


def tell_of_the_worker(ledger: str) -> None:
    """Note what happens to the worker."""

    def teller(name: str) -> Any:
        return lambda **told: note(ledger, name, *(told[key] for key in ("sig", "how") if key in told))

    for name in ("celeryd_init", "worker_init", "worker_ready", "worker_shutting_down", "worker_shutdown"):
        getattr(signals, name).connect(teller(name), weak=False)


if "ledger" in json.loads(os.environ["CONFORMANCE"]):
    tell_of_the_worker(json.loads(os.environ["CONFORMANCE"])["ledger"])
