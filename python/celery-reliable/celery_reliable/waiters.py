"""The waiters of a channel: one for each of its first queues."""

from collections.abc import Callable, Sequence

from celery_reliable.outage import BROKER_OUTAGE
from celery_reliable.reply_watch import SILENCE
from celery_reliable.types import RedisPool
from celery_reliable.waiter import Waiter

# How many queues have a waiter; the others are checked regularly.
MAX_WAITERS = 8


class Waiters:
    """The waiters share a connection pool, which ``make_pool`` makes."""

    def __init__(self, make_pool: Callable[[], RedisPool]) -> None:
        self._make_pool = make_pool
        self._pool: RedisPool = None
        self._waiters: dict[str, Waiter] = {}

    def wait(self, queues: Sequence[str], key_of: Callable[[str], str]) -> list[Waiter]:
        """Have them wait; return those whose sockets are new to the event loop. Raises redis.exceptions.RedisError."""
        fresh: list[Waiter] = []
        for queue in queues[:MAX_WAITERS]:
            waiter = self._waiters.get(queue)
            if waiter is None:
                waiter = self._waiters[queue] = Waiter(self._pool_of_waiters(), key_of(queue))
            if waiter.is_overdue:
                BROKER_OUTAGE.noticed(f"Connection to broker lost (waiting for {queue})", "no answer")
                SILENCE.note()
            if waiter.is_stale:
                waiter.disconnect()
            if not waiter.is_waiting:
                if waiter.connect():
                    fresh.append(waiter)
                waiter.send()
        return fresh

    def close(self, queue: str) -> None:
        """Stop waiting for a queue."""
        if (waiter := self._waiters.pop(queue, None)) is not None:
            waiter.close()

    def clear(self) -> None:
        """Forget all waiters."""
        self._waiters.clear()

    def disconnect(self) -> None:
        """Drop all connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.disconnect()

    def _pool_of_waiters(self) -> RedisPool:
        if self._pool is None:
            self._pool = self._make_pool()
            self._pool.max_connections = MAX_WAITERS
        return self._pool
