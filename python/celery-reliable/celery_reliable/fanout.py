"""Pub/sub messages: remote control and events. Nothing in such a message ends the worker.

kombu subscribes with ``PSUBSCRIBE``. Then a key prefix with glob characters (``ac[m]e:``) matches the wrong channels,
and Redis accepts a pattern subscription only if an ACL user's pattern is the same string, so ``&jobs:*`` would not be
enough. So channels with known names are subscribed to by name.
"""

import logging
import time
from contextlib import suppress
from queue import Empty
from typing import ClassVar

from kombu.transport import redis as kombu_redis
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import loads
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable.clients import COMMAND_TIMEOUT_S, CONNECT_TIMEOUT_S, quick_settings
from celery_reliable.line_limit import CONTROL_LINES, MALFORMED
from celery_reliable.outage import BROKER_OUTAGE, FIRST_PAUSE_S, STABLE_S, lost_line
from celery_reliable.refusals import is_passing
from celery_reliable.reply_watch import watched, watched_by_loop
from celery_reliable.types import Passed, RedisConnection, Reply, Settings

logger = logging.getLogger(__name__)

# The events that workers send each other, which kombu subscribes to as "worker.*" (``celery.worker.consumer.gossip``).
_WORKER_EVENTS = ("online", "heartbeat", "offline", "elect", "elect.ack")
_EVENT_EXCHANGE = "celeryev"
# How much of an ignored message the log shows.
_SHOWN = 200


class MalformedBroadcastError(Exception):
    """Raised for a broadcast that no client sends; the message says what is wrong with it."""


