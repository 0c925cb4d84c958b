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
from celery_reliable.decompression import check_encoding
from celery_reliable.fanout import MalformedBroadcastError
from celery_reliable.intake import is_outage
from celery_reliable.limits import BROADCAST_LIMITS, check_raw
from celery_reliable.line_limit import CONTROL_LINES, MALFORMED
from celery_reliable.outage import BROKER_OUTAGE, lost_line
from celery_reliable.queue_check import check_queue
from celery_reliable.revoking import COMMANDS
from celery_reliable.types import Message, Passed, Payload, Settings

# The end of the year 9999, the latest time in Python.
_LATEST_S = 253_402_300_800
# The longest name of a command, which log lines and the answer repeat; the longest ticket, which the answer carries.
_MAX_METHOD, _MAX_TICKET = 255, 2_048
# How much of a broadcast's bytes or text a log line is made from.
_SHOWN = 1_000
# The elections that are remembered; workers hold none by themselves.
_MOST_ELECTIONS = 1_000
# What the view of the other workers has of each (``celery.events.state.Worker``), and its type.
_EVENT_FIELDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("type", "hostname", "sw_ident", "sw_ver", "sw_sys"), (str,)),
    **dict.fromkeys(("timestamp", "local_received", "utcoffset", "freq"), (int, float)),
    **dict.fromkeys(("clock", "pid", "active", "processed"), (int,)),
    "loadavg": (list,),
}


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
        self.consumer.on_message, self.consumer.on_decode_error = self._receive, _ignore

    def _receive(self, message: Message) -> None:
        try:
            body = _checked_body(message)
        except Exception as error:
            _ignore(message, error)
        else:
            self.on_message(body, message)

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
            update = _checked(self.update_state)
            self.update_state = lambda event: update(_fields_of_worker(event))

    def get_consumers(self, channel: Passed) -> list[Passed]:
        """Return the consumer of events (mirrors ``Gossip.get_consumers``)."""
        consumers: list[Passed] = super().get_consumers(channel)
        for consumer in consumers:
            consumer.on_decode_error = _ignore
        return consumers

    def on_message(self, prepare: Callable[[Passed], Passed], message: Message) -> Passed:
        """Note another worker's event. Raises what Celery's own raises when the broker is away."""
        try:
            _check_event(_checked_body(message))
            return super().on_message(_checked(prepare), message)
        except Exception as error:
            if is_outage(error):
                raise
            _ignore(message, error)

    def on_elect(self, event: Payload) -> None:
        """Vote. Raises KeyError for a missing field, where Celery would log a stack."""
        self._cons_stamp_fields(event)
        while len(self.consensus_requests) > _MOST_ELECTIONS:  # those that never end
            self.consensus_requests.pop(next(iter(self.consensus_requests)))
        super().on_elect(event)

    def periodic(self) -> None:
        """Forget workers that are gone. An error would end the event loop, as a lost connection does."""
        try:
            super().periodic()
        except Exception as error:
            kind = "errors in the view of other workers"
            CONTROL_LINES.error(kind, "The view of the other workers is forgotten: %r", error, exc_info=error)
            self.state.workers.clear()


def _checked(step: Callable[[Passed], Passed]) -> Callable[[Passed], Passed]:
    """Return a step that raises MalformedBroadcastError for errors that Celery would log without a limit."""

    def run(event: Passed) -> Passed:
        try:
            return step(event)
        except (DecodeError, ContentDisallowed, TypeError) as error:
            raise MalformedBroadcastError(f"{type(error).__name__}: {error}") from error

    return run


def _fields_of_worker(event: Payload) -> Payload:
    """Return an event about a worker with Celery's own fields: its view sets each field as an attribute."""
    if str(event["type"]).partition("-")[0] != "worker":
        return {"type": "other"}  # which the view ignores
    return {name: value for name, value in event.items() if isinstance(value, _EVENT_FIELDS.get(name, ()))}


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


def _checked_body(message: Message) -> Passed:
    """Return the body of a command or an event. Raises any error for one that must not be read, or cannot."""
    body = message.body
    check_raw(body if isinstance(body, bytes) else str(body).encode("utf-8", "replace"), BROADCAST_LIMITS)
    check_encoding(message.content_type, message.content_encoding)
    return message.decode()


def _check_command(body: object) -> None:
    """Raise MalformedBroadcastError for a command that no client sends and kombu cannot handle."""
    if not isinstance(body, dict) or not isinstance(body.get("method"), str):
        raise MalformedBroadcastError("it names no command")
    if len(body["method"]) > _MAX_METHOD:
        raise MalformedBroadcastError(f"its name is longer than {_MAX_METHOD} characters")
    if len(str(body.get("ticket") or "")) > _MAX_TICKET:
        raise MalformedBroadcastError(f"its ticket is longer than {_MAX_TICKET} characters")
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
    kind, body = type(error).__name__, message.body
    shown = body[:_SHOWN] if isinstance(body, (bytes, str)) else body
    CONTROL_LINES.error(MALFORMED, "A broadcast is ignored: %s: %s: %.200r", kind, error, shown)


#: Celery's steps of a consumer -> ours.
STEPS: Mapping[str, type[bootsteps.Step]] = {
    "celery.worker.consumer.gossip:Gossip": Gossip,
    "celery.worker.consumer.control:Control": Control,
}
