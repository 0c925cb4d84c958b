"""Takes messages for a worker by the ``take`` script. After a lost reply, the next call recovers them."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import ResponseError

from celery_reliable import scripts
from celery_reliable.expiry import Expiry
from celery_reliable.options import Options
from celery_reliable.types import Reply


@dataclass(frozen=True)
class Delivery:
    """One message, taken by this worker and leased to it. ``workers_lost`` workers died while they held it."""

    number: int
    queue: str
    workers_lost: int
    raw: bytes


class Taking:
    """Takes messages with tag numbers that are never reused, not even if a call seems to have failed.

    A command may reach the server late, from a socket of an abandoned connection that the server had not read yet. It
    then takes messages under numbers that no other call uses.
    """

    def __init__(self, client: "Redis", options: Options) -> None:
        self._client = client
        self._options = options
        self._expiry = Expiry(client, options)
        self._next = 1
        self._lost_from: int | None = None  # first number of calls whose replies never came
        self._lost_queues: set[str] = set()  # the queues of those calls
        self._rotation = 0
        self.undecodable = 0
        self.stopped_early = False  # there may be more than the last call took
        self.server_now_s = 0.0  # when messages were last taken, by the server's clock
        self.answered_at = 0.0  # by our own, monotonic

    @property
    def has_lost_replies(self) -> bool:
        """Whether the next call has to look for messages that an earlier one took."""
        return self._lost_from is not None

    def take(self, queues: Sequence[str], limit: int) -> list[Delivery]:
        """Take at most ``limit`` of the waiting messages.

        After a lost reply it returns that call's messages instead, also from queues that are no longer
        consumed.

        Raises:
            redis.exceptions.RedisError: the server cannot be reached, or refuses; nothing is lost by calling
                again.
        """
        self._expiry.run(queues)
        options, keys = self._options, self._options.keys
        rotated = self._rotated(list(dict.fromkeys([*queues, *sorted(self._lost_queues)])))
        lists = [keys.queue(queue, step) for step in sorted(keys.steps) for queue in rotated]
        names = [keys.unacked, keys.unacked_index, keys.leases, keys.deliveries]
        names += [*map(keys.dead, rotated), *lists]
        first = self._next
        lost_from = first if self._lost_from is None else self._lost_from
        args: list[scripts.Argument] = [options.tag_prefix, first, limit, options.lease_ms, lost_from]
        args += [json.dumps(options.worker_name), options.dead_letter_limit, len(rotated)]
        args += [json.dumps(queue, ensure_ascii=False) for queue in rotated]
        self._next = first + limit
        earlier, self._lost_from, self._lost_queues = self._lost_queues, lost_from, set(rotated)
        try:
            reply = scripts.run(self._client, "take", names, args)
        except ResponseError:
            # After an error reply, nothing was taken.
            self._lost_from = None if lost_from == first else lost_from
            self._lost_queues = earlier
            raise
        now_ms, self.undecodable, self.stopped_early = int(reply[0]), int(reply[1]), reply[2] == 1
        try:
            deliveries = _deliveries(reply, rotated)
        except LookupError as error:  # the reply of another call, which asked for more queues
            raise scripts.unusable(self._client, f"unexpected reply: {reply!r:.100}") from error
        self._lost_from = None
        self._lost_queues = set()
        self._rotation += max(1, len(deliveries))  # the queue after the one that gave the last message
        if deliveries:
            self.server_now_s = now_ms / 1000
        self.answered_at = time.monotonic()
        return deliveries

    def _rotated(self, queues: Sequence[str]) -> list[str]:
        """Queues in the order for this call: each comes first in turn."""
        start = self._rotation % len(queues)
        return [*queues[start:], *queues[:start]]


def _deliveries(reply: list[Reply], queues: Sequence[str]) -> list[Delivery]:
    return [
        Delivery(int(reply[i]), queues[int(reply[i + 1]) - 1], int(reply[i + 2]), reply[i + 3])
        for i in range(3, len(reply), 4)
    ]