class FanoutChannel(kombu_redis.Channel):
    """Subscribes by name, and ignores what it cannot deliver (mirrors ``kombu.transport.redis.Channel``)."""

    #: How long each command of any channel may take from now on; a worker that stops sets it.
    timeout_s: ClassVar[float | None] = None
    # Without these, a silent server would block the event loop forever.
    socket_timeout = COMMAND_TIMEOUT_S
    socket_connect_timeout = CONNECT_TIMEOUT_S
    _listen_at = 0.0
    _lost_at = float("-inf")

    def _connparams(self, asynchronous: bool = False) -> Settings:
        limits = {} if FanoutChannel.timeout_s is None else quick_settings(FanoutChannel.timeout_s)
        settings = super()._connparams(asynchronous)
        watch = watched_by_loop if asynchronous else watched
        return {**settings, **limits, "connection_class": watch(settings["connection_class"])}

    def pools(self) -> list[object]:
        """The connection pools that it has made."""
        return [pool for pool in (self._pool, self._async_pool) if pool is not None]

    def _subscribe(self) -> None:
        names, patterns = self._topics_of(self.active_fanout_queues)
        client = self.subclient
        if client.connection._sock is None:
            client.connection.connect()
        self._in_listen = client.connection
        for name in names:  # one by one: if one of several were forbidden, the user would get none
            client.subscribe(name)
        for pattern in patterns:
            client.psubscribe(pattern)

    def _unsubscribe_from(self, queue: str) -> None:
        names, patterns = self._topics_of([queue])
        client = self.subclient
        if client.connection and client.connection._sock:
            if names:
                client.unsubscribe(*names)
            if patterns:
                client.punsubscribe(*patterns)

    def _delete(self, *args: object, **kwargs: object) -> None:
        try:
            super()._delete(*args, **kwargs)
        except (RedisError, OSError) as error:
            if not self._closing:
                raise
            # The rest of the channel must still be closed.
            logger.debug("The binding of a subscription is left behind: %s", error)

    def _topics_of(self, queues: Passed) -> tuple[list[str], list[str]]:
        """The channels that queues are bound to: known names, and patterns for the others."""
        names: list[str] = []
        patterns: list[str] = []
        for queue in queues:
            for topic in self._get_subscribe_topics(queue):
                exchange, key = self._fanout_queues[queue]
                if (exchange, key) == (_EVENT_EXCHANGE, "worker.*"):
                    names += [topic.removesuffix("*") + event for event in _WORKER_EVENTS]
                elif "*" in key:
                    patterns.append(topic)
                else:
                    names.append(topic)
        return names, patterns

    @property
    def may_listen(self) -> bool:
        """Whether to subscribe (again): after a subscription that ended at once, wait a little."""
        return time.monotonic() >= self._listen_at

    def close_stale_subscription(self) -> None:
        """Close the connection of the subscription if it is stale; the event loop subscribes again."""
        connection = self.subclient.connection
        if connection is not None:
            connection.close_if_stale()

    def _receive(self) -> bool:
        """Read messages. An ended subscription is made again, which shows whether the server is away."""
        try:
            return self._receive_all()
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            now = time.monotonic()
            BROKER_OUTAGE.noticed(lost_line("the subscription to remote control has ended", error), error)
            self._listen_at = now + FIRST_PAUSE_S if now - self._lost_at < STABLE_S else now
            self._lost_at = now
            return False
        except ResponseError as error:
            if not is_passing(error):
                raise
            # A refused health check of kombu's, for example by a server without a disk. The subscription still works.
            BROKER_OUTAGE.noticed(lost_line("the subscription to remote control", error), error)
            return False

    def _receive_all(self) -> bool:
        """Deliver all complete messages. kombu's own method waits for a message, and blocks the worker's loop.

        There may be none: the loop's event may come from a connection that has since been replaced.
        """
        c = self.subclient
        has_delivered = False
        with suppress(Empty):
            while self._has_more_to_read(c):
                has_delivered |= self._receive_one(c)
        return has_delivered

    def _has_more_to_read(self, c: RedisConnection) -> bool:
        if c.connection is None or c.connection._sock is None:
            return False
        try:
            return bool(c.connection.can_read(timeout=0))
        except RedisError:
            self._drop_subscription(c)
            raise

    def _receive_one(self, c: RedisConnection) -> bool:
        """Read and deliver one message.

        Raises redis.exceptions.RedisError, ``Empty`` when a part of it has not arrived yet, and nothing that a message
        can cause.
        """
        response = self._read_published(c)
        try:
            return self._deliver_published(c, response)
        except Exception as error:
            shown = repr(response[-1])[:_SHOWN]
            CONTROL_LINES.error(MALFORMED, "A broadcast is ignored: %s: %s: %s", type(error).__name__, error, shown)
            return True

    def _read_published(self, c: RedisConnection) -> Reply:
        try:
            return _checked_response(c.parse_response(block=False, timeout=0))
        except Empty:
            raise
        except NoPermissionError as error:
            logger.error(
                "The server does not let this worker listen to remote control or events; restart it once its user may "
                "(docs/settings.md): %s",
                error,
            )
            return None
        except Exception as error:
            # The next data on this connection may be the rest of the unreadable message.
            self._drop_subscription(c)
            if isinstance(error, (RedisError, OSError)):
                raise
            raise RedisConnectionError(f"{type(error).__name__}: {error}") from error

    def _drop_subscription(self, c: RedisConnection) -> None:
        """Close its connection; the event loop subscribes again."""
        self._in_listen = None
        c.connection.disconnect()

    def _deliver_published(self, c: RedisConnection, response: Reply) -> bool:
        if response is None:
            return False
        published = self._handle_message(c, response)
        if not bytes_to_str(published["type"]).endswith("message") or not published["data"]:
            return False
        channel = bytes_to_str(published["channel"])
        if channel[0] == "/":
            channel = channel.partition(".")[2]
        message = loads(bytes_to_str(published["data"]))
        check_broadcast(message)
        return bool(self._deliver_fanout_message(message, channel.split("/", 1)[0]))


def _checked_response(response: object) -> object:
    if response is None or (isinstance(response, list) and len(response) >= 3):
        return response
    raise RedisConnectionError(f"unexpected reply to a subscription: {response!r:.200}")


def check_broadcast(message: object) -> None:
    """Raise MalformedBroadcastError for a message that kombu cannot handle."""
    if not isinstance(message, dict):
        raise MalformedBroadcastError("it is not an object")
    for name in ("headers", "properties"):
        if not isinstance(message.get(name) or {}, dict):
            raise MalformedBroadcastError(f"its {name} are not an object")
