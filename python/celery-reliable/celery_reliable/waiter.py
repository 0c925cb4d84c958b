"""Waits for messages without owning any: ``BLMOVE q q RIGHT RIGHT`` blocks on a list and changes nothing.

The reply of a blocking pop would carry the only copy of a message, and can get lost. Here the message stays in its
list.
"""

import time

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, ResponseError

from celery_reliable.types import RedisConnection, RedisPool

# How long one blocking command waits. It is then repeated, so that a dead connection is noticed.
WAIT_S = 5.0
# How long after that a reply is overdue.
OVERDUE_S = 5.0


class Waiter:
    """One blocking command on a separate connection, for one list. The event loop watches its socket."""

    def __init__(self, pool: RedisPool, key: str) -> None:
        self.key = key
        self._pool = pool
        self.connection: RedisConnection = pool.get_connection()
        self._sent_at: float | None = None
        self._known: RedisConnection = None

    @property
    def is_waiting(self) -> bool:
        """Whether the command is under way."""
        return self._sent_at is not None and self.connection._sock is not None

    @property
    def is_overdue(self) -> bool:
        """Whether the reply should have come long ago."""
        return self._sent_at is not None and time.monotonic() - self._sent_at > WAIT_S + OVERDUE_S

    @property
    def is_stale(self) -> bool:
        """Whether another connection has found that the server, or the network to it, hangs."""
        return bool(self.connection.is_stale)

    def connect(self) -> bool:
        """Connect if needed; return whether the event loop does not know the socket yet."""
        if self.connection._sock is None:
            self.connection.connect()
        fresh = self.connection._sock is not self._known
        self._known = self.connection._sock
        return fresh

    def send(self) -> None:
        """Ask the server to report a message. Raises redis.exceptions.RedisError."""
        self.connection.send_command("BLMOVE", self.key, self.key, "RIGHT", "RIGHT", WAIT_S)
        self._sent_at = time.monotonic()

    def read(self) -> bool:
        """Read the reply, if there is one, and tell whether there is a message.

        A connection that has ended, or had an unexpected reply, is dropped; ``connect`` opens a new one,
        which shows whether the server is away. Raises redis.exceptions.RedisError; a server that has become a
        replica counts as one that cannot be reached.
        """
        try:
            if self.connection._sock is None or not self.connection.can_read(0):
                return False  # a late event of an earlier connection
            self._sent_at = None
            reply = self.connection.read_response()
        except ReadOnlyError as error:
            self.disconnect()
            raise RedisConnectionError(str(error)) from error
        except ResponseError as error:
            if not str(error).startswith("UNBLOCKED"):
                raise
            self.disconnect()
            raise RedisConnectionError(str(error)) from error
        except Exception:  # also from a parser that is out of step
            self.disconnect()
            return False
        if reply is None or isinstance(reply, (bytes, str)):
            return reply is not None
        self.disconnect()
        return False

    def disconnect(self) -> None:
        """Drop the connection; ``connect`` makes a new one."""
        self._sent_at = None
        self.connection.disconnect()

    def close(self) -> None:
        """Drop the connection for good."""
        self.disconnect()
        self._pool.release(self.connection)
