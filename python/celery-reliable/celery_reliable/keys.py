"""All keys of the transport.

Those that kombu defines have kombu's names and formats (``kombu/transport/redis.py``); ours begin with
``celery.``. docs/delivery.md says what is in each; ``node/celery-js/src/transport/redis/keys.js`` is the same
for the Node workers.
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

# kombu's separator between a queue's name and its priority step.
SEPARATOR = "\x06\x16"
# kombu's PRIORITY_STEPS. On Redis the lowest number is taken first.
PRIORITY_STEPS = (0, 3, 6, 9)
# What the keys of bindings and of results begin with: none of them is a queue's.
_NOT_OF_QUEUES = ("_kombu.binding", "celery-task-meta-", "celery-taskset-meta-")


@dataclass(frozen=True)
class Keys:
    """The keys under one ``global_keyprefix``."""

    prefix: str = ""
    steps: Sequence[int] = PRIORITY_STEPS

    @property
    def unacked(self) -> str:
        """Hash: delivery tag -> ``[message, exchange, routing key]`` (kombu)."""
        return f"{self.prefix}unacked"

    @property
    def unacked_index(self) -> str:
        """Sorted set: delivery tag -> time of delivery in seconds (kombu)."""
        return f"{self.prefix}unacked_index"

    @property
    def leases(self) -> str:
        """Sorted set: delivery tag -> end of its lease in ms of the server's clock."""
        return f"{self.prefix}celery.leases"

    @property
    def parked(self) -> str:
        """Sorted set: delivery tag -> when it is put back, in ms, of messages that no worker holds until then."""
        return f"{self.prefix}celery.parked"

    @property
    def deliveries(self) -> str:
        """Hash: task id -> how many of its workers were lost."""
        return f"{self.prefix}celery.deliveries"

    @property
    def counted(self) -> str:
        """Sorted set: task id -> when that was last counted, in ms."""
        return f"{self.prefix}celery.counted"

    @property
    def started(self) -> str:
        """Set: delivery tags of running messages whose worker was lost before."""
        return f"{self.prefix}celery.started"

    @property
    def sweep(self) -> str:
        """Hash: when the last sweep ran, and when expired leases may next be taken away."""
        return f"{self.prefix}celery.sweep"

    @property
    def measured(self) -> str:
        """Hash: queue -> until when in ms, and which worker reports it (``measure.lua``)."""
        return f"{self.prefix}celery.measured"

    def queue(self, queue: str, priority: int = 0) -> str:
        """List of a queue's priority step."""
        step = self.step_of(priority)
        return f"{self.prefix}{queue}{SEPARATOR}{step}" if step else f"{self.prefix}{queue}"

    def dead(self, queue: str) -> str:
        """List of a queue's dead letters."""
        return f"{self.prefix}{queue}.dead"

    def refusal_of(self, queue: str) -> str | None:
        """Return why no worker may consume a queue of this name; None if it may."""
        return self.refusal_to_send(queue) or ("it keeps dead letters" if queue.endswith(".dead") else None)

    def refusal_to_send(self, queue: str) -> str | None:
        """Return why nothing may be sent to a queue of this name; None if it may."""
        if queue in _OWN:
            return "its key is one of the delivery protocol's"
        return "its key is one of bindings or results" if queue.startswith(_NOT_OF_QUEUES) else None

    def step_of(self, priority: int) -> int:
        """The step whose list a message of this priority is in; it is limited to 0..9, as kombu does."""
        steps = sorted(self.steps)
        return steps[max(0, bisect(steps, max(0, min(9, priority))) - 1)]

    def of_held(self, leases: str | None = None) -> list[str]:
        """The keys that a held message may be in; ``settle``, ``bury`` and ``restore`` begin their KEYS with them."""
        return [
            self.unacked,
            self.unacked_index,
            leases or self.leases,
            self.deliveries,
            self.counted,
            self.started,
        ]


#: The keys of the protocol, without a prefix.
_OWN = frozenset([*Keys().of_held(), Keys().parked, Keys().sweep, Keys().measured])
