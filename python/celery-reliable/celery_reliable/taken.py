"""A message that was taken from Redis under a lease, as the rule of ``intake.py`` sees it."""

from celery_reliable.types import Channel, Message, Payload


class Taken:
    """Mirrors ``celery_reliable.intake.GuardedMessage``."""

    __slots__ = ("_channel", "_tag", "queue")

    def __init__(self, channel: Channel, tag: str, queue: str) -> None:
        self._channel = channel
        self._tag = tag
        self.queue = queue

    @property
    def has_worker(self) -> bool:
        """Whether a worker consumes it: other consumers handle their own errors."""
        return self._channel.fail is not None

    @property
    def is_read(self) -> bool:
        """Whether kombu has read it."""
        return self._tag in self._channel.qos

    @property
    def is_ours(self) -> bool:
        """Whether this worker still has its lease."""
        return bool(self._channel.leases.is_held(self._tag))

    def is_of(self, message: Message) -> bool:
        """Whether a message of kombu's is this one."""
        return bool(message.delivery_tag == self._tag)

    def fail(self, payload: Payload, error: BaseException) -> None:
        """Give its sender the error. Raises what the result backend raises when it is away."""
        if self._channel.fail is not None:
            self._channel.fail(payload, error)

    def bury(self, reason: str) -> None:
        """Move it to the dead letters."""
        self._channel.leases.bury(self._tag, reason)

    def charge(self) -> None:
        """Count the loss of this worker against it."""
        self._channel.leases.charge(self._tag)

    def make_room(self) -> None:
        """Free its place in the prefetch window."""
        self._channel.qos.make_room(self._tag)

    def abandon(self) -> None:
        """Stop renewing its lease: once that has run out, any worker may get it."""
        self._channel.leases.abandon(self._tag)
