"""Celery's Redis result backend, but a client gets a quick and clear error when its server is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from celery.backends.redis import RedisBackend, SentinelBackend
from kombu.exceptions import DecodeError, OperationalError
from redis.connection import Connection
from redis.exceptions import InvalidResponse, RedisError

from celery_reliable.failures import WithErrorTexts
from celery_reliable.reply_watch import watched
from celery_reliable.sentinel import PrimaryConnection, PrimarySslConnection, quick_sentinel_kwargs
from celery_reliable.subscription import ResultClient, Subscription
from celery_reliable.types import Passed, Result


class RedisResults(WithErrorTexts, RedisBackend):
    """Subscribes to results in `get`, not when their tasks are sent."""

    ResultConsumer = Subscription
    connection_class: type[Connection] = Connection

    def _get_client(self) -> type[ResultClient]:
        return ResultClient

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

    def meta_from_decoded(self, meta: Passed) -> Passed:
        """Read what was stored (mirrors ``Backend.meta_from_decoded``).

        kombu counts ``KeyError`` and ``OSError`` among the errors of a connection: Celery would read a result without
        a status again and again, longer than the timeout of ``get``.

        Raises:
            kombu.exceptions.DecodeError: it is not a result.
        """
        if not isinstance(meta, dict) or not isinstance(meta.get("status"), str):
            raise DecodeError("The stored result has no status")
        try:
            return super().meta_from_decoded({"result": None, **meta})
        except (LookupError, OSError) as error:
            raise DecodeError(f"The stored result cannot be read: {error!r}") from error

    def get(self, key: Passed) -> Passed:
        """Read a result (mirrors ``RedisBackend.get``)."""
        return _again_if_unreadable(super().get, key)

    def mget(self, keys: Passed) -> Passed:
        """Read results (mirrors ``RedisBackend.mget``)."""
        return _again_if_unreadable(super().mget, keys)

    def on_task_call(self, producer: object, task_id: str) -> None:
        """Do nothing: `get` subscribes (``RedisBackend.on_task_call`` does it for every task)."""

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


class SentinelResults(RedisResults, SentinelBackend):
    """The same behind sentinels (mirrors ``celery.backends.redis.SentinelBackend``)."""

    connection_class = PrimaryConnection
    connection_class_ssl = PrimarySslConnection

    @property
    def _transport_options(self) -> Passed:
        options = super()._transport_options  # type: ignore[misc]
        return {**options, "sentinel_kwargs": quick_sentinel_kwargs(options.get("sentinel_kwargs"))}


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
