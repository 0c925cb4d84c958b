"""Which server a command uses: the one REDIS_URL names, or the embedded one."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from scripts import server
from scripts.failure import CommandFailed
from scripts.steps import Workbench

ANSWERS_WITHIN_S = 5.0
DEFAULT_PORT = 6379


@contextmanager
def reachable(bench: Workbench, data: Path, log: Path, port: int | None = None) -> Iterator[str]:
    """Yields the URL of a server that answers; an embedded one is stopped on leaving.

    Raises CommandFailed when REDIS_URL names no server that can be reached, or the embedded one does not
    start.
    """
    redis_url = os.environ.get("REDIS_URL", "")
    if not redis_url:
        with server.running(bench, data, log, port) as url:
            yield url
        return
    _connect(redis_url)
    bench.console.note("server", f"{without_password(redis_url)} (REDIS_URL)")
    yield redis_url


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=f"{parts.username or ''}:***@{parts.netloc.rpartition('@')[2]}").geturl()


def _connect(url: str) -> None:
    """Workers wait for a server that is not there; whoever asked for a demo wants to be told."""
    try:
        parts = urlsplit(url)
        with _socket_to(parts) as connection:
            connection.close()
    except (OSError, ValueError) as error:
        raise CommandFailed(f"REDIS_URL {without_password(url)} cannot be reached: {error}") from error


def _socket_to(parts: SplitResult) -> socket.socket:
    if parts.scheme in ("redis", "rediss"):
        address = (parts.hostname or server.HOST, parts.port or DEFAULT_PORT)
        return socket.create_connection(address, timeout=ANSWERS_WITHIN_S)
    if parts.scheme in ("redis+socket", "socket"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(parts.path)
        return connection
    raise ValueError(f"the scheme {parts.scheme!r} is none of redis, rediss, redis+socket")
