"""Keeps the last received request, because Celery logs it before it is in the worker's state."""

from celery_reliable.types import TaskRequest

_last: list[TaskRequest] = [None]


def note_received(request: TaskRequest) -> None:
    """Keep a request until the next one."""
    _last[0] = request


def received(task_id: str | None) -> TaskRequest:
    """Return the request with this id if it is the last one, else None."""
    request = _last[0]
    return request if request is not None and request.id == task_id else None
