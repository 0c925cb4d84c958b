"""The app that sends. It stamps messages with the time, and handles what RabbitMQ refuses or would drop."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from amqp.exceptions import ChannelError, MessageNacked
from celery import Celery
from celery.app import amqp
from kombu import Exchange
from kombu.exceptions import OperationalError
from kombu.transport import native_delayed_delivery

# AMQP's reply codes.
_NO_ROUTE, _PRECONDITION_FAILED, _ACCESS_REFUSED, _NOT_FOUND = 312, 406, 403, 404
# The exchange that delayed messages pass first. The rest of their routing key is the one of their queue.
_FIRST_EXCHANGE = native_delayed_delivery.level_name(native_delayed_delivery.MAX_LEVEL)
_LEVELS = native_delayed_delivery.MAX_LEVEL + 1
# By connection to the server, the names of the queues that it has prepared for delayed messages.
_PREPARED: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


class RefusedError(OperationalError):
    """Raised when RabbitMQ refuses a message."""


class SendingApp(Celery):
    """Celery's app. On RabbitMQ, Celery delays by whole seconds; a shorter countdown waits in its worker."""

    def send_task(self, name: str, *args: Any, **options: Any) -> Any:
        """Send a task (mirrors ``celery.Celery.send_task``).

        Raises:
            RefusedError: RabbitMQ refuses the message.
            OperationalError: The server is away.
        """
        if not str(self.conf.broker_url).startswith("amqp"):
            return super().send_task(name, *args, **options)
        soon = self._due_within_a_second(options.get("countdown"), options.get("eta"))
        if soon is not None:
            headers = {**(options.get("headers") or {}), "eta": soon.isoformat()}
            options |= {"countdown": None, "eta": None, "headers": headers}
        options["mandatory"] = True
        send = partial(super().send_task, name, *args, **options)
        try:
            return self._send_again_if_useful(send, has_producer=options.get("producer") is not None)
        except OperationalError as error:
            if not isinstance(error.__cause__, MessageNacked):  # which has no text
                raise
            raise RefusedError(f"the queue of task {name} is full or not available") from error
        except ChannelError as error:
            raise RefusedError(f"task {name}: {error}") from error

    def _send_again_if_useful(self, send: Callable[[], Any], *, has_producer: bool) -> Any:
        """Send, and once more after a refusal that may not come again."""
        try:
            return send()
        except ChannelError as error:
            # A deleted queue is declared again by a new connection.
            may_help = error.reply_code in (_NO_ROUTE, _NOT_FOUND) or self._use_existing(error)
            if not may_help or has_producer:
                raise
            return send()

    def _use_existing(self, error: ChannelError) -> bool:
        """Use a queue as it exists, without declaring it.

        Return whether the refusal was about a known queue.
        """
        place = re.search("for (?:queue|exchange) '([^']+)'", str(error))
        queues: Any = self.amqp.queues
        known = [each for each in queues.values() if place and place[1] in (each.name, each.exchange.name)]
        for queue in known if error.reply_code == _PRECONDITION_FAILED else ():
            queue.no_declare = queue.exchange.no_declare = True
            # Without native delayed delivery, which needs a binding: its worker waits. Celery asks for both.
            queue.exchange.type = "direct"
            queue.queue_arguments = None
        return bool(known) and error.reply_code == _PRECONDITION_FAILED

    def _due_within_a_second(self, countdown: float | None, eta: datetime | str | None) -> datetime | None:
        if eta is None:
            return self.now() + timedelta(seconds=countdown) if countdown and 0 < countdown < 1 else None
        eta = datetime.fromisoformat(eta) if isinstance(eta, str) else eta
        now = self.now() if eta.tzinfo is not None else self.now().replace(tzinfo=None)
        return eta if timedelta(0) < eta - now < timedelta(seconds=1) else None


def _declare(connection: Any, queue: Any) -> None:
    """Declare and bind a queue, as Celery's workers do at their start."""
    try:
        with connection.channel() as channel:
            queue(channel).declare()
    except ChannelError as error:
        if error.reply_code != _ACCESS_REFUSED:  # then others have declared it, or the message is refused
            raise
    try:
        _bind(connection, queue)
    except ChannelError as error:
        # If it is one of these, others have prepared it, or this user may not.
        if error.reply_code not in (_ACCESS_REFUSED, _PRECONDITION_FAILED):
            raise


def _bind(connection: Any, queue: Any) -> None:
    try:
        with connection.channel() as channel:
            Exchange(_FIRST_EXCHANGE, "topic")(channel).declare(passive=True)
    except ChannelError as error:
        if error.reply_code != _NOT_FOUND:
            raise
        native_delayed_delivery.declare_native_delayed_delivery_exchanges_and_queues(connection, "quorum")
    with connection.channel() as channel:  # kombu's function would not close its own
        with_channel: Any = SimpleNamespace(channel=lambda: channel)
        native_delayed_delivery.bind_queue_to_native_delayed_delivery_exchange(with_channel, queue)


_CeleryAMQP: Any = amqp.AMQP  # Celery's stubs have no types for it; some checkers find those of its source


class AMQP(_CeleryAMQP):  # type: ignore[misc]
    """Celery's maker of messages. ``timestamp`` is AMQP's property, in seconds; Celery does not read it."""

    def as_task_v2(self, *args: Any, **kwargs: Any) -> Any:
        """Make a task's message (mirrors ``celery.app.amqp.AMQP.as_task_v2``)."""
        message = super().as_task_v2(*args, **kwargs)
        is_amqp = str(self.app.conf.broker_url).startswith("amqp")  # which takes whole seconds only
        message.properties["timestamp"] = int(time.time()) if is_amqp else round(time.time(), 3)
        return message

    @cached_property
    def send_task_message(self) -> Any:
        """What sends a message (mirrors ``celery.app.amqp.AMQP.send_task_message``)."""
        send = super().send_task_message

        def send_task_message(producer: Any, name: str, message: Any, **options: Any) -> Any:
            if getattr(options.get("exchange"), "name", None) == _FIRST_EXCHANGE:
                self._prepare(producer, options)
            return send(producer, name, message, **options)

        return send_task_message

    def _prepare(self, producer: Any, options: dict[str, Any]) -> None:
        """Bind a queue before its first delayed message, which RabbitMQ would drop when it is due."""
        key = options["routing_key"].split(".", _LEVELS)[-1]
        queues = [
            queue for queue in self.queues.values() if queue.routing_key == key and not queue.no_declare
        ]
        connection = producer.connection

        def prepare() -> None:
            prepared = _PREPARED.setdefault(connection.connect(), set())
            for queue in queues:
                if queue.name not in prepared:
                    _declare(connection, queue)
                    prepared.add(queue.name)

        connection.ensure(producer, prepare, **self.app.conf.task_publish_retry_policy)()
