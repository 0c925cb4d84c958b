"""The interface of the drivers: what a worker of either language does with messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

Side = Literal["next", "last"]


class Language(StrEnum):
    """The implementations: celery-reliable and celery-js."""

    PYTHON = "python"
    NODE = "node"

    @property
    def other(self) -> "Language":
        """The other one."""
        return Language.NODE if self is Language.PYTHON else Language.PYTHON


@dataclass(frozen=True)
class Options:
    """The options of a transport. `lease_s` is at least 1."""

    url: str
    queues: Sequence[str] = ("q",)
    lease_s: float = 60.0
    global_keyprefix: str = ""
    dead_letter_limit: int = 100
    worker_name: str = "worker@here"


@dataclass(frozen=True)
class Delivery:
    """One message, taken and leased. `workers_lost`: how many workers were lost with it."""

    tag: str
    queue: str
    workers_lost: int
    raw: str


class TransportError(Exception):
    """Raised when the server cannot be reached, or refuses."""


class Transport(Protocol):
    """A worker's transport. Its keeper renews the leases of its messages, and sweeps.

    What ends a message returns once the server has confirmed it, or once the connection broke: then it is
    repeated until the server has.
    """

    def take(self, limit: int = 10) -> list[Delivery]:
        """Take at most `limit` messages that are there now. Raises TransportError."""
        ...

    def acknowledge(self, tag: str) -> None:
        """Settle a message without a result."""
        ...

    def put_back(self, tags: Sequence[str], side: Side) -> None:
        """Put messages back into their queues: `next` in the order in which they are to be taken again."""
        ...

    def bury(self, tag: str, reason: str) -> None:
        """Move a message to the dead letters."""
        ...

    def park(self, tag: str, due_ms: int, eta_s: float) -> None:
        """Let go of a message until it is due; its eta is what kombu's sweep is to see."""
        ...

    def mark_started(self, tag: str) -> bool:
        """Note that a suspect is about to run; False when its lease has run out. Raises TransportError."""
        ...

    def is_idle(self) -> bool:
        """Whether nothing is held and nothing is left to settle."""
        ...

    def log(self) -> list[str]:
        """Return the warnings and errors that it has logged."""
        ...

    def close(self) -> None:
        """End it as a crash does, without a command to the server. Its messages keep their leases."""
        ...
