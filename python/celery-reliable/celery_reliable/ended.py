"""Completed messages that are not settled yet, so that one step settles many of them.

While more short tasks wait in this process, completed messages wait for the next ones: a round trip for each would
cost more than its task. Their leases are renewed like all others.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence

from celery_reliable.releasing import Settlement

# The limits of a batch: the longest wait, and the most messages.
WAIT_S = 0.01
MOST = 50


class Ended:
    """The messages of one process that are completed but not settled on the server. Any thread may call it."""

    def __init__(self) -> None:
        self._waiting: deque[Settlement] = deque()  # for the next batch
        self._since = 0.0
        self._unconfirmed: dict[str, Settlement] = {}
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._waiting or self._unconfirmed)

    def add(self, item: Settlement) -> None:
        """Note that a message is completed; one without a tag was settled before, and has only a result."""
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
        """Return the messages to settle now."""
        with self._lock:
            batch, self._waiting = list(self._waiting), deque()
            return batch

    def confirm(self, tags: Sequence[str]) -> None:
        """Note that the server has settled these."""
        with self._lock:
            for tag in tags:
                self._unconfirmed.pop(tag, None)

    def clear(self) -> list[Settlement]:
        """Remove and return all unconfirmed messages."""
        with self._lock:
            given_up, self._unconfirmed = list(self._unconfirmed.values()), {}
            return given_up

    def unconfirmed(self) -> list[Settlement]:
        """The messages whose settling the server has not confirmed."""
        with self._lock:
            return list(self._unconfirmed.values())
