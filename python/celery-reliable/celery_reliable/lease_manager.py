"""The messages that this process holds: one object for all channels of a broker, which outlives each of them.

A channel dies with its connection; the messages taken through it do not. Their leases are still renewed,
and a task that ends meanwhile is acknowledged through the next connection.
"""

import atexit
import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from redis import Redis
from redis.exceptions import RedisError

from celery_reliable import scripts
from celery_reliable.clients import own_client, quick_settings
from celery_reliable.intake import UNDECODABLE
from celery_reliable.keeper import Keeper
from celery_reliable.keys import Keys
from celery_reliable.measuring import ANSWERS_WITHIN_S, Measuring
from celery_reliable.options import Options, read_options
from celery_reliable.releasing import Burial, Releasing, Side
from celery_reliable.server_check import check_server
from celery_reliable.shutdown_timeouts import shorten_timeouts_of_pool
from celery_reliable.taking import Delivery, Taking
from celery_reliable.tally import Tally
from celery_reliable.types import Channel

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lease:
    """A held message: what is needed to end it."""

    task_id: str
    queue: str
    workers_lost: int


class _Count:
    """Counts the threads inside. A pool's thread may end a message while the connection is closed."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.count += 1

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self.count -= 1


class LeaseManager:
    """Takes, holds and ends messages. The keeper's thread starts with the first ``take``.

    Any thread may call it. A forked child has our memory and none of our messages: there it does nothing.
    """

    def __init__(self, commands: "Redis", keeping: "Redis", options: Options, measuring: "Redis") -> None:
        self.options = options
        self.measuring = Measuring(measuring, options)
        self.tally = Tally()
        self.users: set[int] = set()  # the channels that take through it
        self._commands = commands
        self._keeping = keeping
        self._pid = os.getpid()
        self._held: dict[str, Lease] = {}
        self._under_way = _Count()
        self._lock = threading.Lock()  # of the held messages
        self._taking = Taking(commands, options)
        self._taking_turn = threading.Lock()
        self._releasing = Releasing(commands, options)
        self._keeper: Keeper | None = None

    def take(self, queues: Sequence[str], limit: int) -> list[Delivery]:
        """Take messages; they are held from now on. Raises redis.exceptions.RedisError."""
        with self._taking_turn:
            if self._keeper is None:
                self._start()
            deliveries = self._taking.take(queues, limit)
            undecodable = self._taking.undecodable
        if undecodable:
            logger.error("%d undecodable message(s) went to the dead letters", undecodable)
            self.tally.dead[queues[0] if len(queues) == 1 else "", UNDECODABLE] += undecodable
        for delivery in deliveries:
            if delivery.workers_lost:
                self.tally.redelivered[delivery.queue] += 1
        with self._lock:
            for delivery in deliveries:
                self._held[self.tag(delivery)] = Lease("", delivery.queue, delivery.workers_lost)
        # A lost call took this from a queue that is not consumed now: nothing here can deliver it.
        self.requeue([self.tag(delivery) for delivery in deliveries if delivery.queue not in queues], "next")
        return [delivery for delivery in deliveries if delivery.queue in queues]

    @property
    def server_now_s(self) -> float:
        """The server's clock at the last ``take``, in seconds since the epoch."""
        return self._taking.server_now_s

    @property
    def answered_at(self) -> float:
        """When the server last answered a ``take``, by ``time.monotonic``."""
        return self._taking.answered_at

    def tag(self, delivery: Delivery) -> str:
        """The tag that a delivery is held under."""
        return f"{self.options.tag_prefix}{delivery.number}"

    def identify(self, tag: str, task_id: str) -> None:
        """Note whose message it is, once it has been read."""
        with self._lock:
            lease = self._held.get(tag)
            if lease is not None:
                self._held[tag] = Lease(task_id, lease.queue, lease.workers_lost)

    def is_held(self, tag: str) -> bool:
        """Tell whether the message is this worker's: not ended, and its lease not lost."""
        return tag in self._held

    def held(self) -> list[str]:
        """The tags of everything that is held."""
        with self._lock:
            return list(self._held)

    def held_by_queue(self) -> Counter[str]:
        """How many messages of each queue are held."""
        with self._lock:
            return Counter(lease.queue for lease in self._held.values())

    def queue_of(self, tag: str) -> str | None:
        """The queue of a message that is held; None of another one."""
        lease = self._held.get(tag)
        return None if lease is None else lease.queue

    def settle(self, tag: str) -> None:
        """Acknowledge a message."""
        with self._under_way:
            lease = self._release(tag)
            if lease is not None:
                self._releasing.settle([(tag, lease.task_id)])

    def bury(self, tag: str, reason: str) -> None:
        """Move a message to its queue's dead letters."""
        with self._under_way:
            lease = self._release(tag)
            if lease is not None:
                self.tally.dead[lease.queue, reason] += 1
                self._releasing.bury(Burial(tag, lease.task_id, lease.queue, reason, lease.workers_lost))

    def requeue(self, tags: Iterable[str], side: Side) -> None:
        """Put messages back, to be taken again in this order; those that are not held are left alone."""
        with self._under_way:
            held = [tag for tag in tags if self._release(tag) is not None]
            if held:
                self._releasing.requeue(held, side)

    def park(self, items: Sequence[tuple[str, int, float]]) -> None:
        """Park messages until their eta is near: tag, when to put it back in ms, its eta in seconds."""
        with self._under_way:
            held = [item for item in items if self._release(item[0]) is not None]
            if held:
                self._releasing.park(held)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is held, and no command to the server is left."""
        # In this order: a message that is no longer held is under way until it is confirmed or pending.
        return not (self._held or self._under_way.count or self._releasing.pending or self._taking.has_lost_replies)

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
        """Leave a message to its lease, as if it had taken this worker with it: that counts against it."""
        with suppress(RedisError):
            self.mark_started(tag)
        self.abandon(tag)

    def abandon(self, tag: str) -> None:
        """Leave a message to its lease: it comes back, to any worker, once that has run out."""
        self._release(tag)

    def close(self) -> None:
        """End: held messages go back now, as nothing of this process runs any more."""
        if self._pid != os.getpid():
            return
        atexit.unregister(self.close)
        shorten_timeouts_of_pool(self._commands.connection_pool)
        self.requeue(self.held(), "next")
        self._releasing.flush()
        if self._keeper is not None:
            self._keeper.stop()
            self._keeper.join()
        self._close_client()

    def leave(self) -> None:
        """End when nothing is held, without waiting for the keeper: its server may not answer."""
        atexit.unregister(self.close)
        if self._keeper is not None:
            self._keeper.stop()
        self._close_client()

    def _close_client(self) -> None:
        for client in (self._commands, self.measuring.client):
            client.close()
            client.connection_pool.disconnect()

    def _start(self) -> None:
        self._keeper = Keeper(self._keeping, self.options, self.held, self._forget, self._releasing.flush, self.tally)
        self._keeper.start()
        atexit.register(self.close)

    def _release(self, tag: str) -> Lease | None:
        if self._pid != os.getpid():
            return None
        with self._lock:
            return self._held.pop(tag, None)

    def _forget(self, tags: list[str]) -> None:
        for tag in tags:
            # It is released before it is settled, so that a message that is gone but still held was lost.
            lease = self._release(tag)
            if lease is not None:
                self.tally.lost += 1
                logger.warning("The lease of %s (task %s) has run out", tag, lease.task_id)


def new_lease_manager(channel: Channel) -> LeaseManager:
    """Return one with its own connections, made like the channel's.

    Raises:
        ImproperlyConfigured: the server would lose messages, or an option is wrong.
    """
    broker = channel.connection.client
    keys = Keys(prefix=channel.global_keyprefix, steps=tuple(channel.priority_steps))
    options = read_options(broker.transport_options, keys)
    commands = own_client(channel._get_pool(), f"{options.worker_name}:tasks")
    for warning in check_server(commands, broker.as_uri()):
        if warning not in _logged:
            _logged.add(warning)
            logger.warning(warning)
    keeping = own_client(channel._get_pool(), f"{options.worker_name}:leases")
    measuring = own_client(channel._get_pool(), f"{options.worker_name}:health")
    measuring.connection_pool.connection_kwargs.update(quick_settings(ANSWERS_WITHIN_S))
    return LeaseManager(commands, keeping, options, measuring)


# Warnings logged about servers, which are not repeated after each outage.
_logged: set[str] = set()
_managers: dict[tuple[int, object], LeaseManager] = {}
_managers_lock = threading.Lock()


def use_lease_manager(key: object, user: int, make: Callable[[], LeaseManager]) -> LeaseManager:
    """Return this process's manager of a broker, made when there is none; ``user`` keeps it until it leaves.

    Raises what ``make`` raises.
    """
    with _managers_lock:
        manager = _managers.get((os.getpid(), key))
        if manager is None:
            manager = _managers[os.getpid(), key] = make()
        manager.users.add(user)
        return manager


def leave_lease_manager(manager: LeaseManager, key: object, user: int) -> None:
    """Note that a user has left; the manager ends with the last one, if nothing is held."""
    with _managers_lock:
        manager.users.discard(user)
        if manager.users or not manager.is_idle:
            return
        if _managers.pop((os.getpid(), key), None) is not None:
            manager.leave()
