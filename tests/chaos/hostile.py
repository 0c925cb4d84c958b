"""Hostile messages among the jobs: how they are drawn, and the account of their ends. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st

from tests.hostile.generating import BATCH, for_batches
from tests.hostile.messages import HostileMessage, hostile_messages
from tests.hostile.places import Places
from tests.hostile.records import held

from .facts import Language
from .fleet import QUEUES

IN_DOUBT = "in doubt"


@dataclass(frozen=True)
class HostileAccount:
    """How many were sent, and how often each end was met; `lost` are those without one."""

    sent: int = 0
    ends: Mapping[str, int] = field(default_factory=dict)
    lost: tuple[str, ...] = ()

    @property
    def violations(self) -> tuple[str, ...]:
        """What breaks the promise."""
        return tuple(f"hostile message lost: {text}" for text in self.lost)


def draw_hostile(seed: int, number: int) -> tuple[tuple[Language, HostileMessage], ...]:
    """So many hostile messages of a seed, each with its number in its envelope, and whose workers get it."""
    drawn: list[tuple[Language, HostileMessage]] = []
    if number:
        batches = -(-number // BATCH)
        numbers = count(1)
        messages = st.sampled_from(Language).flatmap(
            lambda language: st.tuples(
                st.just(language), hostile_messages(QUEUES[language], numbers).map(held)
            )
        )
        for_batches(messages, batches * BATCH, drawn.extend, drawn_by=seed)
        assert len(drawn) >= number, f"only {len(drawn)} of {number} hostile messages were drawn"
    return tuple(drawn[:number])


def account_for(
    messages: Sequence[HostileMessage], in_doubt: Sequence[HostileMessage], places: Places
) -> HostileAccount:
    """Enter the end of each message. One that the server did not confirm need not have any."""
    ends: Counter[str] = Counter()
    lost: list[str] = []
    for message in messages:
        end = places.end_of(message) or (IN_DOUBT if message in in_doubt else None)
        if end is None:
            lost.append(message.text[:500])
        else:
            ends[end] += 1
    return HostileAccount(len(messages), ends, tuple(lost))
