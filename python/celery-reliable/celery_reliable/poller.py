"""Polls our channels in a worker's event loop, in addition to kombu's own polling."""

from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError  # noqa: A004 - redis-py's name

from celery_reliable.channel import CHECK_S, ReliableChannel
from celery_reliable.types import BrokerConnection, Passed, RedisConnection
from celery_reliable.waiter import Waiter
from celery_reliable.wake_up import WakeUp


class Poller(kombu_redis.MultiChannelPoller):
    """Takes at the start of every turn of the loop; in between, the waiters' sockets wake it when there is something.

    Mirrors ``kombu.transport.redis.MultiChannelPoller``.
    """

    _has_taken = False
    wake_up: WakeUp | None = None

    def on_poll_start(self) -> None:
        """Take, and wait for what comes next. Raises redis.exceptions.RedisError."""
        if not self._has_taken:
            has_delivered = self.take() > 0
            # Delivered messages may have made room already: one with an eta, a revoked one, one that ran in this
            # loop.
            if self.wake_up is not None and (has_delivered or self._has_more()):
                self.wake_up.wake()
        self._update_brpop_polling()
        for channel in self._channels:
            if channel.taken_queues:
                for waiter in channel.wait():
                    self._register_waiter(channel, waiter)
            if channel.popped_queues and channel.qos.can_consume():
                self._register_BRPOP(channel)
            if channel.active_fanout_queues and channel.may_listen:
                channel.close_stale_subscription()
                self._register_LISTEN(channel)

    def take(self) -> int:
        """Take for every channel; return how many messages were delivered."""
        channels: list[ReliableChannel] = list(self._channels)  # a consumer may open or close one
        return sum(channel.take() for channel in channels if channel.taken_queues)

    def _has_more(self) -> bool:
        return any(channel.has_more for channel in self._channels if channel.taken_queues)

    def on_readable(self, fileno: int) -> None:
        """Read data from a socket."""
        channel, kind = self._fd_to_chan.get(fileno, (None, None))
        if isinstance(kind, Waiter):
            channel.on_waiter(kind)
        elif kind == "BRPOP" and not channel._in_poll:
            # No command was sent: the server has closed a connection that was idle for long. It is reopened
            # when needed.
            channel.client.connection.disconnect()
        else:
            super().on_readable(fileno)

    def get(self, callback: Passed, timeout: float | None = None) -> None:
        """Deliver something, or raise ``Empty`` after a while: a consumer without an event loop asks again."""
        self._in_protected_read = True
        try:
            while not self.take():
                if not self._has_more():
                    break
            else:
                return
        finally:
            self._in_protected_read = False
            while self.after_read:
                self.after_read.pop()()
        self._has_taken = True
        try:
            super().get(callback, CHECK_S if timeout is None else min(timeout, CHECK_S))
        finally:
            self._has_taken = False

    def _register_BRPOP(self, channel: BrokerConnection) -> None:  # noqa: N802 - kombu's name
        connection = getattr(channel.client, "connection", None)
        if connection is not None and not channel._in_poll and _is_of_no_use(connection):
            connection.disconnect()  # the same, for a consumer without an event loop
        super()._register_BRPOP(channel)

    def _register_waiter(self, channel: ReliableChannel, waiter: Waiter) -> None:
        sock = waiter.connection._sock
        self._fd_to_chan[sock.fileno()] = (channel, waiter)
        self._chan_to_sock[(channel, waiter, waiter)] = sock
        self.poller.register(sock, self.eventflags)


def _is_of_no_use(connection: RedisConnection) -> bool:
    """Whether a connection without pending commands is stale, or closed by the server."""
    if connection._sock is None:
        return False
    if connection.is_stale:
        return True
    try:
        return bool(connection.can_read(0))
    except ConnectionError:
        return True
