"""A worker that stops does not wait long for a server that is silent: what it still has to say is a courtesy.

Events, subscriptions and the bindings of its mailbox are all that a stopping consumer tells the server. What it holds
is put back by the holder, or comes back by its lease.
"""

from itertools import chain
from typing import Any

from celery_reliable.clients import quick_settings
from celery_reliable.fanout import FanoutChannel

# How long each command may take then, and a connection to be made.
FAREWELL_S = 2.0


def hasten(*connections: Any) -> None:
    """Bound everything that kombu connections still do, and those to be made, to a few seconds; None is none."""
    FanoutChannel.timeout_s = FAREWELL_S
    for connection in connections:
        transport = getattr(connection, "_transport", None)
        for channel in tuple(getattr(transport, "channels", None) or ()):
            if isinstance(channel, FanoutChannel):
                for pool in channel.pools():
                    hasten_pool(pool)


def hasten_pool(pool: Any) -> None:
    """The same for a pool of redis-py's, and the connections that it has made."""
    settings = quick_settings(FAREWELL_S)
    pool.connection_kwargs.update(settings)
    for connection in chain(tuple(pool._available_connections), tuple(pool._in_use_connections)):
        for name, value in settings.items():
            setattr(connection, name, value)
        if connection._sock is not None:
            connection._sock.settimeout(FAREWELL_S)
