"""What workflows are made of; a signature that a task gets is Celery's dict of one."""

from typing import Any

from celery import Signature, chain, group, signature
from celery.exceptions import Reject

from ..ledger import append
from ..py_worker import app


@app.task
def tsum(numbers: list[Any]) -> Any:
    return sum(numbers)


@app.task
def collect(*args: Any) -> list[Any]:
    return list(args)


@app.task(bind=True)
def place(self: Any, *args: Any) -> dict[str, Any]:
    """Return its place in the workflow and its arguments."""
    request = self.request
    return {
        "args": list(args),
        "id": request.id,
        "root_id": request.root_id,
        "parent_id": request.parent_id,
        "group": request.group,
        "group_index": request.group_index,
        "nesting": request.replaced_task_nesting,
        "stamps": request.stamps,
        "stamped_headers": sorted(request.stamped_headers or []),
        "headers": request.headers,
        "priority": request.delivery_info.get("priority"),
    }


@app.task(bind=True)
def stamps_after_retry(self: Any) -> dict[str, Any]:
    if self.request.retries == 0:
        raise self.retry(countdown=0.2)
    return {"stamps": self.request.stamps}


@app.task(bind=True)
def replace(self: Any, dict_of: Any) -> Any:
    return self.replace(signature(dict_of, app=app))


@app.task(bind=True)
def replace_by_nothing(self: Any) -> Any:
    return self.replace(chain())


@app.task(bind=True)
def extend(self: Any, dict_of: Any) -> str:
    """Add a task to the chord that this one is a part of."""
    self.add_to_chord(signature(dict_of, app=app))
    return "extended"


@app.task
def apply(dict_of: Any) -> Any:
    """Send a workflow, and return where its result will be."""
    return signature(dict_of, app=app).apply_async()


@app.task
def build(task: str, queue: str, numbers: list[int]) -> Any:
    """Build a workflow in the worker, and send it."""
    parts: list[Signature[Any]] = [
        app.signature(task, args=(n, n), options={"queue": queue}) for n in numbers
    ]
    total = app.signature("conformance.canvas.tsum", options={"queue": queue})
    return (group(parts) | total).apply_async()


@app.task
def give_back(dict_of: Any) -> Any:
    """Return a workflow as data."""
    return signature(dict_of, app=app)


@app.task
def on_failure(request: Any, exc: Any, traceback: Any, ledger: str) -> None:
    """An errback that is called in the worker."""
    append(ledger, request.id, f"{type(exc).__name__}: {exc}{' (traceback)' if traceback else ''}")


@app.task
def on_failed_id(task_id: str, ledger: str) -> None:
    """An errback that is sent: it would take two arguments, of which the signature holds one."""
    append(ledger, task_id, "sent")


@app.task
def count(value: Any, ledger: str, label: str) -> Any:
    """Note each run."""
    append(ledger, "ran", label)
    return value


@app.task
def reject() -> None:
    raise Reject("not here", requeue=False)
