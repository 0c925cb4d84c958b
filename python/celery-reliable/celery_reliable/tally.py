"""Counts a worker's messages for its figures."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts since the worker has started. Its threads add to it; losing one count in a race does no harm."""

    renewed: int = 0
    lost: int = 0
    restored: int = 0
    redelivered: Counter[str] = field(default_factory=Counter)  # by queue: messages that had lost a worker before
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)  # by queue and reason
