"""Tasks that end in every way there is, and what becomes of their messages."""

import time
from pathlib import Path
from typing import Any

from celery import signature
from celery.exceptions import Ignore, Reject

from ..ledger import append
from ..py_worker import app

LOOK_S = 0.02
# Not at once: see retries.py.
SOON_S = 0.2


def _wait_for(file: str) -> None:
    while not Path(file).exists():
        time.sleep(LOOK_S)


@app.task(track_started=True)
def tracked(file: str) -> str:
    _wait_for(file)
    return "done"


@app.task(bind=True)
def progress(self: Any, file: str) -> str:
    self.update_state(state="PROGRESS", meta={"done": 1, "of": 2})
    _wait_for(file)
    return "done"


@app.task(bind=True)
def ignore_after(self: Any, state: str, meta: Any) -> None:
    """Store its own state."""
    self.update_state(state=state, meta=meta)
    raise Ignore


@app.task(bind=True)
def update_other(self: Any, task_id: str, state: str, meta: Any) -> str:
    self.update_state(task_id=task_id, state=state, meta=meta)
    return str(self.request.id)


@app.task(bind=True)
def fail_itself(self: Any, message: str) -> None:
    """Store its failure itself."""
    self.update_state(state="FAILURE", meta=ValueError(message))
    raise Ignore


ATTRIBUTES = (
    *("max_retries", "default_retry_delay", "rate_limit", "ignore_result", "track_started", "trail"),
    *("send_events", "serializer", "time_limit", "soft_time_limit", "acks_on_failure", "acks_on_timeout"),
    *("store_errors_even_if_ignored", "priority", "expires", "typing", "resultrepr_maxsize"),
)


@app.task(bind=True, max_retries=5, acks_on_timeout=False, priority=2)
def attributes(self: Any) -> dict[str, Any]:
    """Return its options with the values in force."""
    return {name: getattr(self, name) for name in ATTRIBUTES}


@app.task(bind=True, acks_late=True)
def reject_once(self: Any, ledger: str) -> str:
    append(ledger, "run", "")
    if not self.request.delivery_info["redelivered"]:
        raise Reject("not now", requeue=True)
    return "second time"


@app.task(throws=(KeyError,))
def expected(key: str) -> None:
    raise KeyError(key)


@app.task(ignore_result=True)
def fail_unheard(message: str) -> None:
    raise ValueError(message)


@app.task(ignore_result=True, store_errors_even_if_ignored=True)
def fail_heard(message: str) -> None:
    if message:
        raise ValueError(message)


@app.task(acks_late=False)
def early(ledger: str, label: str, seconds: float) -> str:
    append(ledger, "start", label)
    time.sleep(seconds)
    return label


@app.task(acks_late=True, acks_on_failure=False)
def fail_unacknowledged(ledger: str) -> None:
    append(ledger, "run", "")
    raise ValueError("no")


def _hang_once(ledger: str, redelivered: Any) -> str:
    append(ledger, "run", "")
    if not redelivered:
        time.sleep(60)
    return "second time"


@app.task(bind=True, acks_late=True, acks_on_timeout=False, time_limit=1)
def hang_once(self: Any, ledger: str) -> str:
    return _hang_once(ledger, self.request.delivery_info["redelivered"])


@app.task(bind=True, acks_late=True, acks_on_failure_or_timeout=False, time_limit=1)
def hang_once_older(self: Any, ledger: str) -> str:
    return _hang_once(ledger, self.request.delivery_info["redelivered"])


@app.task(acks_late=True, time_limit=1)
def hang(ledger: str) -> None:
    append(ledger, "run", "")
    time.sleep(60)


@app.task
def sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


@app.task(time_limit=1)
def sleep_limited(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


@app.task(bind=True)
def retry_with(self: Any, options: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG001
    """Retry with options, and return what has become of them."""
    request = self.request
    if request.retries == 0:
        links = {k: signature(options[k], app=app) for k in ("link", "link_error") if k in options}
        raise self.retry(**({"countdown": SOON_S} | options | links))
    return {
        "args": list(request.args[1:]),
        "kwargs": request.kwargs,
        "headers": request.headers,
        "limits": list(request.timelimit or []),
        "priority": request.delivery_info["priority"],
        "queue": request.delivery_info["routing_key"],
        "eta": request.eta,
        "expires": request.expires,
        "shadow": request.shadow,
        "reply_to": request.reply_to,
        "correlation_id": request.correlation_id,
        "ignore_result": bool(request.ignore_result),
        "callbacks": len(request.callbacks or []),
        "errbacks": len(request.errbacks or []),
        "retries": request.retries,
        "root_id": request.root_id,
    }


@app.task(bind=True)
def retry_aside(self: Any, ledger: str) -> str:
    """Send itself again, and go on."""
    append(ledger, "run", str(self.request.retries))
    if self.request.retries == 0:
        retry = self.retry(countdown=SOON_S, throw=False)
        return type(retry).__name__
    return "retried"


@app.task(bind=True)
def retry_at_most(self: Any, ledger: str, limit: int) -> None:
    append(ledger, "run", "")
    raise self.retry(countdown=SOON_S, max_retries=limit, exc=ConnectionError("enough"))


@app.task(autoretry_for=(ConnectionError,), retry_kwargs={"max_retries": 1, "countdown": SOON_S})
def autoretry_once(ledger: str) -> None:
    append(ledger, "run", "")
    raise ConnectionError("again")


@app.task(autoretry_for=(Exception,), retry_kwargs={"max_retries": 1, "countdown": SOON_S})
def autoretry_all(ledger: str, how: str) -> None:
    append(ledger, "run", how)
    raise {"ignore": Ignore(), "reject": Reject("no", requeue=False)}[how]
