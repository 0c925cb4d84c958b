"""Messages whose worker was lost before: any of them may have killed it, so they run one at a time.

Only the running one is noted as started, and only a started one is counted again if this worker is lost as well.
"""

from collections import deque
from typing import NamedTuple

from celery_reliable.types import Payload


class Suspect(NamedTuple):
    """A message that waits for its turn: the tag, the payload as kombu reads it, and its queue."""

    tag: str
    payload: Payload
    queue: str


class Suspects:
    """The suspects of one channel, in the order in which they were taken."""

    def __init__(self) -> None:
        self._waiting: deque[Suspect] = deque()
        self._current: str | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, tag: str) -> bool:
        return any(suspect.tag == tag for suspect in self._waiting)

    def add(self, suspect: Suspect) -> None:
        """Add a suspect."""
        self._waiting.append(suspect)

    def next(self) -> Suspect | None:
        """Return the next suspect, unless one is running; it counts as running until ``ended``."""
        if self._current is not None or not self._waiting:
            return None
        suspect = self._waiting.popleft()
        self._current = suspect.tag
        return suspect

    def ended(self, tag: str) -> None:
        """Note that a message is completed; if it was the running suspect, the next one may run."""
        if tag == self._current:
            self._current = None

    def clear(self) -> list[str]:
        """Forget the waiting suspects and return their tags."""
        tags = [suspect.tag for suspect in self._waiting]
        self._waiting.clear()
        return tags
