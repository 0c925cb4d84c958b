"""Tracks the messages of a channel that are not completed, and completes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kombu.transport import redis as kombu_redis
from kombu.transport import virtual

from celery_reliable.handing_over import Handed

if TYPE_CHECKING:
    from celery_reliable.channel import ReliableChannel


class QoS(kombu_redis.QoS):
    """Acknowledges and puts back by tag, through the process's lease manager (mirrors ``kombu.transport.redis.QoS``).

    ``detached``: the connection is lost. Running tasks continue, and their messages are neither put back nor
    dropped. ``free_slots``: with Celery's ``worker_disable_prefetch``, how many tasks could start now; no more are
    taken. ``window``: Celery's own limit of held messages, which ``prefetch_count`` follows only when the worker's
    loop turns.
    """

    channel: "ReliableChannel"
    detached = False
    free_slots: Callable[[], int] | None = None
    window: Callable[[], int] | None = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._reasons: dict[str, str] = {}
        self._handed: dict[str, tuple[Handed, str]] = {}

    def note_reason(self, tag: str, reason: str) -> None:
        """Note why a message is about to be rejected, for its dead letter."""
        self._reasons[tag] = reason

    def note_handed(self, tag: str, handed: Handed, task_id: str) -> None:
        """Note a task's result, to be stored when its message is acknowledged."""
        self._handed[tag] = (handed, task_id)

    def append(self, message: object, delivery_tag: str) -> None:
        """Note a message that ``take`` has already recorded on the server."""
        virtual.QoS.append(self, message, delivery_tag)

    def __contains__(self, tag: str) -> bool:
        return tag in self._delivered

    def can_consume(self) -> bool:
        """Tell whether there is room for another message."""
        room = self.can_consume_max_estimate()
        return room is None or room > 0

    def can_consume_max_estimate(self) -> int | None:
        """How many messages there is room for; None when there is no limit."""
        rooms = []
        if self.prefetch_count:
            # Counted first: a message that a pool's thread completes meanwhile must not make room twice, after its
            # eta already did.
            held = len(self._delivered) - len(self._dirty)
            limit = int(self.prefetch_count)
            rooms.append((limit if self.window is None else min(limit, self.window())) - held)
        if self.free_slots is not None:
            rooms.append(self.free_slots())
        return max(0, min(rooms)) if rooms else None

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message; when the server is away, as soon as it is back."""
        self.channel.leases.settle(delivery_tag, *self._handed.pop(delivery_tag, ()))
        self.make_room(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Put a message back, to be taken last, or move it to the dead letters."""
        reason = self._reasons.pop(delivery_tag, "rejected")
        if requeue:
            self.channel.leases.requeue([delivery_tag], "last")
        else:
            self.channel.leases.bury(delivery_tag, reason)
        self.make_room(delivery_tag)

    def make_room(self, delivery_tag: str) -> None:
        """Stop counting a message that is completed, or no longer ours."""
        if delivery_tag in self:  # one that could not be read was never counted
            virtual.QoS.ack(self, delivery_tag)
        self.channel.suspects.ended(delivery_tag)

    def restore_unacked(self, _client: object = None) -> list[object]:
        """Put back every message that is not completed, to be taken next in the same order."""
        self._flush()
        tags = [*self._delivered, *self.channel.suspects.clear()]
        if tags:
            self.channel.leases.requeue(tags, "next")
        self._delivered.clear()
        return []

    def restore_unacked_once(self, stderr: object = None) -> None:
        """Put messages back at shutdown, but not after a lost connection, because running tasks are still ours."""
        if self.detached:
            self._on_collect.cancel()
            return
        if len(self.channel.suspects) and not self._delivered:
            self.restore_unacked()
        super().restore_unacked_once(stderr)

    def restore_visible(self, *args: object, **kwargs: object) -> None:
        """Do nothing: our own sweep uses leases, and kombu's is for stock workers."""
