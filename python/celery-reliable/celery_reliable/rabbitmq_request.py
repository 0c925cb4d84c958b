"""Celery's request on RabbitMQ, guarded by ``intake.py``; it buries a message that was lost with too many workers."""

import logging

from billiard.exceptions import WorkerLostError
from celery.worker.state import task_ready

from celery_reliable.intake import GuardedMessage
from celery_reliable.keys import Keys
from celery_reliable.limits import check_delivered
from celery_reliable.options import Options
from celery_reliable.rabbitmq_burial import PUT_BACK_HEADER, bury
from celery_reliable.rabbitmq_delivered import Delivered, payload_of_delivered
from celery_reliable.rabbitmq_time_limits import warn_of_message
from celery_reliable.request import Request as ReliableRequest
from celery_reliable.types import Message, Passed, Payload

logger = logging.getLogger(__name__)

DELIVERY_COUNT = "x-delivery-count"


class Request(ReliableRequest):
    """One delivery of a task. ``options``: those of ``celery_reliable.install``."""

    options = Options(Keys())
    message: Message

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        super().__init__(*args, **kwargs)
        if self._delivery_info["priority"] is None:  # AMQP's word for the lowest one
            self._delivery_info["priority"] = 0
        if (self.message.headers or {}).get(PUT_BACK_HEADER) is True:  # the broker counts the copy as a new message
            self._delivery_info["redelivered"] = True
        warn_of_message(self)

    def _hold(self) -> GuardedMessage:
        return delivered(self.message) or Delivered(self._app, self.message, self.options, str(self._hostname))

    @property
    def raw(self) -> Payload:
        """The message as it came."""
        return payload_of_delivered(self.message)

    def _check(self) -> None:
        """Raises InvalidTaskError, and DecodeError for a message over a limit."""
        check_delivered(self.raw, self.options.limits)
        super()._check()

    def reject(self, requeue: bool = False) -> None:
        """Put the message back, or bury it. One that was lost with its pool process counts as lost."""
        if isinstance(self.held, Delivered):
            self.held.is_lost = self._final_error == WorkerLostError.__name__
        super().reject(requeue)

    def _note_reason(self) -> None:
        if isinstance(self.held, Delivered) and self._final_error is not None:
            self.held.note_reason(self._final_error)

    def revoked(self) -> bool:
        """Tell whether the task must not run. Celery asks just before it hands the task to its pool."""
        return bool(super().revoked()) or self._is_given_up()

    def _is_given_up(self) -> bool:
        lost, limit = lost_workers(self.message), self.options.max_deliveries
        if not 0 < limit <= lost or self.acknowledged:
            return False
        error = WorkerLostError(f"Task {self.name}[{self.id}]: {lost} workers were lost while they held it")
        logger.error("%s", error)
        self.task.backend.mark_as_failure(self.id, error, request=self._context, store_result=self.store_errors)
        place = {"queue": self._hold().queue, "worker": str(self._hostname)}
        bury(self._app, self.message, self.options, reason=WorkerLostError.__name__, lost=lost, **place)
        self.acknowledge()
        self._already_revoked = True
        task_ready(self)
        return True


def lost_workers(message: Message) -> int:
    """How many workers were lost while they held a message; 0 where the broker does not count, in classic queues."""
    count = (message.headers or {}).get(DELIVERY_COUNT)
    return count if isinstance(count, int) else 0


def delivered(message: Message) -> Delivered | None:
    """Return the ``Delivered`` of a message, if it has one already."""
    owner: Passed = getattr(message.reject_log_error, "__self__", None)
    return owner if isinstance(owner, Delivered) else None
