"""Messages taken before there is room for them, so that one script brings several short tasks.

Their leases are renewed like all others. Messages that waited too long go back to their queue for other workers, so a
long task does not keep short ones waiting.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence

from celery_reliable.taking import Delivery

# How much is taken ahead: what this worker completes in this time at its current rate, but at most MOST.
AHEAD_S = 0.02
MOST = 50
# Messages that have waited this long go back.
OVERDUE_S = 0.25


class Ahead:
    """The messages of one process that wait for room. Any thread may call it."""

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque()
        self._lock = threading.Lock()
        self._taken_at = 0.0
        self._taken = 0  # by the last call that found as many as it asked for

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def pop(self, limit: int) -> list[Delivery]:
        """Return at most ``limit`` waiting messages, the oldest first."""
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(limit, len(self._waiting)))]

    def room(self) -> int:
        """How many to take ahead now, when none of the last call's is left; 0 unless tasks are short and many wait."""
        elapsed_s = time.monotonic() - self._taken_at
        return min(MOST, int(self._taken * AHEAD_S / elapsed_s)) if elapsed_s else 0

    def put(self, deliveries: Sequence[Delivery], *, taken: int, asked: int) -> None:
        """Keep messages taken ahead. ``taken``, ``asked``: how many the call returned, and how many it asked for."""
        with self._lock:
            self._taken_at, self._taken = time.monotonic(), taken if taken == asked else 0
            self._waiting.extend(deliveries)

    def clear(self, *, overdue: bool = False) -> list[Delivery]:
        """Remove and return all waiting messages; with ``overdue`` only if they have waited too long."""
        with self._lock:
            if overdue and time.monotonic() - self._taken_at < OVERDUE_S:
                return []
            waiting, self._waiting = list(self._waiting), deque()
            return waiting
