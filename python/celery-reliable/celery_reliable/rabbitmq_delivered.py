"""A message that RabbitMQ has delivered, as the rule of ``intake.py`` sees it."""

import logging
from collections.abc import Callable

from celery_reliable.intake import fail_task, is_outage
from celery_reliable.options import Options
from celery_reliable.rabbitmq_alarm import BrokerBlockedError
from celery_reliable.rabbitmq_burial import bury, put_back, queue_of
from celery_reliable.types import App, Message, Passed, Payload

logger = logging.getLogger(__name__)

# The pause after the broker has refused a copy, for example without permission.
BURY_AGAIN_S = 30.0
Later = Callable[[float, Callable[[], None]], object]


class Delivered:
    """Mirrors ``celery_reliable.intake.GuardedMessage``. Its lease is the connection.

    The broker counts losses and requeues.
    """

    has_worker = True
    is_read = True
    #: Whether the broker is to count a loss if it is put back.
    is_lost = False

    def __init__(
        self,
        app: App,
        message: Message,
        options: Options,
        worker: str,
        queue: str | None = None,
        later: Later | None = None,
    ) -> None:
        """``later``: calls a function after a number of seconds."""
        self.queue = queue or queue_of(message)
        self._later = later
        self._app = app
        self._message = message
        self._options = options
        self._worker = worker
        self._reject = message.reject_log_error
        self._reason = "rejected"
        message.reject_log_error = self.reject

    @property
    def is_ours(self) -> bool:
        """Whether it is not completed yet, and its connection is still open."""
        message = self._message
        return not message.acknowledged and getattr(message.channel, "connection", None) is not None

    def is_of(self, message: Message) -> bool:
        """Whether a message of kombu's is this one: tags are counted per channel."""
        return message is self._message

    def note_reason(self, reason: str) -> None:
        """Note why it is about to be rejected."""
        self._reason = reason

    def reject(self, log: logging.Logger, errors: Passed, requeue: bool = False) -> None:
        """Put it back, or move it to the dead letters, where stock Celery drops it (``Message.reject_log_error``)."""
        if not requeue:
            if not self._message.acknowledged:
                self.bury(self._reason)
        elif self.is_lost or not self.is_ours:
            self._reject(log, errors, requeue=True)
        else:
            self.put_back()

    def put_back(self) -> bool:
        """Put it back without counting a loss, though the broker counts what is returned to it. False: it did count."""
        try:
            put_back(self._app, self._message, self.queue)
        except Exception as error:
            logger.warning("A message of %s goes back as if its worker had been lost: %r", self.queue, error)
            self._reject(logger, OSError, requeue=True)
            return False
        self._message.ack_log_error(logger, OSError)
        return True

    def fail(self, payload: Payload, error: BaseException) -> None:
        """Give its sender the error. Raises what the result backend raises when it is away."""
        fail_task(self._app, payload, error)

    def bury(self, reason: str, lost: int = 0) -> None:
        """Copy it to the dead letters, then acknowledge it; if the copy fails, this worker keeps it.

        So does a broker with an alarm, which still delivers: reconnecting would count all running tasks as lost.

        Raises ConnectionError when the broker is away.
        """
        message = self._message
        place = {"queue": self.queue, "worker": self._worker}
        try:
            bury(self._app, message, self._options, reason=reason, lost=lost, **place)
        except Exception as error:
            if is_outage(error) and not isinstance(error, BrokerBlockedError):
                raise ConnectionError(f"the dead letters of {self.queue} cannot be reached: {error}") from error
            logger.critical(
                "The broker does not take a dead letter of %s, so this worker holds its message: %r",
                self.queue,
                error,
            )
            self._bury_later(reason, lost)
            return
        if not message.acknowledged:
            message.ack_log_error(logger, OSError)

    def _bury_later(self, reason: str, lost: int) -> None:
        def again() -> None:
            try:
                if self.is_ours:
                    self.bury(reason, lost)
            except ConnectionError:
                self._bury_later(reason, lost)

        if self._later is not None:
            self._later(BURY_AGAIN_S, again)

    def charge(self) -> None:
        """Do nothing: the broker counts a message that comes back from a lost connection."""

    def make_room(self) -> None:
        """Do nothing: an acknowledgement makes room."""

    def abandon(self) -> None:
        """Put it back."""
        if self.is_ours:
            self._reject(logger, OSError, requeue=True)


def payload_of_delivered(message: Message) -> Payload:
    """Return a message as ``envelope.py`` reads it."""
    headers = dict(message.headers or {})
    if not message.errors:  # kombu has decompressed the body
        headers.pop("compression", None)
    kind = {"content-type": message.content_type, "content-encoding": message.content_encoding}
    return {**kind, "headers": headers, "properties": {}, "body": message.body}
