"""Celery's Redis result backend, but a client whose server is gone learns it soon and clearly."""

from contextvars import ContextVar
from typing import Any

from celery.backends.redis import RedisBackend
from kombu.exceptions import OperationalError

from celery_reliable.recommended import PUBLISH_RETRY_POLICY

_sending: ContextVar[bool] = ContextVar("_sending", default=False)


class RedisResults(RedisBackend):
    """Subscribes to the result of a task that is sent with the same patience as it is then published.

    ``Celery.send_task`` subscribes before it publishes. Stock Celery retries that for 20 s, right for a
    worker that stores a result but long for a web request, and ends with a RuntimeError about restarting.
    """

    def on_task_call(self, producer: Any, task_id: str) -> None:
        """Subscribe to a task's result (mirrors ``RedisBackend.on_task_call``).

        Raises:
            kombu.exceptions.OperationalError: the server cannot be reached.
        """
        token = _sending.set(True)
        try:
            super().on_task_call(producer, task_id)
        except RuntimeError as error:
            raise OperationalError(str(error.__cause__ or error)) from error
        finally:
            _sending.reset(token)

    def ensure(self, fun: Any, args: Any, **policy: Any) -> Any:
        """Call ``fun`` until it succeeds or the policy's retries are used up (``RedisBackend.ensure``)."""
        if _sending.get():
            policy = {**PUBLISH_RETRY_POLICY, **policy}
        return super().ensure(fun, args, **policy)
