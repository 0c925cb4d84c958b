"""Messages that have ended and are not settled yet. One step settles many of them.

While more short tasks wait in this process, what has ended waits for what ends next: a round trip a task would cost
more than the task. Their leases are renewed like all others.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence

from celery_reliable.releasing import Settlement

# What has ended waits at most for so long, and for so many.
WAIT_S = 0.01
MOST = 50


class Ended:
    """The messages of one process that the server does not know to have ended. Any thread may call it."""

    def __init__(self) -> None:
        self._waiting: deque[Settlement] = deque()  # for the next batch
        self._since = 0.0
        self._unconfirmed: dict[str, Settlement] = {}
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._waiting or self._unconfirmed)

    def add(self, item: Settlement) -> None:
        """Note that a message has ended; one without a tag has been settled before, and has only a result."""
        with self._lock:
            if item.tag:
                self._unconfirmed[item.tag] = item
            if not self._waiting:
                self._since = time.monotonic()
            self._waiting.append(item)

    @property
    def is_waiting(self) -> bool:
        """Whether there is anything to settle."""
        return bool(self._waiting)

    @property
    def may_wait(self) -> bool:
        """Whether the batch may wait for more messages."""
        return len(self._waiting) < MOST and (not self._waiting or time.monotonic() - self._since < WAIT_S)

    def next_batch(self) -> list[Settlement]:
        """Return what is to be settled now."""
        with self._lock:
            batch, self._waiting = list(self._waiting), deque()
            return batch

    def confirm(self, tags: Sequence[str]) -> None:
        """Note that the server has settled these."""
        with self._lock:
            for tag in tags:
                self._unconfirmed.pop(tag, None)

    def clear(self) -> list[Settlement]:
        """Give up what the server has not settled, and return it."""
        with self._lock:
            given_up, self._unconfirmed = list(self._unconfirmed.values()), {}
            return given_up

    def unconfirmed(self) -> list[Settlement]:
        """What the server has not settled yet."""
        with self._lock:
            return list(self._unconfirmed.values())
