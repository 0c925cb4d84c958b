"""Logical clocks, which order events and commands: an unusable number from another program does not move ours.

Clocks only rise, so one message with a huge number would stop those of all workers and clients. The Node workers have
the same limit (``protocol/clock.js``).
"""

from kombu.clocks import LamportClock

from celery_reliable.types import Payload

# Larger numbers are ignored. Far enough below the largest integer of JavaScript that no clock counts up to it.
_MAX_CLOCK = 2**52


class Clock(LamportClock):
    """The app's clock."""

    def adjust(self, other: object) -> int:
        """Advance beyond another clock."""
        return super().adjust(usable(other))


def usable(clock: object) -> int:
    """Return the number of another clock, 0 for an unusable one."""
    if isinstance(clock, int) and not isinstance(clock, bool) and 0 <= clock <= _MAX_CLOCK:
        return clock
    return 0


def ignore_unusable_clock(fields: Payload) -> None:
    """Replace an unusable clock among the headers of a command, or in an event, by 0.

    The message is not refused: a client that has once read a huge number repeats it in all its commands.
    """
    if "clock" in fields:
        fields["clock"] = usable(fields["clock"])
