"""Remote control and gossip, whose messages cannot end the worker: bootsteps for our consumer's blueprint.

Guarantee: an exception during a command is its answer, and at most a line a minute in the log; the mailbox stays open.
Stock Celery closes the mailbox and opens a new one, and misses the messages in between.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from celery import bootsteps
from celery.worker import control, pidbox
from celery.worker.consumer.control import Control as CeleryControl
from celery.worker.consumer.gossip import Gossip as CeleryGossip
from celery.worker.consumer.tasks import Tasks
from kombu.exceptions import ContentDisallowed, DecodeError
from kombu.utils.url import maybe_sanitize_url

from celery_reliable.clock import ignore_unusable_clock
from celery_reliable.control_arguments import check_arguments
from celery_reliable.control_patterns import check_pattern
from celery_reliable.control_refusals import refusal_of
from celery_reliable.fanout import MalformedBroadcastError
from celery_reliable.intake import is_outage
from celery_reliable.line_limit import CONTROL_LINES, MALFORMED
from celery_reliable.outage import BROKER_OUTAGE, lost_line
from celery_reliable.queue_check import check_queue
from celery_reliable.revoking import COMMANDS
from celery_reliable.types import Message, Passed, Payload, Settings

# The end of the year 9999, the latest time in Python.
_LATEST_S = 253_402_300_800


class Handlers(Mapping[str, Callable[..., object]]):
    """Celery's commands and the app's own (``Panel``), each of which checks its arguments first."""

    def __getitem__(self, command: str) -> Callable[..., object]:
        return partial(self._obey, command)

    def __iter__(self) -> Iterator[str]:
        return iter(control.Panel.data)

    def __len__(self) -> int:
        return len(control.Panel.data)

    @staticmethod
    def _obey(command: str, state: Passed, /, **arguments: Passed) -> object:
        """Return the command's answer, also for an error; kombu would log each error with its stack."""
        handler = control.Panel.data.get(command)
        if handler is None:
            CONTROL_LINES.error("unknown control commands", "No such control command: %.200r", command)
            return {"error": repr(KeyError(command))}
        handler = COMMANDS.get(handler, handler)
        try:
            check_arguments(command, arguments)
            if (refusal := refusal_of(command, arguments, state)) is not None:
                return control.nok(refusal)
            if command == "add_consumer" and "queue" in arguments:
                check_queue(state.consumer.task_consumer.channel, arguments["queue"])
            if command == "pool_shrink" and arguments.get("n") == 0:
                return control.ok("pool will shrink")  # by 0: billiard's pool would end a process
            return handler(state, **arguments)
        except Exception as error:
            if is_outage(error):
                BROKER_OUTAGE.noticed(lost_line(f"the control command {command}", error), error)
            else:
                kind = f"errors of the control command {command}"
                CONTROL_LINES.error(kind, "Control command error: %s: %s", command, error, exc_info=error)
            return {"error": repr(error)}


class Pidbox(pidbox.Pidbox):
    """The worker's mailbox (mirrors ``celery.worker.pidbox.Pidbox``)."""

    def __init__(self, c: object) -> None:
        super().__init__(c)
        self.node.handlers = Handlers()

    def start(self, c: object) -> None:
        """Open it. Raises redis.exceptions.RedisError."""
        super().start(c)
        self.consumer.on_decode_error = _ignore

    def on_message(self, body: object, message: Message) -> None:
        """Execute a command."""
        self._forward_clock()
        try:
            _check_command(body)
            ignore_unusable_clock(message.headers)
            self.node.handle_message(body, message)
        except Exception as error:
            if is_outage(error):
                BROKER_OUTAGE.noticed(lost_line("the answer to a control command", error), error)
            else:
                _ignore(message, error)


def without_password(stats: Settings) -> Settings:
    """Return the consumer's part of ``stats`` without the password of a Unix socket.

    Celery takes the password out; the host name of a socket is its whole URL.
    """
    broker = stats.get("broker")
    if isinstance(broker, dict):
        broker["hostname"] = maybe_sanitize_url(broker.get("hostname") or "")
    return stats


class Control(CeleryControl):
    """Celery's step with this mailbox."""

    requires = (Tasks,)
    name = CeleryControl.name

    def __init__(self, c: object, **kwargs: object) -> None:
        super().__init__(c, **kwargs)
        self.box = Pidbox(c)
        self.start, self.stop, self.shutdown = self.box.start, self.box.stop, self.box.shutdown


class Gossip(CeleryGossip):
    """Celery's step, which ignores an event that would corrupt its view of the other workers."""

    name = CeleryGossip.name
    # Celery's own, which a worker without gossip does not set.
    update_state: Callable[[Passed], Passed]

    def __init__(self, c: object, **kwargs: object) -> None:
        super().__init__(c, **kwargs)
        if self.enabled:
            self.update_state = _checked(self.update_state)

    def on_message(self, prepare: Callable[[Passed], Passed], message: Message) -> Passed:
        """Note another worker's event. Raises what Celery's own raises when the broker is away."""
        try:
            _check_event(message.payload)
            return super().on_message(_checked(prepare), message)
        except Exception as error:
            if is_outage(error):
                raise
            _ignore(message, error)

    def on_elect(self, event: Payload) -> None:
        """Vote. Raises KeyError for a missing field, where Celery would log a stack."""
        self._cons_stamp_fields(event)
        super().on_elect(event)


def _checked(step: Callable[[Passed], Passed]) -> Callable[[Passed], Passed]:
    """Return a step that raises MalformedBroadcastError for errors that Celery would log without a limit."""

    def run(event: Passed) -> Passed:
        try:
            return step(event)
        except (DecodeError, ContentDisallowed, TypeError) as error:
            raise MalformedBroadcastError(f"{type(error).__name__}: {error}") from error

    return run


def _check_event(event: object) -> None:
    """Raise MalformedBroadcastError for an event that Celery cannot handle, now or when its worker has ended."""
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise MalformedBroadcastError("it is not an event")
    if not isinstance(event.get("clock", 0), int):
        raise MalformedBroadcastError(f"its clock is {event['clock']!r:.80}")
    ignore_unusable_clock(event)
    for name in ("timestamp", "freq", "utcoffset"):
        value = event.get(name, 0)
        if not isinstance(value, (int, float)) or not abs(value) < _LATEST_S:
            raise MalformedBroadcastError(f"its {name} is {value!r:.80}")


def _check_command(body: object) -> None:
    """Raise MalformedBroadcastError for a command that no client sends and kombu cannot handle."""
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        raise MalformedBroadcastError("it names no command")
    if not isinstance(body.get("arguments") or {}, dict):
        raise MalformedBroadcastError("its arguments are not an object")
    if not isinstance(body.get("destination") or [], (list, str)):
        raise MalformedBroadcastError("its destination is not a list")
    check_pattern(body)
    reply_to = body.get("reply_to")
    if reply_to and not (
        isinstance(reply_to, dict) and all(isinstance(reply_to.get(name), str) for name in ("exchange", "routing_key"))
    ):
        raise MalformedBroadcastError("it names no queue for its answer")


def _ignore(message: Message, error: Exception) -> None:
    kind, shown = type(error).__name__, message.body
    CONTROL_LINES.error(MALFORMED, "A broadcast is ignored: %s: %s: %.200r", kind, error, shown)


#: Celery's steps of a consumer -> ours.
STEPS: Mapping[str, type[bootsteps.Step]] = {
    "celery.worker.consumer.gossip:Gossip": Gossip,
    "celery.worker.consumer.control:Control": Control,
}
