"""PostgreSQL's connections, which do not wait without a limit for a server that is silent.

psycopg waits for an answer until the operating system ends the connection: a quarter of an hour if the network is cut,
and for ever if the server hangs. Here a connection is closed after some seconds without a byte in either direction.
Nothing is lost, as every operation may be repeated.
"""

import time
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import psycopg

from celery_reliable.database_limits import CLIENT_SILENCE_S, silence_limit_s
from celery_reliable.types import Passed

# How long the attempt may take to end a statement, which may wait for a lock.
_CANCEL_S = 0.5


class Connection(psycopg.Connection[Any]):
    """Mirrors ``psycopg.Connection``."""

    #: How long the server may be silent.
    silence_s = CLIENT_SILENCE_S

    def wait(self, gen: Passed, *args: Passed, **kwargs: Passed) -> Passed:
        """Wait for an operation (mirrors ``psycopg.Connection.wait``), but not for a silent server.

        Raises:
            psycopg.OperationalError: the server is silent; the connection is closed.
        """
        silence_s = silence_limit_s(self.silence_s)
        try:
            return super().wait(_until_silent(gen, silence_s), *args, **kwargs)
        except _SilentError:
            if psycopg.capabilities.has_cancel_safe():  # else libpq would wait for the server
                with suppress(psycopg.Error):
                    self.cancel_safe(timeout=_CANCEL_S)
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server has not answered within {silence_s:g} s") from None


class _SilentError(Exception):
    """Nothing has come or gone for too long."""


def _until_silent(gen: Passed, silence_s: float) -> Generator[Passed, Passed, Passed]:
    """Pass on what psycopg's generator yields; it is called several times a second, with 0 if nothing has happened."""
    end = time.monotonic() + silence_s
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready:
                end = time.monotonic() + silence_s
            elif time.monotonic() > end:
                raise _SilentError
            wanted = gen.send(ready)
    except StopIteration as ended:
        return ended.value
