"""Puts messages of dead workers back into their queues once their lease has run out, and parked ones once due.

Every worker sweeps, Python or Node; the ``restore`` script makes sure that a message is restored once.
Guarantee: a message that cannot be put back does not block the others. An unreadable one is buried, one that
no worker wrote is released, and one that the server refuses is left alone for one lease.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable import scripts
from celery_reliable.dead_letter import dead_letter_header
from celery_reliable.held_record import HeldMessage, read_record
from celery_reliable.intake import UNDECODABLE
from celery_reliable.line_limit import LineLimit
from celery_reliable.options import Options
from celery_reliable.tally import Tally

logger = logging.getLogger(__name__)
_LINES = LineLimit(logger)

# Messages and bytes looked at in one round, of each kind; the next round follows while there are more.
BATCH = 200
BATCH_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """A message that ``sweep`` found, why, and the form in which it goes back."""

    tag: bytes
    score: bytes
    message: HeldMessage
    why: Literal["lost", "due"]


class Sweeper:
    """Sweeps on the client of the keeper's thread."""

    def __init__(self, client: "Redis", options: Options, tally: Tally | None = None) -> None:
        self._client = client
        self._tally = tally or Tally()
        self._options = options

    def sweep(self) -> bool:
        """Restore one batch of each kind; return whether there may be more. Raises redis.exceptions.RedisError."""
        keys = self._options.keys
        names = [
            keys.leases,
            keys.parked,
            keys.sweep,
            keys.unacked,
            keys.deliveries,
            keys.counted,
            keys.started,
        ]
        args = [self._options.lease_ms, BATCH, BATCH_BYTES]
        now_ms, more, expired, due = scripts.run(self._client, "sweep", names, args)
        self._restore(keys.leases, self._readable(keys.leases, expired, "lost", now_ms), now_ms)
        self._restore(keys.parked, self._readable(keys.parked, due, "due", now_ms), now_ms)
        return bool(more)

    def _readable(self, zset: str, flat: list[bytes], why: Literal["lost", "due"], now_ms: int) -> list[Found]:
        found: list[Found] = []
        for i in range(0, len(flat), 3):
            tag, score, entry = flat[i : i + 3]
            with self._isolated(zset, tag, now_ms):
                message = read_record(entry, self._options.limits)
                if message is None:
                    # Not what `take` writes, so no list is known for it: its writer has to handle it.
                    self._client.zrem(zset, tag)
                elif message.marked is None:
                    self._bury(zset, tag, message)
                else:
                    found.append(Found(tag, score, message, why))
        return found

    @contextmanager
    def _isolated(self, zset: str, tag: bytes, now_ms: int) -> Iterator[None]:
        """Handle an error in one record: the record is left alone for one lease, and the others are swept."""
        try:
            yield
        except (RedisConnectionError, RedisTimeoutError):
            raise
        except BaseException as error:
            if _lacks_replicas(error):
                raise
            # Limited, because the same records, made by another program, may fail at each lease.
            _LINES.error(
                "records that cannot be swept",
                "The record %r cannot be swept, and is left alone for a lease",
                tag,
                exc_info=error,
            )
            self._client.zadd(zset, {tag: now_ms + self._options.lease_ms}, xx=True)

    def _restore(self, zset: str, found: list[Found], now_ms: int) -> None:
        try:
            self._put_back(zset, found)
        except (RedisConnectionError, RedisTimeoutError):
            raise
        except BaseException as error:  # from one of them, before anything was sent; or the server refused them all
            if _lacks_replicas(error):
                raise
            for item in found:
                with self._isolated(zset, item.tag, now_ms):
                    self._put_back(zset, [item])

    def _put_back(self, zset: str, found: list[Found]) -> None:
        if not found:
            return
        keys = self._options.keys
        names = keys.of_held(leases=zset)
        args: list[scripts.Argument] = [self._options.lease_ms]
        for item in found:
            message, is_lost = item.message, item.why == "lost"
            names.append(keys.queue(message.queue, message.priority))
            counted = (message.counted_id or "") if is_lost else ""
            args += [item.tag, item.score, counted, (message.marked if is_lost else message.raw) or ""]
        refusal, *restored = scripts.run(self._client, "restore", names, args)
        if refusal:
            logger.error(
                "A message cannot be put back, and is left alone for a lease: %s", refusal.decode("utf-8", "replace")
            )
        for item in (found[index - 1] for index in restored):
            if item.why == "lost":
                self._tally.restored += 1
                tag, message = item.tag.decode("utf-8", "replace"), item.message
                logger.warning(
                    "The worker of task %s was lost: %s goes back to %s", message.counted_id, tag, message.queue
                )

    def _bury(self, zset: str, tag: bytes, message: HeldMessage) -> None:
        """Bury a message that no worker can read, so that kombu's sweep does not find it."""
        keys, options = self._options.keys, self._options
        names = [*keys.of_held(leases=zset), keys.dead(message.queue)]
        header = dead_letter_header(UNDECODABLE, options.worker_name)
        scripts.run(self._client, "bury", names, [options.dead_letter_limit, tag, "", header, message.raw])


def _lacks_replicas(error: BaseException) -> bool:
    """Whether the server refuses all writes since a failover, until replicas follow it (``min-replicas-to-write``)."""
    return str(error).startswith("NOREPLICAS")
