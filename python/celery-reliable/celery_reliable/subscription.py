"""A client's subscription to the results that it waits for."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery.backends import asynchronous
from celery.backends import redis as celery_redis
from kombu.exceptions import DecodeError, OperationalError
from redis import StrictRedis
from redis.client import PubSub
from redis.exceptions import InvalidResponse, RedisError, ResponseError

from celery_reliable.recommended import SOCKET_TIMEOUT_S
from celery_reliable.types import Passed

# A subscription that has been silent for this long is pinged.
SILENT_S = 3.0

_cancels: ContextVar[bool] = ContextVar("_cancels", default=False)


class Channels(PubSub):
    """Channels that know when the server has confirmed all subscriptions (mirrors ``redis.client.PubSub``).

    Also those that redis-py itself repeats on a new connection.
    """

    encoder: Passed

    def __init__(self, *args: Passed, **options: Passed) -> None:
        # How many subscriptions the server has not confirmed yet.
        self._unconfirmed = 0
        # Subscribed to since the last ``take_new``.
        self._new: list[bytes] = []
        # Where the last message came from.
        self.last_channel = b""
        super().__init__(*args, **options)

    def on_connect(self, connection: Passed) -> None:
        """Subscribe again (mirrors ``PubSub.on_connect``)."""
        self._unconfirmed = 0
        super().on_connect(connection)

    def execute_command(self, *args: Passed) -> Passed:
        """Send a command (mirrors ``PubSub.execute_command``)."""
        answer = super().execute_command(*args)  # type: ignore[no-untyped-call]
        command, *channels = args
        if command == "SUBSCRIBE":
            self._unconfirmed += len(channels)
            self._new += map(self.encoder.encode, channels)
        return answer

    def handle_message(self, response: Passed, ignore_subscribe_messages: bool = False) -> Passed:
        """Read an answer (mirrors ``PubSub.handle_message``)."""
        if response[0] in (b"subscribe", "subscribe"):
            self._unconfirmed -= 1
        self.last_channel = response[1]
        return super().handle_message(response, ignore_subscribe_messages)  # type: ignore[no-untyped-call]

    def take_new(self) -> list[bytes]:
        """Return the channels subscribed to since the last call; none until the server has confirmed all."""
        if self._unconfirmed > 0:
            return []
        new, self._new = self._new, []
        return new


class ResultClient(StrictRedis):
    """Subscribes with ``Channels`` (mirrors ``redis.Redis``)."""

    def pubsub(self, **options: Passed) -> Channels:
        """Return channels that are not subscribed to yet (mirrors ``Redis.pubsub``)."""
        return Channels(self.connection_pool, event_dispatcher=self._event_dispatcher, **options)


class Subscription(celery_redis.ResultConsumer):  # type: ignore[name-defined]
    """Subscribes once for all results of a `get`, and reads them when the server has subscribed.

    Stock Celery subscribes to each when its task is sent. (Measured with a group of 20,000 tasks: its sender needs 1.3
    times as long.) After a lost connection it reads what is stored before it subscribes again, and misses what is
    stored in between.

    It drops its connection after an unexpected reply, or when replies stop. Stock Celery keeps using it: every later
    ``get`` fails with an earlier one's reply, or gets none.
    """

    # Whether the next `get` has to connect again first.
    _is_broken = False
    _pubsub: Passed
    _connection_errors: tuple[type[Exception], ...]

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        super().__init__(*args, **kwargs)
        self._connection_errors = (*self._connection_errors, InvalidResponse)
        self._read_at = 0.0
        self._pinged_at: float | None = None
        # The keys of results that the next `get` subscribes to.
        self._awaited: set[bytes] = set()

    def consume_from(self, task_id: str) -> None:
        """Subscribe to a task's result, at the latest in `get` (mirrors ``ResultConsumer.consume_from``)."""
        key = self._get_key_for_task(task_id)
        with self._locked():
            self._pending_unsubscribe.discard(key)
            if key not in self.subscribed_to:
                self._awaited.add(key)
        # The greenlet that reads may be waiting already.
        if isinstance(self.drainer, asynchronous.greenletDrainer):  # type: ignore[attr-defined]
            self._subscribe()

    def _subscribe(self) -> None:
        self._renew()
        with self._locked():
            # In this order, so that `cancel_for` finds each key in one of the two.
            self.subscribed_to |= self._awaited
            keys, self._awaited = self._awaited, set()
            if self._pubsub is None and self.subscribed_to:
                self._pubsub = self.backend.client.pubsub(ignore_subscribe_messages=True)
                keys = self.subscribed_to
            if keys:
                with self.reconnect_on_error():
                    self._pubsub.subscribe(*keys)

    def drain_events(self, timeout: float | None = None) -> None:
        """Wait for a message (mirrors ``ResultConsumer.drain_events``).

        Raises:
            kombu.exceptions.OperationalError: the server refuses the subscription.
        """
        self._subscribe()
        self._ping_if_silent()
        super().drain_events(timeout)

    def on_wait_for_pending(self, result: object, **kwargs: object) -> None:
        """Look whether a result is there (mirrors ``ResultConsumer.on_wait_for_pending``)."""
        self._subscribe()
        with self.reconnect_on_error():  # the subscription has the same server
            super().on_wait_for_pending(result, **kwargs)

    def cancel_for(self, task_id: str) -> None:
        """Unsubscribe (mirrors ``ResultConsumer.cancel_for``).

        It runs when a result is collected, so it raises nothing, and waits for no server. Stock Celery connects again
        for it, for 20 s.
        """
        if sys.is_finalizing():  # redis-py can import nothing any more
            return
        key = self._get_key_for_task(task_id)
        self._awaited.discard(key)
        if key not in self.subscribed_to:  # as of each task that a group has just sent
            return
        token = _cancels.set(True)
        try:
            super().cancel_for(task_id)
        except (OperationalError, RuntimeError, RedisError):
            self._is_broken = True
        finally:
            _cancels.reset(token)

    def _drain_one(self, pubsub: object, timeout: float | None) -> bool:
        try:
            has_read = bool(super()._drain_one(pubsub, timeout))
        except DecodeError:  # any client can publish here; the stored value decides
            with self.reconnect_on_error():
                self._read([self._pubsub.last_channel])
            has_read = True
        if has_read:
            self._read_at, self._pinged_at = time.monotonic(), None
            with self.reconnect_on_error():
                self._read(self._pubsub.take_new())
        return has_read

    def _read(self, keys: list[bytes]) -> None:
        """Read results that may have been stored before the server had subscribed to them."""
        awaited = [key for key in keys if key in self.subscribed_to]
        for meta in self.backend.client.mget(awaited) if awaited else ():
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
        if _cancels.get():
            yield
            return
        try:
            with super().reconnect_on_error():
                yield
        except ResponseError as error:
            self._is_broken = True
            raise OperationalError(str(error)) from error

    def _reconnect(self) -> None:
        try:
            super()._reconnect()
        except Exception:
            self._is_broken = True  # the new connection may be subscribed to nothing
            raise
        self._is_broken = False

    def _renew(self) -> None:
        if self._is_broken:
            self._reconnect()
