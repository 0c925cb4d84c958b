"""Celery's Redis result backend, but a client gets a quick and clear error when its server is gone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery.backends import redis as celery_redis
from celery.backends.redis import RedisBackend, SentinelBackend
from kombu.exceptions import DecodeError, OperationalError
from redis.connection import Connection
from redis.exceptions import InvalidResponse, RedisError, ResponseError

from celery_reliable.failures import WithErrorTexts
from celery_reliable.recommended import PUBLISH_RETRY_POLICY, SOCKET_TIMEOUT_S
from celery_reliable.reply_watch import watched
from celery_reliable.sentinel import PrimaryConnection, PrimarySslConnection, asking
from celery_reliable.types import Passed, Result

# A subscription that has been silent for this long is pinged.
SILENT_S = 3.0

_sending: ContextVar[bool] = ContextVar("_sending", default=False)


class Subscription(celery_redis.ResultConsumer):  # type: ignore[name-defined]
    """Drops its connection after an unexpected reply, or when replies stop, and reads all results on a new one.

    Stock Celery keeps using it: every later ``get`` fails with an earlier one's reply, or gets none. It reads the
    results before it subscribes again, and misses what is stored in between.
    """

    _is_refused = False
    # The subscription to which the server has not answered yet.
    _unconfirmed: Passed = None
    _pubsub: Passed
    _connection_errors: tuple[type[Exception], ...]

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        super().__init__(*args, **kwargs)
        self._connection_errors = (*self._connection_errors, InvalidResponse)
        self._read_at = 0.0
        self._pinged_at: float | None = None

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
        self._ping_if_silent()
        super().drain_events(timeout)

    def on_wait_for_pending(self, result: object, **kwargs: object) -> None:
        """Look whether a result is there (mirrors ``ResultConsumer.on_wait_for_pending``)."""
        with self.reconnect_on_error():  # the subscription has the same server
            super().on_wait_for_pending(result, **kwargs)

    def cancel_for(self, task_id: str) -> None:
        """Unsubscribe (``ResultConsumer.cancel_for``), and raise nothing: it runs when a result is collected."""
        try:
            super().cancel_for(task_id)
        except (OperationalError, RuntimeError, RedisError):
            self._is_refused = True

    def _drain_one(self, pubsub: object, timeout: float | None) -> bool:
        has_read = bool(super()._drain_one(pubsub, timeout))
        if has_read:
            self._read_at, self._pinged_at = time.monotonic(), None
            if pubsub is self._unconfirmed:  # not the one that replaced it after an error
                self._unconfirmed = None
                with self.reconnect_on_error():
                    self._read_subscribed()
        return has_read

    def _reconnect_pubsub(self) -> None:
        super()._reconnect_pubsub()
        self._unconfirmed = self._pubsub

    def _read_subscribed(self) -> None:
        """Read all awaited results: the server's first answer means that it has subscribed to all of them."""
        keys = list(self.subscribed_to)
        for meta in self.backend.client.mget(keys) if keys else ():
            if meta:
                self.on_state_change(self._decode_result(meta), None)

    def _ping_if_silent(self) -> None:
        """Ping a silent server, because one that hangs does not answer."""
        now = time.monotonic()
        with self._locked():
            if self._pubsub is None or not self._pubsub.subscribed:
                return
            if self._pinged_at is None and now - self._read_at > SILENT_S:
                self._pinged_at = now
                with self.reconnect_on_error():
                    self._pubsub.ping()
            elif self._pinged_at is not None and now - self._pinged_at > SOCKET_TIMEOUT_S:
                self._read_at, self._pinged_at = now, None
                self._reconnect()

    @contextmanager
    def reconnect_on_error(self) -> Iterator[None]:
        """Resubscribe when the connection is lost or unusable (``ResultConsumer.reconnect_on_error``)."""
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


