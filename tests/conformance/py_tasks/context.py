"""Tasks that return parts of their request."""

from typing import Any

from ..py_worker import app

FIELDS = (
    *("id", "task", "args", "kwargs", "retries", "eta", "expires", "root_id", "parent_id", "group"),
    *("group_index", "callbacks", "errbacks", "chain", "chord", "shadow", "origin", "reply_to"),
    *("correlation_id", "headers", "properties", "delivery_info", "hostname", "ignore_result"),
    *("stamped_headers", "stamps", "replaced_task_nesting", "called_directly", "is_eager"),
    *("timelimit", "utc"),
)


@app.task(bind=True)
def show(self: Any, x: Any, *, y: Any = None) -> dict[str, Any]:  # noqa: ARG001
    return {field: getattr(self.request, field) for field in FIELDS}


@app.task(bind=True)
def lineage(self: Any, result: Any) -> dict[str, Any]:
    """Return its place in the workflow and its arguments."""
    request = self.request
    return {"result": result, "id": request.id, "root_id": request.root_id, "parent_id": request.parent_id}


@app.task(bind=True)
def state_of_parent(self: Any, _result: Any) -> str:
    """Return the stored result of the task before it in a chain."""
    return str(app.AsyncResult(self.request.parent_id).state)


@app.task(bind=True)
def show_after_retry(self: Any) -> dict[str, Any]:
    if self.request.retries == 0:
        raise self.retry(countdown=0.2)
    return {"headers": self.request.headers, "retries": self.request.retries}
