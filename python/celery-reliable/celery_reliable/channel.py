"""A kombu channel that takes messages by script, under leases, instead of by ``BRPOP``."""

import logging
import time
from collections.abc import Callable, Sequence

from kombu.transport import redis as kombu_redis
from redis.exceptions import RedisError, ResponseError

from celery_reliable.admission import Admission
from celery_reliable.envelope import counted_id_of
from celery_reliable.intake import Guard, is_outage
from celery_reliable.lease_manager import LeaseManager
from celery_reliable.lease_managers import leave_lease_manager, new_lease_manager, use_lease_manager
from celery_reliable.limits import counted_id_in, read_within
from celery_reliable.outage import BROKER_OUTAGE, Outage
from celery_reliable.qos import QoS
from celery_reliable.refusals import is_passing
from celery_reliable.sending_channel import SendingChannel
from celery_reliable.sentinel import PrimaryConnection, PrimarySslConnection, quick_sentinel_kwargs
from celery_reliable.suspects import Suspects
from celery_reliable.taken import Taken
from celery_reliable.taking import Delivery
from celery_reliable.types import Payload, RedisPool, Settings
from celery_reliable.waiter import Waiter
from celery_reliable.waiters import Waiters

logger = logging.getLogger(__name__)

# The most messages that one ``take`` returns.
MAX_TAKE = 200
# How often lists without a waiter are checked, and the pause after a refusal of the server.
CHECK_S = 1.0

#: Notifies the sender of an unreadable message, if it is known.
Fail = Callable[[Payload, BaseException], object]


