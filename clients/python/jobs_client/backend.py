"""Celery's result backend for sending alone: chords are counted in it, results are read by ``results.py``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery.backends.redis import RedisBackend, SentinelBackend

_is_sending: ContextVar[bool] = ContextVar("_is_sending", default=False)


@contextmanager
def without_subscribing() -> Iterator[None]:
    """Send a workflow without subscribing to the results of its parts, as Celery does for a chord."""
    token = _is_sending.set(True)
    try:
        yield
    finally:
        _is_sending.reset(token)


class Backend(RedisBackend):
    """A RedisBackend that does not subscribe to the results of the tasks that it sends."""

    def on_task_call(self, producer: object, task_id: str) -> None:
        """Do nothing: a Job subscribes when it is waited for (mirrors ``RedisBackend.on_task_call``)."""

    def add_pending_result(self, result: Any, weak: bool = False) -> Any:
        """Return the result (mirrors ``AsyncBackendMixin.add_pending_result``, which subscribes to it)."""
        return result if _is_sending.get() else super().add_pending_result(result, weak=weak)


class SentinelsBackend(Backend, SentinelBackend):
    """The same behind sentinels."""
