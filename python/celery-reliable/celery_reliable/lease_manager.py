"""The messages that this process holds: one object for all channels of a broker, which outlives each of them.

A channel dies with its connection; the messages taken through it do not. Their leases are still renewed,
and a task that ends meanwhile is acknowledged through the next connection.
"""

import atexit
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError

from celery_reliable import scripts
from celery_reliable.ahead import Ahead
from celery_reliable.ended import WAIT_S, Ended
from celery_reliable.handing_over import Handed
from celery_reliable.held import Held, Lease
from celery_reliable.intake import UNDECODABLE
from celery_reliable.keeper import Keeper
from celery_reliable.measuring import Measuring
from celery_reliable.options import Options
from celery_reliable.releasing import Burial, Releasing, Settlement, Side
from celery_reliable.settler import Settler
from celery_reliable.shutdown_timeouts import shorten_timeouts_of_pool
from celery_reliable.taking import Delivery, Taking
from celery_reliable.tally import Tally
from celery_reliable.under_way import UnderWay

logger = logging.getLogger(__name__)
_RAN_OUT = "The lease of %s (task %s) has run out: another worker may run it"

# How long an ending process waits for a server to store results, and how often it tries. A worker gives up earlier,
# and logs its tasks (``stopping.py``).
GIVE_UP_S = 30.0
AGAIN_S = 0.5


