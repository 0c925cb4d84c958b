"""Messages of a group that were sent and that the server has not confirmed yet."""

import time
from collections import deque

from redis.exceptions import ResponseError

from celery_reliable.types import RedisConnection, RedisPool

# The longest that a message waits for its confirmation, and the most that wait.
LONGEST_S = 0.005
MOST_MESSAGES = 500
MOST_CHARACTERS = 4 * 1024 * 1024


class Unconfirmed:
    """Sends messages over one connection, which nothing else uses meanwhile, and reads all answers together.

    Each is kept until its answer is read. After an error the next call sends again what is still kept, over another
    connection.
    """

    def __init__(self) -> None:
        # Key and text, in the order of sending.
        self._messages: deque[tuple[str, str]] = deque()
        self._characters = 0
        self._due_at = 0.0
        self._pool: RedisPool = None
        self._connection: RedisConnection = None

    def __bool__(self) -> bool:
        return bool(self._messages)

    @property
    def is_due(self) -> bool:
        """Whether some have waited for long, or many wait."""
        if not self._messages:
            return False
        is_full = len(self._messages) >= MOST_MESSAGES or self._characters >= MOST_CHARACTERS
        return is_full or time.monotonic() >= self._due_at

    def send(self, pool: RedisPool, key: str, text: str) -> None:
        """Send one more, to the list with this key. Raises redis.exceptions.RedisError; then it is not among them."""
        self._open(pool)
        if not self._messages:
            self._characters = 0
            self._due_at = time.monotonic() + LONGEST_S
        self._write(key, text, is_first=not self._messages)
        self._messages.append((key, text))
        self._characters += len(text)

    def confirm(self, pool: RedisPool) -> None:
        """Wait until the server has all. Raises redis.exceptions.RedisError, also for one that it refuses."""
        self._open(pool)
        refused: list[tuple[str, str]] = []
        error: ResponseError | None = None
        try:
            while self._messages:
                try:
                    self._connection.read_response()
                except ResponseError as refusal:
                    error = error or refusal
                    refused.append(self._messages[0])
                self._messages.popleft()
        except BaseException:
            self._drop()
            raise
        finally:
            self._messages.extendleft(reversed(refused))
        self._release()
        if error is not None:
            raise error

    def clear(self) -> None:
        """Give up what is not confirmed."""
        if self._messages:
            self._drop()
        self._messages.clear()

    def _open(self, pool: RedisPool) -> None:
        if self._connection is not None and not (self._pool is pool and self._connection._sock):
            self._drop()
        if self._connection is None:
            self._connection, self._pool = pool.get_connection(), pool
            for position, (key, text) in enumerate(self._messages):
                self._write(key, text, is_first=position == 0)

    def _write(self, key: str, text: str, is_first: bool) -> None:
        try:
            # A health check would take the answer to an earlier message for its own.
            self._connection.send_command("LPUSH", key, text, check_health=is_first)
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.disconnect()
        self._release()

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.release(connection)
