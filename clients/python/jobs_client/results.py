"""Reads results: what is stored under a task's key, and what is published there, with or without asyncio.

A reader subscribes, reads the key, and then waits. It reads the key again now and then, because a server that
hangs or is lost sends nothing, and because a message may be lost while a connection is replaced.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import closing
from itertools import chain
from typing import Any

import redis
from celery import Celery
from celery.states import PENDING, READY_STATES
from kombu.exceptions import DecodeError, OperationalError
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from . import sentinels
from .loops import PerLoop
from .subscriptions import Subscriptions

READ_AGAIN_S = 2.0
# How long a server may be away before a waiting call ends with an error.
OUTAGE_LIMIT_S = 4.0
PAUSE_S = 0.2
# Each command is tried twice.
_TIMEOUT_S = 1.0

Meta = dict[str, Any]


class Results:
    """The results on one server. Connections open when first needed."""

    def __init__(self, app: Celery, url: str, global_keyprefix: str) -> None:
        self._app = app
        self._url = url
        self._prefix = f"{global_keyprefix}celery-task-meta-"
        timeouts = {"socket_timeout": _TIMEOUT_S, "socket_connect_timeout": _TIMEOUT_S}
        self._options: dict[str, Any] = {**timeouts, "health_check_interval": 25}
        self._sentinels = sentinels.read(url)
        self._client = (
            self._sentinels.client(**self._options)
            if self._sentinels
            else redis.Redis.from_url(url, retry=Retry(NoBackoff(), 1), **self._options)
        )
        self._subscriptions = PerLoop(self._make_subscriptions)

    def read(self, task_id: str) -> Meta:
        """Return what is stored now. Raises OperationalError when the server is away."""
        try:
            return self._decoded(self._client.get(self._prefix + task_id))
        except RedisError as error:
            raise self._away(error) from error

    def watch(self, task_id: str, timeout_s: float | None) -> Iterator[Meta]:
        """Yield each state until the final one, or until the time is over.

        Raises OperationalError when the server is away for longer than the limit.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        outage = Outage()
        key = self._prefix + task_id
        while True:
            try:
                with closing(self._pubsub()) as pubsub:
                    pubsub.subscribe(key)
                    while True:
                        stored = self._decoded(self._client.get(key))
                        outage.ends()
                        for meta in chain([stored], self._published(pubsub, deadline)):
                            yield meta
                            if meta["status"] in READY_STATES:
                                return
                        if deadline is not None and time.monotonic() >= deadline:
                            return
            except RedisError as error:
                outage.goes_on(self._away(error), deadline)
                time.sleep(PAUSE_S)

    def _published(self, pubsub: Any, deadline: float | None) -> Iterator[Meta]:
        """Yield each published state, until it is time to read the key again."""
        while (message := pubsub.get_message(timeout=_read_timeout_s(deadline))) is not None:
            try:
                meta = self._decoded(message["data"])
            except DecodeError:  # any client can publish here; the stored value decides
                return
            yield meta

    def _pubsub(self) -> Any:
        client: Any = self._client  # redis-py leaves this method without types
        return client.pubsub(ignore_subscribe_messages=True)

    async def watch_async(self, task_id: str) -> AsyncGenerator[Meta, None]:
        """Yield each state until the final one, on the running event loop and without a thread.

        Raises OperationalError as ``watch``.
        """
        key = self._prefix + task_id
        outage = Outage()
        subscriptions = self._subscriptions.get()
        with subscriptions.subscribed(key) as published:
            meta: Meta | None = None
            while True:
                try:
                    meta = meta or self._decoded(await subscriptions.read(key))
                except RedisError as error:
                    outage.goes_on(self._away(error), None)
                    await asyncio.sleep(PAUSE_S)
                    continue
                outage.ends()
                yield meta
                if meta["status"] in READY_STATES:
                    return
                try:
                    payload = await _next(published)
                    meta = self._decoded(payload) if payload else None
                except DecodeError:  # any client can publish here; the stored value decides
                    meta = None

    def _make_subscriptions(self) -> Subscriptions:
        client = (
            self._sentinels.async_client(**self._options)
            if self._sentinels
            else AsyncRedis.from_url(self._url, retry=AsyncRetry(NoBackoff(), 1), **self._options)
        )
        return Subscriptions(client)

    def _decoded(self, payload: Any) -> Meta:
        """Return what Celery stored; a failed task's error is an exception in ``result``.

        Raises DecodeError when it is not a result.
        """
        if payload is None:
            return {"status": PENDING, "result": None}
        try:
            meta: Meta = self._app.backend.decode_result(payload)
            if isinstance(meta["status"], str):
                return meta
        except DecodeError:
            raise
        except Exception as error:
            raise DecodeError(f"the stored result cannot be read: {error!r}") from error
        raise DecodeError("the stored result has no status")

    def _away(self, error: Exception) -> OperationalError:
        return OperationalError(f"cannot reach the jobs' results {self._app.backend.as_uri()}: {error}")


class Outage:
    """Measures how long a server has been away: since the call began, or since the first error."""

    def __init__(self) -> None:
        self._since: float | None = time.monotonic()

    def ends(self) -> None:
        """Note that the server has answered."""
        self._since = None

    def goes_on(self, error: OperationalError, deadline: float | None) -> None:
        """Raise the error when the outage has lasted too long, or no time is left."""
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since >= OUTAGE_LIMIT_S or (deadline is not None and now >= deadline):
            raise error


def _read_timeout_s(deadline: float | None) -> float:
    return READ_AGAIN_S if deadline is None else max(0.0, min(READ_AGAIN_S, deadline - time.monotonic()))


async def _next(published: "asyncio.Queue[bytes | None]") -> bytes | None:
    """Return the next payload; None when it is time to read the key again."""
    try:
        async with asyncio.timeout(READ_AGAIN_S):
            return await published.get()
    except TimeoutError:
        return None