class ReliableChannel(SendingChannel):
    """Mirrors ``kombu.transport.redis.Channel``; consumers without acknowledgements get kombu's own.

    ``fail`` fails the task of a message that cannot be read, if its id can be read; the worker's consumer sets it, and
    ``keeps_results``: the result backend is on the same server, so that results can be stored with acknowledgements.
    """

    QoS = QoS

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.suspects = Suspects()
        self.admission = Admission(self.suspects)
        self.fail: Fail | None = None
        self.keeps_results = False
        self._no_ack: set[str] = set()
        self._waiters = Waiters(lambda: self._get_pool(asynchronous=True))
        self._taken_queues: list[str] | None = None
        self._may_have_messages = True
        self._checked_at = 0.0
        self._paused_until = 0.0
        self._refusals = Outage(logger, "The taking of messages")
        self._leases: LeaseManager | None = None
        self._leases_key: object = None
        super().__init__(*args, **kwargs)

    @property
    def leases(self) -> LeaseManager:
        """The messages that this process holds; it outlives the channel.

        Raises:
            ImproperlyConfigured: the server would lose messages, or an option is wrong.
        """
        if self._leases is None:
            client = self.connection.client
            self._leases_key = (client.as_uri(include_password=True), self.global_keyprefix)
            self._leases = use_lease_manager(self._leases_key, id(self), lambda: new_lease_manager(self))
        return self._leases

    @property
    def has_leases(self) -> bool:
        """Whether it has taken anything."""
        return self._leases is not None

    @property
    def taken_queues(self) -> list[str]:
        """The queues whose messages are acknowledged, and so are taken by script."""
        if self._taken_queues is None:  # asked for in every turn of the loop
            self._taken_queues = [queue for queue in self.active_queues if queue not in self._no_ack]
        return self._taken_queues

    @property
    def popped_queues(self) -> list[str]:
        """The queues whose messages need no acknowledgement; they come by kombu's ``BRPOP``."""
        return [queue for queue in self.active_queues if queue in self._no_ack]

    def basic_consume(self, queue: str, no_ack: bool, *args: object, **kwargs: object) -> object:
        """Start to consume a queue."""
        if no_ack:
            self._no_ack.add(queue)
        self._may_have_messages = True
        consumed = super().basic_consume(queue, no_ack, *args, **kwargs)
        self._taken_queues = None
        return consumed

    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: object) -> object:
        """Take one message, if there is one (mirrors ``virtual.Channel.basic_get``)."""
        if no_ack:
            return super().basic_get(queue, no_ack=True, **kwargs)
        for delivery in self.leases.take([queue], 1):
            with Guard(Taken(self, self.leases.tag(delivery), queue)):
                message = self.Message(self._read(delivery), channel=self)
                self.qos.append(message, message.delivery_tag)
                return message
        return None

    @property
    def has_more(self) -> bool:
        """Whether the lists may have more messages for the room there is."""
        is_paused = time.monotonic() < self._paused_until
        return self._may_have_messages and not is_paused and self.qos.can_consume()

    def take(self) -> int:
        """Settle completed messages, then take and deliver messages while there is room; return how many were
        delivered.

        Raises redis.exceptions.RedisError; messages taken by then are put back or delivered.
        """
        if self._leases is not None:
            self._leases.settle_due()
        delivered = self._deliver_suspect()
        now = time.monotonic()
        due = self._may_have_messages or now - self._checked_at >= CHECK_S
        room = self.qos.can_consume_max_estimate()
        limit = MAX_TAKE if room is None else min(room, MAX_TAKE)
        if not due or limit == 0 or now < self._paused_until:
            return delivered
        deliveries = self._take(limit)
        if time.monotonic() >= self._paused_until:
            self._refusals.over()
        self._checked_at = time.monotonic()
        self._may_have_messages = self.leases.may_have_more
        return delivered + self._deliver(deliveries)

    def wait(self) -> list[Waiter]:
        """Have the waiters wait; return those whose sockets are new to the event loop."""
        is_paused = time.monotonic() < self._paused_until
        if self._may_have_messages or is_paused or not self.qos.can_consume():
            return []
        return self._waiters.wait(self.taken_queues, self.leases.options.keys.queue)

    def on_waiter(self, waiter: Waiter) -> None:
        """Read from a waiter's socket. Raises redis.exceptions.RedisError when the connection broke."""
        try:
            has_message = waiter.read()
        except ResponseError as error:  # for example, the key is not a list
            self._pause("The server refuses to wait for messages", error)
        else:
            self._may_have_messages = self._may_have_messages or has_message

    def put_back_all_but(self, kept: set[str]) -> bool:
        """Put back delivered messages that are not completed, to be taken next; return whether any is left."""
        if self._leases is None:  # nothing was taken: a channel for control commands, for example
            return False
        delivered = tuple(self.qos._delivered)
        waiting = [tag for tag in delivered if tag not in kept]
        self._leases.requeue([*waiting, *self.suspects.clear()], "next")
        return any(map(self._leases.is_held, delivered))

    def close(self) -> None:
        """Close the channel (mirrors ``kombu.transport.redis.Channel.close``)."""
        super().close()
        self._waiters.clear()
        if self._leases is not None:
            leave_lease_manager(self._leases, self._leases_key, id(self))

    def _take(self, limit: int) -> list[Delivery]:
        try:
            may_take_ahead = self.qos.free_slots is None and bool(self.qos.prefetch_count)
            return self.leases.take(self.taken_queues, limit, ahead=may_take_ahead)
        except ResponseError as error:
            # A key of another type, or a busy script: other connections would get the same answer.
            self._pause("The server refuses to deliver messages", error)
            return []

    def _pause(self, what: str, error: Exception) -> None:
        outage = BROKER_OUTAGE if is_passing(error) else self._refusals
        outage.noticed(what, error)
        self._paused_until = time.monotonic() + CHECK_S

    def _deliver(self, deliveries: Sequence[Delivery]) -> int:
        try:
            return sum(self._admit(delivery) for delivery in deliveries)
        finally:
            self.admission.park(self.leases)
            # When a consumer raises, the rest has no owner and would be held forever.
            tags = [self.leases.tag(delivery) for delivery in deliveries]
            self.leases.requeue([tag for tag in tags if tag not in self.qos and tag not in self.suspects], "next")

    def _admit(self, delivery: Delivery) -> int:
        """Have one message consumed; return how many were: 0 when it is held back or given up."""
        with Guard(Taken(self, self.leases.tag(delivery), delivery.queue)) as guard:
            payload = guard.payload = self._read(delivery)
            if self._should_hold(delivery, payload):
                return 0
            self.connection._deliver(payload, delivery.queue)
            return 1
        return 0

    def _read(self, delivery: Delivery) -> Payload:
        """The message under its new tag. Raises what ``read_within`` raises."""
        tag = self.leases.tag(delivery)
        try:
            payload = read_within(delivery.raw, self.leases.options.limits)
        except Exception:
            # Burying a message also clears the losses counted against its task.
            self.leases.identify(tag, counted_id_in(delivery.raw))
            raise
        self.leases.identify(tag, counted_id_of(payload))  # may be the sender's tag
        payload["properties"]["delivery_tag"] = tag
        return payload

    def _should_hold(self, delivery: Delivery, payload: Payload) -> bool:
        try:
            return self.admission.should_hold(self.leases, delivery, payload, self.qos.prefetch_count)
        except Exception as error:
            if not is_outage(error):
                raise
            self._pause("A message cannot be moved to the dead letters yet, and is kept", error)
            self.leases.requeue([self.leases.tag(delivery)], "last")
            return True

    def _deliver_suspect(self) -> int:
        while (suspect := self.suspects.next()) is not None:
            if not self._start_suspect(suspect.tag):
                self.suspects.ended(suspect.tag)
                continue
            with Guard(Taken(self, suspect.tag, suspect.queue)) as guard:
                guard.payload = suspect.payload
                self.connection._deliver(suspect.payload, suspect.queue)
                return 1
        return 0

    def _start_suspect(self, tag: str) -> bool:
        """Note on the server that a suspect starts: if this worker then dies, the loss counts against it."""
        try:
            return self.leases.mark_started(tag)
        except RedisError as error:
            self.leases.requeue([tag], "next" if is_outage(error) else "last")
            if is_outage(error):
                self.suspects.ended(tag)
                raise
            self._pause("The server refuses to record that a task starts", error)
            return False

    def _update_queue_cycle(self) -> None:
        """Leave only queues without acknowledgement to kombu's ``BRPOP``."""
        self._queue_cycle.update(self.popped_queues)

    def _basic_cancel(self, consumer_tag: str) -> object:
        queue = self._tag_to_queue.get(consumer_tag)
        cancelled = super()._basic_cancel(consumer_tag)
        self._no_ack.discard(queue)
        if self._leases is not None:
            self._leases.put_back_ahead()
        self._waiters.close(queue)
        self._taken_queues = None
        return cancelled

    def _poll_error(self, kind: object, **options: object) -> None:
        if isinstance(kind, Waiter):
            self.on_waiter(kind)
        else:
            super()._poll_error(kind, **options)

    def _disconnect_pools(self) -> None:
        super()._disconnect_pools()
        self._waiters.disconnect()


class ReliableSentinelChannel(ReliableChannel, kombu_redis.SentinelChannel):
    """The same behind Redis Sentinel (mirrors ``kombu.transport.redis.SentinelChannel``)."""

    connection_class = PrimaryConnection
    connection_class_ssl = PrimarySslConnection
    sentinel_kwargs: Settings | None = None

    def _get_pool(self, asynchronous: bool = False) -> RedisPool:
        self.sentinel_kwargs = quick_sentinel_kwargs(self.sentinel_kwargs)
        return super()._get_pool(asynchronous)
