"""Short timeouts for a stopping worker, so that it does not wait long for a silent server.

A stopping consumer only sends events, unsubscribes and removes the bindings of its mailbox. The lease manager puts back
the messages that it holds, or they return to their queues when their leases run out.
"""

from itertools import chain

from celery_reliable.clients import quick_settings
from celery_reliable.fanout import FanoutChannel
from celery_reliable.types import BrokerConnection, RedisPool

# How long each command, and opening a connection, may take then.
SHUTDOWN_TIMEOUT_S = 2.0


def shorten_timeouts(*connections: BrokerConnection) -> None:
    """Bound further commands and reconnects of kombu connections to a few seconds; None is ignored."""
    FanoutChannel.timeout_s = SHUTDOWN_TIMEOUT_S
    for connection in connections:
        transport = getattr(connection, "_transport", None)
        for channel in tuple(getattr(transport, "channels", None) or ()):
            if isinstance(channel, FanoutChannel):
                for pool in channel.pools():
                    shorten_timeouts_of_pool(pool)


def shorten_timeouts_of_pool(pool: RedisPool) -> None:
    """The same for a pool of redis-py's, and the connections that it has made."""
    settings = quick_settings(SHUTDOWN_TIMEOUT_S)
    pool.connection_kwargs.update(settings)
    for connection in chain(tuple(pool._available_connections), tuple(pool._in_use_connections)):
        for name, value in settings.items():
            setattr(connection, name, value)
        if connection._sock is not None:
            connection._sock.settimeout(SHUTDOWN_TIMEOUT_S)
