"""Messages without a lease, as the rule of ``intake.py`` sees them: a task of a Broadcast queue, or of one without
acknowledgements. The server keeps neither, so there is nothing to renew, to put back or to bury.
"""

import logging
from collections.abc import Callable
from itertools import count

from celery_reliable.intake import Guard
from celery_reliable.limits import read_within
from celery_reliable.sending_channel import SendingChannel
from celery_reliable.taken import Taken
from celery_reliable.types import Payload

logger = logging.getLogger(__name__)

#: Notifies the sender of an unreadable message, if it is known.
Fail = Callable[[Payload, BaseException], object]

# No lease's tag begins with it, because no worker's name does. The sender's own tag could be that of a lease.
_PREFIX = "\0"
_numbers = count(1)


def is_leaseless(tag: object) -> bool:
    """Whether a message with this tag has no lease."""
    return isinstance(tag, str) and tag.startswith(_PREFIX)


class Leaseless(Taken):
    """Mirrors ``celery_reliable.intake.GuardedMessage``."""

    __slots__ = ()

    @property
    def is_read(self) -> bool:
        """Whether kombu has read it."""
        return True

    @property
    def is_ours(self) -> bool:
        """Whether it is not completed yet."""
        return self._tag not in self._channel.qos._dirty

    def bury(self, reason: str) -> None:
        """Drop it."""
        logger.error("A message of %s is dropped (%s): the server keeps no message of this queue", self.queue, reason)

    def charge(self) -> None:
        """Do nothing: no other worker gets it."""

    def abandon(self) -> None:
        """Do nothing: no other worker gets it."""


class LeaselessChannel(SendingChannel):
    """Consumes queues without leases (mirrors ``kombu.transport.redis.Channel``).

    ``fail`` fails the task of a message that cannot be read, if its id can be read; the worker's consumer sets it.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.fail: Fail | None = None
        self._no_ack: set[str] = set()
        super().__init__(*args, **kwargs)

    @property
    def popped_queues(self) -> list[str]:
        """The queues whose messages need no acknowledgement; they come by kombu's ``BRPOP``."""
        return [queue for queue in self.active_queues if queue in self._no_ack]

    def basic_consume(self, queue: str, no_ack: bool, *args: object, **kwargs: object) -> object:
        """Start to consume a queue (mirrors ``kombu.transport.redis.Channel.basic_consume``)."""
        if no_ack:
            self._no_ack.add(queue)
        consumed = super().basic_consume(queue, no_ack, *args, **kwargs)
        if no_ack or queue in self._fanout_queues:
            callbacks = self.connection._callbacks
            callbacks[queue] = self._delivering(queue, callbacks[queue])
        return consumed

    def _delivering(self, queue: str, deliver: Callable[[Payload], object]) -> Callable[[Payload], object]:
        def run(payload: Payload) -> None:
            tag = f"{_PREFIX}{next(_numbers)}"
            with Guard(Leaseless(self, tag, queue)) as guard:
                payload["properties"]["delivery_tag"] = tag
                guard.payload = payload
                deliver(payload)

        return run

    def _read_broadcast(self, raw: bytes, queue: str) -> Payload | None:
        """Read what was broadcast: to remote control, or a task, which has a task's limits."""
        if queue in self._no_ack:
            return super()._read_broadcast(raw, queue)
        with Guard(Leaseless(self, f"{_PREFIX}{next(_numbers)}", queue)):
            return read_within(raw, self._limits)
        return None

    def _brpop_read(self, **options: object) -> object:
        """Read a message without acknowledgement; a worker drops an unreadable one."""
        try:
            return super()._brpop_read(**options)
        except ValueError as error:
            if self.fail is None:
                raise
            logger.error("A message without acknowledgement cannot be read: %s", error)
            return True
