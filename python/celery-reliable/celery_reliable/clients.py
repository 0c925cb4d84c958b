"""The connections of the lease manager, which outlive the channel that made them."""

import re

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from celery_reliable.types import RedisPool, Settings

# The default of `socket_timeout`: a command without an answer then closes its connection.
COMMAND_TIMEOUT_S = 15.0
# The default of `socket_connect_timeout`, for opening a connection.
CONNECT_TIMEOUT_S = 5.0

# The characters that the server refuses in a client's name.
_UNNAMEABLE = re.compile("[^!-~]")


def quick_settings(seconds: float) -> Settings:
    """Return the settings of connections that wait at most this many seconds and retry nothing."""
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
    }


def own_client(pool: RedisPool, name: str) -> "Redis":
    """Return a client on a new pool, made by a channel. The client never repeats a command by itself.

    ``name`` is how the server lists its connections, with "-" for anything that is not printable ASCII.
    """
    pool.max_connections = 2**31  # a pool thread that ends a task must get a connection
    settings = pool.connection_kwargs
    settings["client_name"] = _UNNAMEABLE.sub("-", name)
    settings["retry"] = Retry(NoBackoff(), 0)
    settings["socket_timeout"] = settings.get("socket_timeout") or COMMAND_TIMEOUT_S
    return Redis(connection_pool=pool)