class LeaseManager:
    """Takes, holds and completes messages. The keeper's thread starts with the first ``take``.

    Any thread may call it. In a forked child, which does not own the messages, it does nothing.

    ``is_batching``: completed messages are settled when the worker's loop turns (``settle_due``), not one by one.
    ``may_have_more``: whether the last ``take`` may have left messages. ``is_patient``: whether completed messages
    may wait for the next ones.
    """

    is_batching = False
    is_patient = False
    may_have_more = True

    def __init__(self, commands: "Redis", keeping: "Redis", options: Options, measuring: "Redis") -> None:
        self.options = options
        self.measuring = Measuring(measuring, options)
        self.tally = Tally()
        self.users: set[int] = set()  # the channels that take through it
        self._commands = commands
        self._keeping = keeping
        self._pid = os.getpid()
        self._held = Held()
        self._under_way = UnderWay()
        self._taking = Taking(commands, options)
        self._taking_turn = threading.Lock()
        self._ahead = Ahead()
        self._ended = Ended()
        self._settler = Settler(self.settle_ended, WAIT_S)
        self._settling_turn = threading.Lock()
        self._releasing = Releasing(commands, options, self._ended.confirm)
        self._keeper: Keeper | None = None

    def take(self, queues: Sequence[str], limit: int, *, ahead: bool = False) -> list[Delivery]:
        """Take messages; they are held from now on. Raises redis.exceptions.RedisError.

        ``ahead``: more may be taken than the limit, for the next calls.
        """
        with self._taking_turn:
            deliveries = self._ahead.pop(limit)
            self.may_have_more = bool(deliveries)
            if not deliveries:
                self.settle_ended()  # first, so that the server never counts more than the limits as held
                deliveries = self._take(queues, limit, self._ahead.room() if ahead else 0)
        # From queues that are no longer consumed here: taken ahead, or by a call whose reply was lost.
        self._put_back([delivery for delivery in deliveries if delivery.queue not in queues])
        return [delivery for delivery in deliveries if delivery.queue in queues]

    def _take(self, queues: Sequence[str], limit: int, more: int) -> list[Delivery]:
        if self._keeper is None:
            self._start()
        deliveries = self._taking.take(queues, limit + more)
        if undecodable := self._taking.undecodable:
            logger.error("%d undecodable message(s) went to the dead letters", undecodable)
            self.tally.bury(queues[0] if len(queues) == 1 else "", UNDECODABLE, undecodable)
        for delivery in deliveries:
            if delivery.workers_lost:
                self.tally.redelivered[delivery.queue] += 1
        self._held.add({self.tag(one): Lease("", one.queue, one.workers_lost) for one in deliveries})
        self._ahead.put(deliveries[limit:], taken=len(deliveries), asked=limit + more)
        is_full = len(deliveries) >= limit + more or self._taking.stopped_early
        self.may_have_more = is_full or bool(self._ahead)
        return deliveries[:limit]

    def put_back_ahead(self, *, overdue: bool = False) -> None:
        """Put back what was taken ahead, with ``overdue`` only if it waits for too long; it was never delivered."""
        self._put_back(self._ahead.clear(overdue=overdue))

    def _put_back(self, deliveries: Sequence[Delivery]) -> None:
        self.requeue([self.tag(delivery) for delivery in deliveries], "next", marked=False)

    @property
    def server_now_s(self) -> float:
        """The server's clock when messages were last taken, in seconds since the epoch."""
        return self._taking.server_now_s

    @property
    def answered_at(self) -> float:
        """When the server last answered a ``take``, by ``time.monotonic``."""
        return self._taking.answered_at

    def tag(self, delivery: Delivery) -> str:
        """The tag that a delivery is held under."""
        return f"{self.options.tag_prefix}{delivery.number}"

    def identify(self, tag: str, counted_id: str) -> None:
        """Note the id that a message's losses are counted under, once it was read."""
        self._held.identify(tag, counted_id)

    def is_held(self, tag: str) -> bool:
        """Tell whether this worker holds the message: not completed, and its lease not lost."""
        return tag in self._held

    def held(self) -> list[str]:
        """The tags of all messages that are held, or completed but not settled yet."""
        return [*self._held.tags(), *(item.tag for item in self._ended.unconfirmed())]

    def unstored(self) -> list[str]:
        """The tasks that have ended and whose results the server has not stored yet, as ``name[id]``."""
        return [f"{item.handed.task}[{item.task_id}]" for item in self._ended.unconfirmed() if item.handed]

    def held_by_queue(self) -> Counter[str]:
        """How many messages of each queue are held."""
        counts = self._held.by_queue()
        counts.update(item.queue for item in self._ended.unconfirmed())
        return counts

    def queue_of(self, tag: str) -> str | None:
        """The queue of a held message; None for any other."""
        lease = self._held.get(tag)
        return None if lease is None else lease.queue

    def settle(self, tag: str, handed: Handed | None = None, task_id: str = "") -> None:
        """Acknowledge a message, and store its task's result with it.

        Until the server has confirmed that, its lease is renewed: otherwise, a server that is full could let another
        worker run the task. ``task_id``: of the result, which is stored also if the lease has run out.
        """
        with self._under_way:
            lease = self._release(tag)
            if lease is not None:
                about = (lease.queue, lease.workers_lost, handed, lease.counted_id)
                self._ended.add(Settlement(tag, task_id or lease.counted_id, *about))
            elif handed is not None:
                self._ended.add(Settlement("", task_id, handed=handed))
            if not self.is_batching:
                self.settle_due()

    def settle_due(self) -> None:
        """Settle completed messages, unless they may wait for the next ones, while there are messages taken ahead."""
        if self.is_patient and self._ahead and self._ended.may_wait:
            if self._ended.is_waiting:
                self._settler.settle_soon()
        else:
            self.settle_ended()

    def settle_ended(self, *, waits: bool = True) -> None:
        """Settle all completed messages in one step. ``waits``: also wait until no other thread is settling."""
        with self._under_way:
            if not self._settling_turn.acquire(blocking=waits):
                return
            try:
                if batch := self._ended.next_batch():
                    self._releasing.settle(batch)
            finally:
                self._settling_turn.release()

    def bury(self, tag: str, reason: str) -> None:
        """Move a message to its queue's dead letters."""
        with self._under_way:
            lease = self._release(tag)
            if lease is not None:
                self.tally.bury(lease.queue, reason)
                self._releasing.bury(Burial(tag, lease.counted_id, lease.queue, reason, lease.workers_lost))

    def requeue(self, tags: Iterable[str], side: Side, *, marked: bool = True) -> None:
        """Put messages back, to be taken again in this order; those that are not held are left alone.

        ``marked``: as redelivered.
        """
        with self._under_way:
            held = [tag for tag in tags if self._release(tag) is not None]
            if held:
                self._releasing.requeue(held, side, marked=marked)

    def park(self, items: Sequence[tuple[str, int, float]]) -> None:
        """Park messages until their eta is near: tag, when to put it back in ms, its eta in seconds."""
        with self._under_way:
            held = [item for item in items if self._release(item[0]) is not None]
            if held:
                self._releasing.park(held)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is held, and no release is pending."""
        # Checked in this order: a message that is no longer held is under way until it is confirmed or pending.
        is_ending = self._under_way.count or self._ended or self._releasing.pending
        return not (self._held or is_ending or self._taking.has_lost_replies)

    def mark_started(self, tag: str) -> bool:
        """Note that a message whose worker was lost before is about to run; False when its lease has run out.

        Raises redis.exceptions.RedisError.
        """
        keys = self.options.keys
        if self.is_held(tag) and scripts.run(self._commands, "start", [keys.unacked, keys.started], [tag]) == 1:
            return True
        self._release(tag)
        return False

    def charge(self, tag: str) -> None:
        """Stop renewing a message's lease, and count it as one that killed this worker."""
        with suppress(RedisError):
            self.mark_started(tag)
        self.abandon(tag)

    def abandon(self, tag: str) -> None:
        """Stop renewing a message's lease: once that has run out, any worker may get the message."""
        self._release(tag)

    def close(self) -> None:
        """Put back all held messages and end; called once no task of this process runs any more."""
        if self._pid != os.getpid():
            return
        atexit.unregister(self.close)
        shorten_timeouts_of_pool(self._commands.connection_pool)
        self._store_the_rest()
        unsettled = self._ended.clear()
        self._held.add({item.tag: Lease(item.counted_id, item.queue, item.workers_lost) for item in unsettled})
        self.requeue(self.held(), "next")
        self._releasing.flush()
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper.join()
        self._close_client()

    def _store_the_rest(self) -> None:
        """Wait for a server that is away, as tasks that store their own results do (``stopping.py``)."""
        until = time.monotonic() + GIVE_UP_S
        self._flush()
        while self._ended.unconfirmed() and time.monotonic() < until:  # the keeper's thread may still be waiting
            time.sleep(AGAIN_S)
            self._flush()

    def leave(self) -> None:
        """End when nothing is held, without waiting for the keeper: its server may not answer."""
        atexit.unregister(self.close)
        if self._keeper is not None:
            self._keeper.stop()
        self._close_client()

    def _close_client(self) -> None:
        self._settler.stop()
        for client in (self._commands, self.measuring.client):
            client.close()
            client.connection_pool.disconnect()

    def _start(self) -> None:
        self._keeper = Keeper(self._keeping, self.options, self.held, self._forget, self._flush, self.tally)
        self._keeper.start()
        atexit.register(self.close)

    def _flush(self) -> bool:
        self.settle_ended(waits=False)  # must not wait, because this is the keeper's thread
        self.put_back_ahead(overdue=True)
        return self._releasing.flush()

    def _release(self, tag: str) -> Lease | None:
        return self._held.pop(tag) if self._pid == os.getpid() else None

    def _forget(self, tags: list[str]) -> None:
        for tag in tags:
            # Messages are removed from the held ones before they are settled, so a missing lease of a held message
            # was lost. That of a completed one may just be being settled; the reply to that shows it.
            if (lease := self._release(tag)) is not None:
                self.tally.lost += 1
                logger.warning(_RAN_OUT, tag, lease.counted_id)
