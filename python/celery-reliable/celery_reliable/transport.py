"""The transports: kombu's for Redis and for Sentinel, with our channels.

Chosen by Celery's setting ``broker_transport`` (kombu's argument ``transport``), so that URLs stay as they are and
can be shared with clients.
"""

from collections.abc import Callable

from kombu.transport import redis as kombu_redis

from celery_reliable.channel import ReliableChannel, ReliableSentinelChannel
from celery_reliable.persistence import PASSING
from celery_reliable.poller import Poller
from celery_reliable.types import Hub, Passed
from celery_reliable.wake_up import WakeUp


class Transport(kombu_redis.Transport):
    """Redis and Valkey: ``redis://``, ``redis+socket://``."""

    Channel = ReliableChannel
    # A connection is unusable after an unexpected reply, or when its server has become a replica.
    connection_errors = (*kombu_redis.Transport.connection_errors, *PASSING)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = Poller()
        self._leave_loop: Callable[[], None] | None = None

    def register_with_event_loop(self, connection: object, loop: Hub) -> None:
        """Take in a worker's event loop (mirrors ``kombu.transport.redis.Transport``)."""
        known = set(loop.on_tick)
        super().register_with_event_loop(connection, _NewReaders(loop))
        added = loop.on_tick - known
        wake_up = self.cycle.wake_up = WakeUp(loop)
        wake_up.wake_on_signals()

        def leave() -> None:
            loop.on_tick.difference_update(added)
            self.cycle.wake_up = None
            wake_up.close()

        self._leave_loop = leave

    def close_connection(self, connection: object) -> None:
        """Close a connection (mirrors ``kombu.transport.redis.Transport``).

        kombu leaves it in the event loop: a worker would have two more open sockets after each lost connection.
        """
        leave, self._leave_loop = self._leave_loop, None
        if leave is not None:
            leave()
        super().close_connection(connection)


class _NewReaders:
    """A worker's event loop that adds only readers it does not have: kombu adds all of them in every turn."""

    def __init__(self, loop: Hub) -> None:
        self._loop = loop

    def __getattr__(self, name: str) -> Passed:
        return getattr(self._loop, name)

    def add_reader(self, fd: int, callback: Passed, *args: Passed) -> None:
        """Watch a socket; the poller has registered it (mirrors ``kombu.asynchronous.Hub.add_reader``)."""
        if self._loop.readers.get(fd) != (callback, args):
            self._loop.add_reader(fd, callback, *args)


class TlsTransport(Transport):
    """The same through TLS: ``rediss://``; ``connection.Connection`` has the certificate checked."""


class SentinelTransport(Transport):
    """Redis Sentinel: ``sentinel://``, with the transport option ``master_name``."""

    default_port = kombu_redis.SentinelTransport.default_port
    Channel = ReliableSentinelChannel
