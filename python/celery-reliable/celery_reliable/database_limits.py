"""How long a PostgreSQL server may be silent; see ``database_connection.py``, which needs psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery_reliable.types import Settings

# How long a server may be silent, in a client and in a worker, which only tries again.
CLIENT_SILENCE_S, WORKER_SILENCE_S = 3.0, 15.0
# How long it may delete expired results, which can be millions.
CLEANUP_SILENCE_S = 3600.0
#: What libpq is to ask of the operating system, unless the app says otherwise: for a network that is cut.
LIMITS: Settings = {
    "connect_timeout": 2,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}

_longer: ContextVar[float] = ContextVar("_longer", default=0.0)


def silence_limit_s(usual_s: float) -> float:
    """Return how long the server may be silent now, if it is usually this long."""
    return max(usual_s, _longer.get())


@contextmanager
def long_operation() -> Iterator[None]:
    """Let operations take long meanwhile."""
    token = _longer.set(CLEANUP_SILENCE_S)
    try:
        yield
    finally:
        _longer.reset(token)
