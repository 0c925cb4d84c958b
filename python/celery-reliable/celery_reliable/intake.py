"""Handles the errors of every message between taking and starting it.

The rule: an error belongs to the message that was being handled. Its sender gets the error where an id can be read,
the message goes to the dead letters, and the worker continues. Two kinds of error are not the message's own: a
server that is away (the worker reconnects, and the message goes back), and the end of the worker. Anything else
that ends the worker counts as a loss against the message (``LeaseManager.charge``), so that ``max_deliveries`` ends
every loop."""

import json
import logging
from types import TracebackType
from typing import Protocol

from amqp.exceptions import RecoverableConnectionError
from celery.app.task import Context
from celery.exceptions import TaskRevokedError, WorkerShutdown, WorkerTerminate
from celery.worker import state
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable.envelope import body_text, headers_of, id_for_sender
from celery_reliable.limits import payload_of
from celery_reliable.task_message import checked_body
from celery_reliable.types import App, Message, Payload

logger = logging.getLogger(__name__)

# Not KeyError and not every OSError, which kombu counts among the errors of a connection as well.
_AWAY = (
    RedisConnectionError,
    RedisTimeoutError,
    RecoverableConnectionError,
    OperationalError,
    ConnectionError,
    TimeoutError,
)
_ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit)
#: The dead letter's reason when nothing of the message could be read.
UNDECODABLE = "undecodable"


def is_outage(error: BaseException) -> bool:
    """Whether a server is away, so that another try may succeed, and no message is to blame."""
    return isinstance(error, _AWAY)


class GuardedMessage(Protocol):
    """A message that this worker holds, as the rule needs it, on any broker."""

    queue: str

    @property
    def has_worker(self) -> bool:
        """Whether the consumer is a worker's, which can report an error to the sender."""

    @property
    def is_read(self) -> bool:
        """Whether kombu has read it."""

    @property
    def is_ours(self) -> bool:
        """Whether it is not completed yet, and no other worker has it."""

    def is_of(self, message: Message) -> bool:
        """Whether a message of kombu's is this one."""

    def fail(self, payload: Payload, error: BaseException) -> None:
        """Give its sender the error. Raises what the result backend raises when it is away."""

    def bury(self, reason: str) -> None:
        """Move it to the dead letters."""

    def charge(self) -> None:
        """Count the loss of this worker against it."""

    def make_room(self) -> None:
        """Free its place in the prefetch window."""

    def abandon(self) -> None:
        """Leave it to other workers."""


class Guard:
    """``with Guard(held):`` around all handling of one message, until it is started.

    Code after the block runs only if the message was buried: leave the block with ``return``. Celery's
    ``TaskRevokedError`` passes through; it means that a task does not run, and gives its slot back.
    """

    def __init__(self, held: GuardedMessage) -> None:
        self.payload: Payload | None = None  # the message, once it was read
        self._held = held

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: TracebackType | None) -> bool:
        if error is None or isinstance(error, TaskRevokedError) or is_outage(error):
            return False
        if isinstance(error, _ENDS):
            if not isinstance(error, (WorkerShutdown, WorkerTerminate)):
                self._held.charge()
            return False
        if not self._held.has_worker and self._held.is_read:
            return False  # other consumers handle their own errors
        try:
            self._give_up(error)
        except BaseException as second:
            if not is_outage(second):
                self._held.charge()
            raise
        return True

    def report(self, error: BaseException) -> None:
        """Give the sender the error, if the message has an id. Raises what the result backend raises."""
        if self.payload is not None:
            self._held.fail(self.payload, error)

    def reason_for(self, error: BaseException) -> str:
        """Return why the message is a dead letter."""
        is_read = self._held.is_read or payload_of(error)
        return type(error).__name__ if is_read else UNDECODABLE

    @property
    def was_acknowledged(self) -> bool:
        """Whether the message ended before its task did."""
        return False

    def _give_up(self, error: BaseException) -> None:
        held = self._held
        # A message over a limit was not parsed, but its identifying fields are known.
        self.payload = payload_of(error) or self.payload
        if held.is_ours or self.was_acknowledged:  # else it is completed, or another worker has it
            logger.error("A message of %s goes to the dead letters: %r", held.queue, error, exc_info=error)
            try:
                self.report(error)
            except BaseException as unreported:
                if is_outage(unreported) or isinstance(unreported, _ENDS):
                    raise
                logger.error("The failure of the message cannot be stored: %r", unreported)
            held.bury(self.reason_for(error))
        else:
            logger.error("An error in the handling of a completed message: %r", error, exc_info=error)
        forget_request(held)
        held.make_room()


def forget_request(held: GuardedMessage) -> None:
    """Remove a completed message from Celery's records, where a reserved request takes up a slot."""
    for request in tuple(state.requests.values()):
        if request.message is not None and held.is_of(request.message):
            state.task_ready(request)


def fail_task(app: App, payload: Payload, error: BaseException) -> None:
    """Store a message's failure for its sender, if an id can be read, and fail its chord and the rest of its chain.

    In stock Celery, those of a task that is not registered wait forever (``Consumer.on_unknown_task``). Called before
    the message leaves: if this worker dies in between, another one fails the task again.

    Raises the result backend's error if it is away.
    """
    task_id = id_for_sender(payload)
    if not task_id:
        return
    try:
        # First without the request, so that an invalid rest of the message does not hide the failure from the sender.
        app.backend.mark_as_failure(task_id, error)
        if (request := _context_of(payload, task_id)) is not None:
            app.backend.mark_as_failure(task_id, error, request=request)
    except Exception as unstorable:
        if is_outage(unstorable):
            raise
        logger.error("The failure of task %s cannot be stored: %r", task_id, unstorable)


def _context_of(payload: Payload, task_id: str) -> Context | None:
    """Return the request of a task that cannot run, with its callbacks; None if its body cannot be read."""
    try:
        body = json.loads(body_text(payload) or b"null")
        if isinstance(body, list):
            args, kwargs, embed = checked_body(*body)
            fields = {**headers_of(payload), **embed, "args": args, "kwargs": kwargs}
        else:  # protocol 1
            _, _, embed = checked_body(None, None, {**body, "chain": None})
            fields = {**body, **embed, "group": body.get("taskset")}
        return Context(fields, id=task_id, delivery_info={})
    except Exception:  # any error in reading a body
        return None