class RedisResults(WithErrorTexts, RedisBackend):
    """Subscribes to the result of a task with the same retry policy as the task is then published.

    ``Celery.send_task`` subscribes before it publishes. Stock Celery retries that for 20 s, right for a
    worker that stores a result but long for a web request, and ends with a RuntimeError about restarting.
    """

    ResultConsumer = Subscription
    connection_class: type[Connection] = Connection

    def _create_client(self, **params: object) -> object:
        params["connection_class"] = watched(params.get("connection_class", self.connection_class))
        return super()._create_client(**params)  # type: ignore[misc]

    def _get_task_meta_for(self, task_id: str) -> object:
        """Read what is stored of a task (mirrors ``BaseKeyValueStoreBackend._get_task_meta_for``).

        An unreadable answer sometimes belongs to another command; a new connection then gets the right one.
        """
        try:
            return super()._get_task_meta_for(task_id)  # type: ignore[misc]
        except DecodeError:
            self.client.connection_pool.disconnect()
            return super()._get_task_meta_for(task_id)  # type: ignore[misc]

    def get(self, key: Passed) -> Passed:
        """Read a result (mirrors ``RedisBackend.get``)."""
        return _again_if_unreadable(super().get, key)

    def mget(self, keys: Passed) -> Passed:
        """Read results (mirrors ``RedisBackend.mget``)."""
        return _again_if_unreadable(super().mget, keys)

    def on_task_call(self, producer: object, task_id: str) -> None:
        """Subscribe to a task's result (mirrors ``RedisBackend.on_task_call``).

        Raises:
            kombu.exceptions.OperationalError: the server cannot be reached, or refuses.
        """
        token = _sending.set(True)
        try:
            with _one_error():
                super().on_task_call(producer, task_id)
        finally:
            _sending.reset(token)

    def wait_for_pending(  # type: ignore[override] # it is AsyncBackendMixin's
        self, result: Result, callback: Passed = None, propagate: bool = True, **kwargs: Passed
    ) -> object:
        """Wait for a result (mirrors ``AsyncBackendMixin.wait_for_pending``).

        Raises what the task raised, and:
            celery.exceptions.TimeoutError: it has not arrived in time.
            kombu.exceptions.OperationalError: the server cannot be reached, or refuses.
        """
        with _one_error():
            for _ in self._wait_for_pending(result, **kwargs):  # type: ignore[attr-defined]
                pass
        return result.maybe_throw(callback=callback, propagate=propagate)

    def iter_native(  # type: ignore[override] # it is AsyncBackendMixin's
        self, result: Result, timeout: float | None = None, **options: Passed
    ) -> Iterator[tuple[str, Passed]]:
        """Yield the results of a group's parts (mirrors ``AsyncBackendMixin.iter_native``).

        For a nested group it yields the group's parts, and ``ResultSet.join_native`` waits for each. In stock Celery,
        that wait has no timeout: a nested task whose result is ignored blocks the worker that joins its chord forever.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        parts: Iterator[tuple[str, Passed]] = super().iter_native(  # type: ignore[assignment]
            result, timeout=timeout, **options
        )
        for task_id, meta in parts:
            if isinstance(meta, list) and deadline is not None:
                yield task_id, [_Part(part, deadline) for part in meta]
            else:
                yield task_id, meta

    def ensure(self, fun: Passed, args: Passed, **policy: Passed) -> Passed:
        """Call ``fun`` until it succeeds or the policy's retries are used up (``RedisBackend.ensure``)."""
        if _sending.get():
            policy = {**PUBLISH_RETRY_POLICY, **policy}
        return super().ensure(fun, args, **policy)


class SentinelResults(RedisResults, SentinelBackend):
    """The same behind sentinels (mirrors ``celery.backends.redis.SentinelBackend``)."""

    connection_class = PrimaryConnection
    connection_class_ssl = PrimarySslConnection

    @property
    def _transport_options(self) -> Passed:
        options = super()._transport_options  # type: ignore[misc]
        return {**options, "sentinel_kwargs": asking(options.get("sentinel_kwargs"))}


class _Part:
    """A part of a nested group: ``get`` waits only until the outer group's deadline."""

    def __init__(self, result: Result, deadline: float) -> None:
        self._result = result
        self._deadline = deadline

    def get(self, **options: Passed) -> object:
        """Wait for the result (``AsyncResult.get``)."""
        return self._result.get(**{"timeout": max(self._deadline - time.monotonic(), 0.0), **options})

    def __getattr__(self, name: str) -> object:
        return getattr(self._result, name)


@contextmanager
def _one_error() -> Iterator[None]:
    """Turn the errors of redis-py, and Celery's RuntimeErrors, into an OperationalError."""
    try:
        yield
    except RedisError as error:
        raise OperationalError(str(error)) from error
    except RuntimeError as error:
        raise OperationalError(str(error.__cause__ or error)) from error


def _again_if_unreadable(read: Callable[[Passed], Passed], what: Passed) -> Passed:
    """Read once more after an unreadable answer; redis-py has dropped that connection."""
    try:
        return read(what)
    except InvalidResponse:
        return read(what)
