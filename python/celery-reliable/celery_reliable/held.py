"""The messages that a process holds: taken, but not completed."""

import threading
from collections import Counter
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Lease:
    """A held message: the data needed to complete it. ``counted_id``: the id that its losses are counted under."""

    counted_id: str
    queue: str
    workers_lost: int


class Held:
    """The held messages by their tags. Any thread may call it."""

    def __init__(self) -> None:
        self._leases: dict[str, Lease] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._leases)

    def __contains__(self, tag: str) -> bool:
        return tag in self._leases

    def add(self, leases: dict[str, Lease]) -> None:
        """Hold these messages from now on."""
        with self._lock:
            self._leases |= leases

    def identify(self, tag: str, counted_id: str) -> None:
        """Note the id that a message's losses are counted under, if the message is held."""
        with self._lock:
            if (lease := self._leases.get(tag)) is not None:
                self._leases[tag] = replace(lease, counted_id=counted_id)

    def get(self, tag: str) -> Lease | None:
        """Return a message, if it is held."""
        return self._leases.get(tag)

    def pop(self, tag: str) -> Lease | None:
        """Remove and return a message; None if it was not held."""
        with self._lock:
            return self._leases.pop(tag, None)

    def tags(self) -> list[str]:
        """The tags of all."""
        with self._lock:
            return list(self._leases)

    def by_queue(self) -> Counter[str]:
        """How many messages of each queue are held."""
        with self._lock:
            return Counter(lease.queue for lease in self._leases.values())
