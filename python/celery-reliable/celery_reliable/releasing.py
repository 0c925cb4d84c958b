"""Releases a worker's messages: settles, buries, requeues or parks them, each by one script.

Guarantee: a release that the server did not confirm is repeated until it is, on whatever connection there is by
then. Each may be executed twice, because the scripts ignore tags that are gone.
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
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable import scripts
from celery_reliable.dead_letter import dead_letter_header
from celery_reliable.handing_over import Handed
from celery_reliable.held_record import HeldMessage, read_record, split_record
from celery_reliable.limits import Limits
from celery_reliable.options import Options
from celery_reliable.outage import BROKER_OUTAGE, lost_line
from celery_reliable.refusals import is_passing
from celery_reliable.types import Reply

logger = logging.getLogger(__name__)

# Messages looked up and put back by one call, so that none keeps the server busy for long.
BATCH = 200
BATCH_BYTES = 4 * 1024 * 1024

#: The dead letter's reason when the server refuses the task's result for good.
UNSTORABLE = "unstorable"
# Logged for errors that a retry cannot change. The message is no longer held, and comes back when its lease runs out.
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


@dataclass(frozen=True)
class Settlement:
    """A message to acknowledge, with the result to store in the same step, if there is one.

    ``tag``: "" = only store the result. ``task_id``: of the result. ``queue``, ``workers_lost``: for its dead letter,
    if the server refuses the result for good. ``counted_id``: the id that its losses were counted under.
    """

    tag: str
    task_id: str
    queue: str = ""
    workers_lost: int = 0
    handed: Handed | None = None
    counted_id: str = ""

    def steps(self) -> list[tuple[str, str, str | bytes]]:
        """What ``settle.lua`` takes: tag, id and result, of which one id names the result and the counted losses."""
        text = self.handed.text if self.handed else ""
        if not text or not self.tag or self.counted_id == self.task_id:
            return [(self.tag, self.task_id if text else self.counted_id, text)]
        return [("", self.task_id, text), (self.tag, self.counted_id, "")]


class Releasing:
    """The releases of one process, tried at once and, when the server is away, again later (``flush``).

    ``on_settled`` is called with the tags whose settling the server has confirmed.
    """

    def __init__(self, client: "Redis", options: Options, on_settled: Callable[[Sequence[str]], object]) -> None:
        self._client = client
        self._options = options
        self._on_settled = on_settled
        self._pending: deque[Callable[[], object]] = deque()
        self._flushing = Lock()
        self._is_away = False

    @property
    def pending(self) -> int:
        """How many releases the server has not confirmed."""
        return len(self._pending)

    def settle(self, items: Sequence[Settlement]) -> None:
        """Store results and acknowledge messages, all in one step."""
        kinds = {(item.handed.prefix, item.handed.expires_s) for item in items if item.handed}
        if len(kinds) > 1:  # only for completeness, because all results of a process go to one backend
            for item in items:
                self.settle([item])
            return
        keys = self._options.keys
        # Without results, a key that this user may touch takes the place of the results' prefix; another could be
        # refused.
        has_results = bool(kinds)
        prefix, expires_s = kinds.pop() if kinds else (keys.unacked, 0)
        args: list[scripts.Argument] = ["", expires_s]
        named: list[Settlement] = []  # by the numbers in the script's reply
        for item in items:
            for step in item.steps():
                args += step
                named.append(item)
        names = [*keys.of_held(), prefix]
        began_at = time.monotonic()
        is_again = False

        def run() -> None:
            nonlocal is_again
            again, is_again = is_again, True
            try:
                gone = scripts.run(self._client, "settle", names, args)
            except ResponseError as error:
                if not has_results or is_passing(error):
                    raise
                self._on_refused(items, error)
                return
            if any(index > len(named) for index in gone):
                raise scripts.unusable(self._client, f"unexpected reply: {gone!r:.100}")
            self._on_settled([item.tag for item in items])
            # The first try may have succeeded without its reply, so the tags are gone because we settled them
            # ourselves. After half a lease that is not certain, so it is logged.
            if not again or time.monotonic() - began_at >= self._options.lease_s / 2:
                self._warn_of_gone(gone, named)

        self._end(run)

    def _on_refused(self, items: Sequence[Settlement], error: Exception) -> None:
        """Find the results that the server refuses for good, and bury only their messages.

        Raises the error if it refuses the other steps: then a key of the protocol is wrong, and has to be repaired.
        """
        if len(items) > 1:
            for item in items:
                self.settle([item])
            return
        [item] = items
        if not self._refuses_result(item):
            raise error
        logger.error("The result of task %s cannot be stored: %s", item.task_id, error)
        if item.tag:
            self.bury(Burial(item.tag, item.counted_id, item.queue, UNSTORABLE, item.workers_lost))
            self._on_settled([item.tag])

    def _refuses_result(self, item: Settlement) -> bool:
        if item.handed is None:
            return False
        key, handed = item.handed.prefix + item.task_id, item.handed
        names = [key] * (len(self._options.keys.of_held()) + 1)
        args: list[scripts.Argument] = ["", handed.expires_s, "", "", handed.text]
        try:
            scripts.run(self._client, "settle", names, args)
        except ResponseError as error:
            if is_passing(error):
                raise
            return True
        return False

    def bury(self, item: Burial) -> None:
        """Move a message to its queue's dead letters."""
        # Celery's own line says that it is discarded.
        task = f"task {item.task_id}" if item.task_id else "no readable task"
        logger.warning("The message of %s is kept in %s: %s", task, self._options.keys.dead(item.queue), item.reason)
        self._end(lambda: self._bury(item))

    def requeue(self, tags: Sequence[str], side: Side, *, marked: bool = True) -> None:
        """Put messages back, to be taken again in this order. ``marked``: as redelivered, else as they came."""
        batches = [tags[start : start + BATCH] for start in range(0, len(tags), BATCH)]
        # The message that is pushed last to the right is taken first.
        for batch in batches[::-1] if side == "next" else batches:
            self._end(partial(self._requeue, batch, side, marked))

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
        """Run a release now, or queue it if it fails.

        While the server is away only the keeper's thread tries it, so that no task has to wait.
        """
        if self._is_away:
            self._pending.append(run)
            return
        try:
            run()
        except RedisError as error:
            BROKER_OUTAGE.noticed(lost_line("a message has ended", error), error)
            self._pending.append(run)
            self._is_away = isinstance(error, (RedisConnectionError, RedisTimeoutError))
        except Exception:
            logger.exception(_NEVER_RELEASED)

    def _bury(self, item: Burial) -> None:
        keys = self._options.keys
        entry: Reply = self._client.hget(keys.unacked, item.tag)
        record = split_record(entry) if entry is not None else None
        if record is None:
            return
        header = dead_letter_header(item.reason, self._options.worker_name, item.deliveries)
        names = [*keys.of_held(), keys.dead(item.queue)]
        args: list[scripts.Argument] = [self._options.dead_letter_limit, item.tag, item.task_id, header, record.raw]
        scripts.run(self._client, "bury", names, args)

    def _requeue(self, tags: Sequence[str], side: Side, marked: bool) -> None:
        """Read the messages from their records on the server, because a worker keeps no copies."""
        keys = self._options.keys
        entries: Reply = self._client.hmget(keys.unacked, list(tags))
        found = [(tag, entry) for tag, entry in zip(tags, entries, strict=True) if entry is not None]
        for batch in _batches(found[::-1] if side == "next" else found, self._options.limits):
            names = [keys.unacked, keys.unacked_index, keys.leases, keys.started]
            args: list[scripts.Argument] = []
            for tag, message in batch:
                names.append(keys.queue(message.queue, message.priority))
                args += [tag, side, (message.marked if marked else None) or message.raw]
            scripts.run(self._client, "requeue", names, args)

    def _warn_of_gone(self, gone: list[int], items: Sequence[Settlement]) -> None:
        for index in gone:
            item = items[index - 1]
            logger.warning(
                "The lease of %s (task %s) had run out before its end: it may run a second time", item.tag, item.task_id
            )


def _batches(found: list[tuple[str, bytes]], limits: Limits) -> list[list[tuple[str, HeldMessage]]]:
    batches: list[list[tuple[str, HeldMessage]]] = [[]]
    size = 0
    for tag, entry in found:
        message = read_record(entry, limits)
        if message is None:
            continue
        if size > BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append((tag, message))
        size += len(entry)
    return [batch for batch in batches if batch]
