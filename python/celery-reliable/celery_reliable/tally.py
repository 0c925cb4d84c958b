"""Counts a worker's messages for its metrics."""

from collections import Counter
from dataclasses import dataclass, field

from celery_reliable.labels import OTHER, is_label

# How many reasons of dead letters have their own count: tasks choose some of them, so there may be any number.
MOST_REASONS = 50


@dataclass
class Tally:
    """Counts since the worker has started. Its threads add to it; losing one count in a race does no harm."""

    renewed: int = 0
    lost: int = 0
    restored: int = 0
    redelivered: Counter[str] = field(default_factory=Counter)  # by queue: messages that had lost a worker before
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)  # by queue and reason

    def bury(self, queue: str, reason: str, count: int = 1) -> None:
        """Count dead letters. Queues and reasons that cannot be labels count as ``other``."""
        key = (queue if is_label(queue) else OTHER, reason if is_label(reason) else OTHER)
        if key not in self.dead and len(self.dead) >= MOST_REASONS:
            key = (key[0], OTHER)
        self.dead[key] += count
