"""The results that one event loop waits for: one connection and one reader for all of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

PAUSE_S = 0.2
_MESSAGE_TIMEOUT_S = 60.0
# More readers at a time would each open a connection.
_READS_AT_A_TIME = 8

Published = asyncio.Queue[bytes | None]


class Subscriptions:
    """Passes each published payload to those who wait for its key.

    A confirmed subscription is passed on as None: what was published before is only stored under the key.
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._waiting: dict[str, set[Published]] = {}
        self._changed = asyncio.Event()
        self._reading = asyncio.Semaphore(_READS_AT_A_TIME)
        self._runner: asyncio.Task[None] | None = None

    async def read(self, key: str) -> bytes | None:
        """Return what is stored under a key now."""
        async with self._reading:
            payload: Any = await self._client.get(key)
            return payload if payload is None else bytes(payload)

    @contextmanager
    def subscribed(self, key: str) -> Iterator[Published]:
        """Give a queue with what is published on a key while the block runs."""
        queue: Published = asyncio.Queue()
        self._waiting.setdefault(key, set()).add(queue)
        self._changed.set()
        if self._runner is None or self._runner.done():
            self._runner = asyncio.get_running_loop().create_task(self._run())
        try:
            yield queue
        finally:
            self._waiting[key].discard(queue)
            if not self._waiting[key]:
                del self._waiting[key]
            self._changed.set()

    async def _run(self) -> None:
        """Receive until the loop ends; a lost connection is replaced."""
        try:
            while True:
                with suppress(RedisError, OSError):
                    async with self._client.pubsub() as pubsub:
                        await self._receive(pubsub)
                _end_if_cancelled()
                await asyncio.sleep(PAUSE_S)
        finally:
            await self._client.aclose()

    async def _receive(self, pubsub: PubSub) -> None:
        subscribed: set[str] = set()
        message: asyncio.Task[Any] | None = None
        try:
            while True:
                self._changed.clear()
                subscribed = await self._subscribe(pubsub, subscribed)
                _end_if_cancelled()
                if subscribed and message is None:
                    message = asyncio.create_task(pubsub.get_message(timeout=_MESSAGE_TIMEOUT_S))
                changed = asyncio.create_task(self._changed.wait())
                awaited = {changed} if message is None else {changed, message}
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                if message is not None and message.done():
                    self._pass_on(message.result())
                    message = None
        finally:
            if message is not None:
                message.cancel()

    async def _subscribe(self, pubsub: PubSub, subscribed: set[str]) -> set[str]:
        """Subscribe to what is waited for, and to nothing else; returns it."""
        wanted = set(self._waiting)
        if new := wanted - subscribed:
            await pubsub.subscribe(*new)
        if gone := subscribed - wanted:
            await pubsub.unsubscribe(*gone)
        return wanted

    def _pass_on(self, message: dict[str, Any] | None) -> None:
        if message is None or message["type"] not in ("message", "subscribe"):
            return
        payload = message["data"] if message["type"] == "message" else None
        for queue in self._waiting.get(message["channel"].decode(), ()):
            queue.put_nowait(payload)


def _end_if_cancelled() -> None:
    """Raise CancelledError once this task is cancelled: while it connects, redis-py drops that error."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
