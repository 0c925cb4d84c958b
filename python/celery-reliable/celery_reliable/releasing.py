"""How messages leave a worker: settled, buried, put back or parked, each by one script.

Guarantee: a release that the server did not confirm is repeated until it is, on whatever connection there is by
then. Each may be executed twice, since a tag that is gone is left alone.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Literal

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable import scripts
from celery_reliable.dead_letter import dead_letter_header
from celery_reliable.held_record import HeldMessage, read_record
from celery_reliable.options import Options
from celery_reliable.outage import BROKER_OUTAGE, lost
from celery_reliable.types import Reply

logger = logging.getLogger(__name__)

# Messages looked up and put back by one call, so that none keeps the server busy for long.
BATCH = 200
BATCH_BYTES = 4 * 1024 * 1024

# For errors that a retry cannot change. The message is no longer held: it comes back once its lease has run
# out.
_NEVER_RELEASED = "A message cannot be released; its lease runs out"

#: "next": taken before all others, "last": after them.
Side = Literal["next", "last"]


@dataclass(frozen=True)
class Burial:
    """A message that goes to the dead letters."""

    tag: str
    task_id: str
    queue: str
    reason: str
    deliveries: int = 0


class Releasing:
    """The releases of one process, tried at once and, when the server is away, again later (``flush``)."""

    def __init__(self, client: "Redis", options: Options) -> None:
        self._client = client
        self._options = options
        self._pending: deque[Callable[[], object]] = deque()
        self._flushing = Lock()
        self._is_away = False

    @property
    def pending(self) -> int:
        """How many releases the server has not confirmed."""
        return len(self._pending)

    def settle(self, tags: Sequence[tuple[str, str]]) -> None:
        """Acknowledge messages: pairs of tag and task id."""
        args: list[scripts.Argument] = ["", 0]
        for tag, task_id in tags:
            args += [tag, task_id, ""]
        # No result comes with them. A key without permission would be refused, even if it is not touched.
        keys = self._options.keys
        names = [*keys.of_held(), keys.unacked]
        began_at = time.monotonic()
        is_again = False

        def run() -> None:
            nonlocal is_again
            again, is_again = is_again, True
            gone = scripts.run(self._client, "settle", names, args)
            if any(index > len(tags) for index in gone):
                raise scripts.unusable(self._client, f"not what a server answers: {gone!r:.100}")
            # The first try may have gone through without its reply: then every tag is gone because we settled it
            # ourselves. After half a lease that is no longer certain, and it is better to say so.
            if not again or time.monotonic() - began_at >= self._options.lease_s / 2:
                self._warn_of_gone(gone, tags)

        self._end(run)

    def bury(self, item: Burial) -> None:
        """Move a message to its queue's dead letters."""
        # Celery's own line says that it is discarded.
        task = f"task {item.task_id}" if item.task_id else "no readable task"
        logger.warning("The message of %s is kept in %s: %s", task, self._options.keys.dead(item.queue), item.reason)
        self._end(lambda: self._bury(item))

    def requeue(self, tags: Sequence[str], side: Side) -> None:
        """Put messages back, marked as redelivered, in the order in which they are to be taken again."""
        batches = [tags[start : start + BATCH] for start in range(0, len(tags), BATCH)]
        # What is pushed last to the right is taken first.
        for batch in batches[::-1] if side == "next" else batches:
            self._end(partial(self._requeue, batch, side))

    def park(self, items: Sequence[tuple[str, int, float]]) -> None:
        """Park messages until their eta is near: tag, when to put it back in ms, its eta in seconds."""
        keys = self._options.keys
        args: list[scripts.Argument] = [value for item in items for value in item]
        names = [keys.unacked_index, keys.leases, keys.parked]
        self._end(lambda: scripts.run(self._client, "park", names, args))

    def flush(self) -> bool:
        """Repeat what is not confirmed; return whether all of it is now.

        Refused releases move to the back, so they don't block others.
        """
        with self._flushing:
            for _ in range(len(self._pending)):
                run = self._pending[0]
                try:
                    run()
                except (RedisConnectionError, RedisTimeoutError):
                    self._is_away = True
                    return False
                except RedisError:
                    self._pending.append(run)
                except Exception:
                    logger.exception(_NEVER_RELEASED)
                self._pending.popleft()
            self._is_away = False
        return not self._pending

    def _end(self, run: Callable[[], object]) -> None:
        """Try it now. A failed release waits its turn: a task ends only once.

        While the server is away only the keeper's thread tries it, which nothing waits for.
        """
        if self._is_away:
            self._pending.append(run)
            return
        try:
            run()
        except RedisError as error:
            BROKER_OUTAGE.noticed(lost("a message has ended", error), error)
            self._pending.append(run)
            self._is_away = isinstance(error, (RedisConnectionError, RedisTimeoutError))
        except Exception:
            logger.exception(_NEVER_RELEASED)

    def _bury(self, item: Burial) -> None:
        keys = self._options.keys
        entry: Reply = self._client.hget(keys.unacked, item.tag)
        message = read_record(entry) if entry is not None else None
        if message is None:
            return
        header = dead_letter_header(item.reason, self._options.worker_name, item.deliveries)
        names = [*keys.of_held(), keys.dead(item.queue)]
        args: list[scripts.Argument] = [self._options.dead_letter_limit, item.tag, item.task_id, header, message.raw]
        scripts.run(self._client, "bury", names, args)

    def _requeue(self, tags: Sequence[str], side: Side) -> None:
        """Read each text from its record: a worker keeps no copy of the messages it holds."""
        keys = self._options.keys
        entries: Reply = self._client.hmget(keys.unacked, list(tags))
        found = [(tag, entry) for tag, entry in zip(tags, entries, strict=True) if entry is not None]
        for batch in _batches(found[::-1] if side == "next" else found):
            names = [keys.unacked, keys.unacked_index, keys.leases, keys.started]
            args: list[scripts.Argument] = []
            for tag, message in batch:
                names.append(keys.queue(message.queue, message.priority))
                args += [tag, side, message.marked or message.raw]
            scripts.run(self._client, "requeue", names, args)

    def _warn_of_gone(self, gone: list[int], tags: Sequence[tuple[str, str]]) -> None:
        for index in gone:
            tag, task_id = tags[index - 1]
            logger.warning(
                "The lease of %s (task %s) had run out before its end: it may run a second time", tag, task_id
            )


def _batches(found: list[tuple[str, bytes]]) -> list[list[tuple[str, HeldMessage]]]:
    batches: list[list[tuple[str, HeldMessage]]] = [[]]
    size = 0
    for tag, entry in found:
        message = read_record(entry)
        if message is None:
            continue
        if size > BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append((tag, message))
        size += len(entry)
    return [batch for batch in batches if batch]
