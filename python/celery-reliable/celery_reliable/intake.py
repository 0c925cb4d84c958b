"""The one place that every message passes on its way from taken to started, and its one rule for errors.

The rule: an error belongs to the message that was being handled. Its sender gets the error where an id can be read,
the message goes to the dead letters, and the worker continues. Two kinds of error are not the message's own: a
server that is away (the worker reconnects, and the message goes back), and the end of the worker. Anything else
that ends the worker counts as a loss against the message (``LeaseManager.charge``), so that ``max_deliveries`` ends
every loop."""

import logging
from types import TracebackType
from typing import TYPE_CHECKING

from celery.exceptions import TaskRevokedError, WorkerShutdown, WorkerTerminate
from celery.worker import state
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable.limits import payload_of
from celery_reliable.types import Payload

if TYPE_CHECKING:
    from celery_reliable.channel import ReliableChannel

logger = logging.getLogger(__name__)

# Not KeyError and not every OSError, which kombu counts among the errors of a connection as well.
_AWAY = (RedisConnectionError, RedisTimeoutError, OperationalError, ConnectionError, TimeoutError)
_ENDS = (SystemExit, KeyboardInterrupt, GeneratorExit)
#: The dead letter's reason when nothing of the message could be read.
UNDECODABLE = "undecodable"


def is_outage(error: BaseException) -> bool:
    """Whether a server is away, so that another try may succeed, and no message is to blame."""
    return isinstance(error, _AWAY)


class Guard:
    """``with Guard(channel, tag, queue):`` around all handling of one message, until it is started.

    What follows the block runs only if the message was given up: leave the block with ``return``. Celery's
    ``TaskRevokedError`` passes through; it means that a task does not run, and gives its slot back.
    """

    def __init__(self, channel: "ReliableChannel", tag: str, queue: str) -> None:
        self.payload: Payload | None = None  # the message, as soon as it was read
        self._channel = channel
        self._tag = tag
        self._queue = queue

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: TracebackType | None) -> bool:
        if error is None or isinstance(error, TaskRevokedError) or is_outage(error):
            return False
        if isinstance(error, _ENDS):
            if not isinstance(error, (WorkerShutdown, WorkerTerminate)):
                self._channel.leases.charge(self._tag)
            return False
        if self._channel.fail is None and self._tag in self._channel.qos:
            return False  # no worker: other consumers handle their own errors
        try:
            self._give_up(error)
        except BaseException as second:
            if not is_outage(second):
                self._channel.leases.charge(self._tag)
            raise
        return True

    def report(self, error: BaseException) -> None:
        """Give the sender the error, if the message has an id. Raises what the result backend raises."""
        if self._channel.fail is not None and self.payload is not None:
            self._channel.fail(self.payload, error)

    def reason_for(self, error: BaseException) -> str:
        """Return why the message is a dead letter."""
        is_read = self._tag in self._channel.qos or payload_of(error)
        return type(error).__name__ if is_read else UNDECODABLE

    @property
    def was_acknowledged(self) -> bool:
        """Whether the message ended before its task did."""
        return False

    def _give_up(self, error: BaseException) -> None:
        channel, tag = self._channel, self._tag
        # A message over a limit was not read, but its identifying fields are known.
        self.payload = payload_of(error) or self.payload
        if channel.leases.is_held(tag) or self.was_acknowledged:  # else it has ended, or another worker has it
            logger.error("A message of %s goes to the dead letters: %r", self._queue, error, exc_info=error)
            try:
                self.report(error)
            except BaseException as unreported:
                if is_outage(unreported) or isinstance(unreported, _ENDS):
                    raise
                logger.error("The failure of the message cannot be stored: %r", unreported)
            channel.leases.bury(tag, self.reason_for(error))
        else:
            logger.error("An error in the handling of a message that has ended: %r", error, exc_info=error)
        forget_request(tag)
        channel.qos.let_go(tag)


def forget_request(tag: str) -> None:
    """Remove an ended message from Celery's records: a reserved request takes up a slot."""
    for request in tuple(state.requests.values()):
        message = request.message
        if message is not None and message.delivery_tag == tag:
            state.task_ready(request)
