"""Celery's Redis result backend, but a client whose server is gone learns it soon and clearly."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery.backends import redis as celery_redis
from celery.backends.redis import RedisBackend
from kombu.exceptions import OperationalError
from redis.exceptions import InvalidResponse, ResponseError

from celery_reliable.recommended import PUBLISH_RETRY_POLICY

_sending: ContextVar[bool] = ContextVar("_sending", default=False)


class Subscription(celery_redis.ResultConsumer):  # type: ignore[name-defined]
    """Throws its connection away once something unexpected was read on it.

    Stock Celery goes on with it, and every later ``get`` fails with what an earlier one was answered.
    """

    _is_refused = False
    _connection_errors: tuple[type[Exception], ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connection_errors = (*self._connection_errors, InvalidResponse)

    def consume_from(self, task_id: str) -> None:
        """Subscribe to a task's result (mirrors ``ResultConsumer.consume_from``)."""
        self._renew()
        super().consume_from(task_id)

    def drain_events(self, timeout: float | None = None) -> None:
        """Wait for a message (mirrors ``ResultConsumer.drain_events``).

        Raises:
            kombu.exceptions.OperationalError: the server refuses the subscription.
        """
        self._renew()
        super().drain_events(timeout)

    @contextmanager
    def reconnect_on_error(self) -> Iterator[None]:
        """Subscribe anew when the connection is lost or of no use (``ResultConsumer.reconnect_on_error``)."""
        try:
            with super().reconnect_on_error():
                yield
        except ResponseError as error:
            self._is_refused = True
            raise OperationalError(str(error)) from error

    def _renew(self) -> None:
        if self._is_refused:
            self._is_refused = False
            self._reconnect()


class RedisResults(RedisBackend):
    """Subscribes to the result of a task that is sent with the same patience as it is then published.

    ``Celery.send_task`` subscribes before it publishes. Stock Celery retries that for 20 s, right for a
    worker that stores a result but long for a web request, and ends with a RuntimeError about restarting.
    """

    ResultConsumer = Subscription

    def get(self, key: Any) -> Any:
        """Read a result (mirrors ``RedisBackend.get``)."""
        return _again_if_unreadable(super().get, key)

    def mget(self, keys: Any) -> Any:
        """Read results (mirrors ``RedisBackend.mget``)."""
        return _again_if_unreadable(super().mget, keys)

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


def _again_if_unreadable(read: Callable[[Any], Any], what: Any) -> Any:
    """Ask once more when the answer cannot be read: redis-py has dropped that connection."""
    try:
        return read(what)
    except InvalidResponse:
        return read(what)
