"""A task whose handlers write down what they were called with; `raising` names one that fails."""

import json
import time
from typing import Any

from celery.exceptions import Ignore, Reject

from ..ledger import append
from ..py_worker import app


def note(handler: str, args: Any, *values: Any) -> None:
    """Record a call; of an error, its class and message."""
    shown = [f"{type(v).__name__}: {v}" if isinstance(v, Exception) else v for v in values]
    append(args[0], handler, json.dumps(shown))
    if args[2:] and args[2] == handler:
        raise RuntimeError(f"{handler} failed")


def before_start(self: Any, task_id: str, args: Any, kwargs: Any) -> None:
    note("before_start", args, task_id, list(args[1:]), kwargs, self.request.retries)


def on_success(self: Any, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
    stored = self.app.AsyncResult(task_id).state
    note("on_success", args, retval, task_id, list(args[1:]), kwargs, stored)


def on_failure(
    self: Any,  # noqa: ARG001
    exc: Any,
    task_id: str,
    args: Any,
    kwargs: Any,
    einfo: Any,
) -> None:
    traceback = str(exc) in str(einfo.traceback)
    note("on_failure", args, exc, task_id, list(args[1:]), kwargs, traceback)


def on_retry(self: Any, exc: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
    has_traceback = isinstance(einfo.traceback, str)
    note("on_retry", args, exc, task_id, list(args[1:]), kwargs, has_traceback, self.request.retries)


def after_return(
    self: Any, status: str, retval: Any, task_id: str, args: Any, kwargs: Any, einfo: Any
) -> None:
    note("after_return", args, status, retval, task_id, list(args[1:]), kwargs, einfo, self.request.id)


def on_replace(self: Any, sig: Any) -> Any:
    note("on_replace", self.request.args, sig.task, sig.id == self.request.id)
    return super(type(self), self).on_replace(sig)


HANDLERS: dict[str, Any] = {
    "before_start": before_start,
    "on_success": on_success,
    "on_failure": on_failure,
    "on_retry": on_retry,
    "after_return": after_return,
    "on_replace": on_replace,
}


@app.task(bind=True, **HANDLERS)
def observed(
    self: Any,
    ledger: str,
    outcome: str,
    raising: str = "",  # noqa: ARG001
    *,
    queue: str = "",
    tag: Any = None,  # noqa: ARG001
) -> Any:
    append(ledger, "run", outcome)
    match outcome:
        case "fail":
            raise ValueError("no")
        case "retry" if self.request.retries == 0:
            raise self.retry(countdown=0.2, exc=ConnectionError("later"))
        case "hang":
            time.sleep(60)
        case "ignore":
            raise Ignore
        case "reject":
            raise Reject("not here", requeue=False)
        case "replace":
            return self.replace(
                app.signature("conformance.basic.echo", args=("other",), options={"queue": queue})
            )
    return outcome
