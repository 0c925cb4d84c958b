"""Celery's request, which also knows the lease of its message.

Mirrors ``celery.worker.request.Request``; chosen by the attribute ``Task.Request``.
"""

import logging
from functools import cached_property

from billiard.einfo import ExceptionWithTraceback
from celery.exceptions import Ignore, Reject, Retry, WorkerLostError
from celery.worker.request import create_request_cls
from celery.worker.state import task_ready

from celery_reliable.asking import RecheckingPool
from celery_reliable.channel import ReliableChannel
from celery_reliable.counted import CountedRequest
from celery_reliable.guarded import guard_methods
from celery_reliable.handing_over import Handed, HandingPool, sends_task_events
from celery_reliable.intake import GuardedMessage
from celery_reliable.received import note_received
from celery_reliable.taken import Taken
from celery_reliable.task_message import check_headers, checked_body
from celery_reliable.types import Message, Outcome, Passed, Payload, WorkerPool

logger = logging.getLogger(__name__)

# The pause before a task whose pool process was lost runs again; `Task.worker_lost_retry_delay` overrides it.
WORKER_LOST_RETRY_DELAY_S = 1.0


class Request(CountedRequest):
    """One delivery of a task.

    It reads these attributes of its task: ``dead_letter_on_failure`` (false) and ``worker_lost_retry_delay``
    (1 s).
    """

    acknowledged: bool
    _final_error: str | None = None
    # How to complete the message, set while Celery handles the end of the task, and done after everything else.
    _payload: object
    _is_ending = False
    _end: str | None = None
    _held_events: list[tuple[str, Payload]] | None = None
    _is_rejection_sent = False

    def __init_subclass__(cls, **kwargs: Passed) -> None:
        """Also guard the class that Celery derives for a task (``create_request_cls``): its methods differ."""
        super().__init_subclass__(**kwargs)
        if cls.__qualname__.startswith(create_request_cls.__name__):  # the derived one would bypass ours
            cls.execute_using_pool = Request.execute_using_pool  # type: ignore[method-assign]
        guard_methods(cls)

    def __init__(self, message: Message, *args: Passed, **kwargs: Passed) -> None:
        self._channel = message.channel if isinstance(message.channel, ReliableChannel) else None
        super().__init__(message, *args, **kwargs)
        self.held = self._hold()
        note_received(self)
        if self.held is not None:
            self._check()

    def _hold(self) -> GuardedMessage | None:
        """Return the message as ``intake.py`` sees it; None for other transports."""
        if self._channel is None:
            return None
        queue = (self.message.delivery_info or {}).get("routing_key") or "an unknown queue"
        return Taken(self._channel, self.message.delivery_tag, queue)

    @property
    def raw(self) -> Payload:
        """The message as it came."""
        return self.message._raw  # type: ignore[no-any-return]

    @property
    def channel(self) -> ReliableChannel | None:
        """The channel that took the message; None when another transport did."""
        return self._channel

    def _check(self) -> None:
        """Raises InvalidTaskError."""
        check_headers(self._request_dict)
        given: Passed = self._payload
        args, kwargs, embed = checked_body(*given)
        if args is not given[0] or kwargs is not given[1] or embed is not given[2]:
            # The pool process gets the values read here, not the text.
            self._body = self._payload = (args, kwargs, embed)
            self._content_type = self._content_encoding = None
            self._args = self._request_dict["args"] = args
            self._kwargs = self._request_dict["kwargs"] = kwargs

    def execute_using_pool(self, pool: WorkerPool, **kwargs: Passed) -> Passed:
        """Send the task to the pool (mirrors ``Request.execute_using_pool``), whose answer may bring its result along.

        Not while events are sent: a task's result must be stored before monitors learn of its success.
        """
        if self.held is not None and not getattr(pool, "uses_semaphore", False):
            pool = RecheckingPool(pool, self.revoked)
        may_wait = self._channel is not None and self._channel.keeps_results and self.task.acks_late
        hands_over = may_wait and not sends_task_events(self._eventer)
        return super().execute_using_pool(HandingPool(pool) if hands_over else pool, **kwargs)

    def note_handed(self, handed: Handed) -> None:
        """Store the result with the acknowledgement, or now if the message is already completed."""
        if self._channel is None:
            return
        if self.acknowledged:
            self._channel.leases.settle("", handed, self.id)
        else:
            self._channel.qos.note_handed(self.message.delivery_tag, handed, self.id)

    @cached_property
    def stamps(self) -> Payload:
        """The task's stamps (mirrors ``Request.stamps``, which Celery asks for again for every header)."""
        return dict(super().stamps)

    def revoked(self) -> bool:
        """Tell whether the task must not run; also true once its lease was lost to another worker.

        Celery asks just before it hands the task to its pool.
        """
        return bool(super().revoked()) or self._has_lost_its_lease()

    def on_failure(self, exc_info: Outcome, *args: Passed, **kwargs: Passed) -> Passed:
        """Handle a failure; a final one may go to the dead letters."""
        error = exc_info.exception
        if isinstance(error, ExceptionWithTraceback):
            error = error.exc
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            self._final_error = WorkerLostError.__name__
        elif not isinstance(error, (Ignore, Reject, Retry)):
            self._final_error = type(error).__name__
        returned = super().on_failure(exc_info, *args, **kwargs)
        if self._final_error == WorkerLostError.__name__ and self.acknowledged:
            logger.error("Task %s[%s] has failed for good: %r", self.name, self.id, error)  # the pool knows no id
        return returned

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """Handle a time limit; the hard one is a final failure."""
        if not soft:
            self._final_error = "TimeLimitExceeded"
        super().on_timeout(soft, timeout)

    def acknowledge(self) -> None:
        """Acknowledge the message, or move it to the dead letters."""
        if self._is_ending:
            self._end_later("acknowledge")
            return
        keeps = self._final_error is not None and getattr(self.task, "dead_letter_on_failure", False)
        if keeps and self.held is not None and not self.acknowledged:
            self._note_reason()
            self._on_reject(logger, self._connection_errors, False)
            self.acknowledged = True
            return
        super().acknowledge()

    def reject(self, requeue: bool = False) -> None:
        """Put the message back, or move it to the dead letters with the error that ended it."""
        if self._is_ending:
            if not self.acknowledged:
                self._end_later("requeue" if requeue else "reject")
                self.send_event("task-rejected", requeue=requeue)  # where Celery sends it: before the failure
                self._is_rejection_sent = True
            return
        if self._final_error is not None and not requeue and not self.acknowledged:
            self._note_reason()
        super().reject(requeue)
        if requeue:
            self._final_error = None

    def _end_later(self, how: str) -> None:
        if not self.acknowledged:
            self._end, self.acknowledged = how, True

    @property
    def may_be_skipped(self) -> bool:
        """Whether Celery may silently skip a task that has succeeded before."""
        return bool(self._app.conf.worker_deduplicate_successful_tasks and self._delivery_info["redelivered"])

    def forget_end(self) -> None:
        """Forget how Celery wanted to complete the message, after an error in between."""
        if self._end is not None:
            self._end, self.acknowledged = None, False

    def end(self) -> None:
        """Complete the message in the way that Celery asked for while it handled the end of the task, if it asked."""
        how = self._end
        if how is None:
            return
        self._end, self.acknowledged = None, False
        if how == "acknowledge":
            self.acknowledge()
        else:
            self.reject(requeue=how == "requeue")

    def fail(self, error: BaseException) -> None:
        """Store the failure of a task that cannot be started or completed, and run its follow-ups.

        Raises what the result backend or a follow-up raises.
        """
        context, stores = self._context, self.store_errors
        self.task.backend.mark_as_failure(self.id, error, request=context, store_result=stores)

    def send_event(self, type: str, **fields: object) -> None:  # noqa: A002 Celery's name
        """Send an event: a revocation's after its state is stored, a rejection's only once."""
        if type == "task-rejected" and self._is_rejection_sent:
            return
        if self._held_events is None:
            super().send_event(type, **fields)
        else:
            self._held_events.append((type, fields))

    def _announce_revoked(self, *args: Passed) -> None:
        """Store the revocation, then notify monitors; Celery notifies them first.

        Where storing fails, no event is sent: the message comes back, and is revoked again.
        """
        held = self._held_events = []
        try:
            super()._announce_revoked(*args)
        finally:
            self._held_events = None
        for event, fields in held:
            self.send_event(event, **fields)

    def _note_reason(self) -> None:
        if self._channel is not None and self._final_error is not None:
            self._channel.qos.note_reason(self.message.delivery_tag, self._final_error)

    def _has_lost_its_lease(self) -> bool:
        channel, tag = self._channel, self.message.delivery_tag
        if channel is None or self.acknowledged:
            return False
        if channel.leases.is_held(tag):
            return False
        logger.warning("Task %s[%s] is not run: the lease of its message has run out", self.name, self.id)
        self._already_revoked = True
        task_ready(self)
        channel.qos.make_room(tag)
        return True

    def _is_with_others(self, channel: ReliableChannel) -> bool:
        return not self.acknowledged and not channel.leases.is_held(self.message.delivery_tag)

    def _success_was_stored(self) -> object:
        """Whether a task whose process was lost need not run again.

        A part of a chord is counted after its result is stored: it runs again, and counts once.
        """
        stored = not self.chord and super()._success_was_stored()
        if stored:
            self._final_error = None
        return stored

    def _retry_worker_lost(self, exc: object, exc_info: object) -> object:
        """Retry soon a task whose pool process was lost, because the task need not be the cause.

        Not if its lease was lost as well: then another worker already runs it.
        """
        if self._channel is not None and self._is_with_others(self._channel):
            logger.warning("Task %s[%s] is not retried: the lease of its message has run out", self.name, self.id)
            self._channel.qos.make_room(self.message.delivery_tag)
            return True
        task, error = self.task, self._final_error
        stock_delay = task.default_retry_delay
        task.default_retry_delay = getattr(task, "worker_lost_retry_delay", WORKER_LOST_RETRY_DELAY_S)
        self._final_error = None
        try:
            is_retried = super()._retry_worker_lost(exc, exc_info)
        finally:
            task.default_retry_delay = stock_delay
        if not is_retried:
            self._final_error = error
        return is_retried


guard_methods(Request)
