"""Sends tasks to RabbitMQ: what it does not take is an error, and countdowns below a second work.

Celery 5.7 raises ``ValueError`` for those on quorum queues: its native delayed delivery knows whole seconds. Such a
message goes to its queue at once, and its worker waits.

Before the first delayed message of a connection, its queue is declared and bound as Celery's workers do, as in Node
(`publisher.js`): without the binding, RabbitMQ would drop the message silently when it is due.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from weakref import WeakKeyDictionary

from amqp.exceptions import ChannelError, MessageNacked
from celery.app import amqp
from kombu import Exchange
from kombu.exceptions import OperationalError
from kombu.transport import native_delayed_delivery

from celery_reliable.connection import Connection
from celery_reliable.types import App, BrokerConnection, Passed, Settings

# AMQP's reply codes.
_NO_ROUTE, _PRECONDITION_FAILED, _ACCESS_REFUSED, _NOT_FOUND = 312, 406, 403, 404
# The exchange that delayed messages pass first. The rest of their routing key is the one of their queue.
_FIRST_EXCHANGE = native_delayed_delivery.level_name(native_delayed_delivery.MAX_LEVEL)
_LEVELS = native_delayed_delivery.MAX_LEVEL + 1
# By connection to the server, the names of the queues that it has prepared for delayed messages.
_PREPARED: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


class QueueDiffersError(OperationalError):
    """The queue exists with other properties. Nothing was sent; sending again uses it as it is."""


class AMQP(amqp.AMQP):
    """Celery's ``app.amqp``, which prepares queues for delayed messages; chosen by ``Celery.amqp_cls``.

    Its connections do not wait without a limit (``rabbitmq_transport.py``).
    """

    Connection = BrokerConnection = Connection

    @cached_property
    def send_task_message(self) -> Passed:
        """What sends a message (mirrors ``celery.app.amqp.AMQP.send_task_message``)."""
        send = super().send_task_message

        def send_task_message(producer: Passed, name: str, message: Passed, **options: Passed) -> Passed:
            if getattr(options.get("exchange"), "name", None) == _FIRST_EXCHANGE:
                _prepare(self.app, producer, options)
            return send(producer, name, message, **options)

        return send_task_message


def send_checked(app: App, send: Callable[[Settings], Passed], options: Settings, *, once: bool) -> Passed:
    """Send a task with these options.

    Again, unless ``once``, if its queue was deleted since it was declared. A queue that exists with other properties is
    used as it is.

    Raises:
        kombu.exceptions.OperationalError: the broker does not take the message, or cannot be reached.
    """
    options = waiting_in_worker(app, with_queue(app, options))
    if options.get("exchange") is None:  # else it may be an exchange without queues
        options = {"mandatory": True, **options}
    try:
        return send(options)
    except QueueDiffersError:
        return send_checked(app, send, options, once=once)
    except OperationalError as error:
        if not isinstance(error.__cause__, MessageNacked):  # which has no text
            raise
        queue = options.get("queue")
        where = getattr(queue, "name", queue) or "its queue"
        refusal = f"the broker did not accept the message for {where}: it is full or not available"
        raise OperationalError(refusal) from error
    except ChannelError as error:
        is_known = error.reply_code == _PRECONDITION_FAILED and _use_existing(app, str(error))
        may_help = is_known or error.reply_code in (_NO_ROUTE, _NOT_FOUND)
        if may_help and not once and options.get("producer") is None:  # a new connection declares again
            return send_checked(app, send, options, once=True)
        raise OperationalError(f"the broker refuses the message: {error}") from error


def with_queue(app: App, options: Settings) -> Settings:
    """Name the queue that a retry goes back to.

    Celery gives a retry the exchange and the key of its message. If it has to wait, ``Celery.send_task`` then uses the
    default queue (celery 5.7): the router adds that one to options without a queue.
    """
    exchange, key = options.get("exchange"), options.get("routing_key")
    if options.get("queue") is not None or exchange is None or key not in app.amqp.queues:
        return options
    queue = app.amqp.queues[key]
    if exchange not in ("", queue.exchange.name) or queue.routing_key != key:
        return options
    return {name: value for name, value in options.items() if name not in ("exchange", "routing_key")} | {"queue": key}


def _prepare(app: App, producer: Passed, options: Settings) -> None:
    """See to it that a delayed message reaches its queue, with the patience of any sending."""
    key = options["routing_key"].split(".", _LEVELS)[-1]
    queues = [queue for queue in app.amqp.queues.values() if queue.routing_key == key and not queue.no_declare]
    connection = producer.connection

    def prepare() -> None:
        prepared = _PREPARED.setdefault(connection.connect(), set())
        for queue in queues:
            if queue.name not in prepared:
                _declare(app, connection, queue)
                prepared.add(queue.name)

    retry = app.conf.task_publish_retry if options.get("retry") is None else options["retry"]
    if retry:
        policy = {**app.conf.task_publish_retry_policy, **(options.get("retry_policy") or {})}
        prepare = connection.ensure(producer, prepare, **policy)
    prepare()


def _declare(app: App, connection: BrokerConnection, queue: Passed) -> None:
    # Each step has its own channel, because a refusal closes the channel.
    try:
        with connection.channel() as channel:
            queue(channel).declare()
    except ChannelError as error:
        if error.reply_code == _PRECONDITION_FAILED and _use_existing(app, str(error)):
            raise QueueDiffersError(str(error)) from error
        if error.reply_code != _ACCESS_REFUSED:  # then others have declared it, or the message is refused
            raise
    try:
        _bind(app, connection, queue)
    except ChannelError as error:
        # If it is one of these, others have prepared it, or this user may not.
        if error.reply_code not in (_ACCESS_REFUSED, _PRECONDITION_FAILED):
            raise


def _bind(app: App, connection: BrokerConnection, queue: Passed) -> None:
    try:
        with connection.channel() as channel:
            Exchange(_FIRST_EXCHANGE, "topic")(channel).declare(passive=True)
    except ChannelError as error:
        if error.reply_code != _NOT_FOUND:
            raise
        kind = app.conf.broker_native_delayed_delivery_queue_type
        native_delayed_delivery.declare_native_delayed_delivery_exchanges_and_queues(connection, kind)
    with connection.channel() as channel:  # kombu's function would not close its own
        with_channel: Passed = SimpleNamespace(channel=lambda: channel)
        native_delayed_delivery.bind_queue_to_native_delayed_delivery_exchange(with_channel, queue)


def _use_existing(app: App, refusal: str) -> bool:
    """Use a queue as it exists, without declaring it; return whether the refusal was about a known queue."""
    place = re.search("for (?:queue|exchange) '([^']+)'", refusal)
    known = [queue for queue in app.amqp.queues.values() if place and place[1] in (queue.name, queue.exchange.name)]
    for queue in known:
        queue.no_declare = queue.exchange.no_declare = True
        # Without native delayed delivery, which needs a binding: its worker waits. Celery asks for both.
        queue.exchange.type = "direct"
        queue.queue_arguments = None
    return bool(known)


def waiting_in_worker(app: App, options: Settings) -> Settings:
    """Return the options for sending; an eta within the next second goes only into the message's headers."""
    countdown, eta = options.get("countdown"), options.get("eta")
    if eta is None:
        soon = app.now() + timedelta(seconds=countdown) if countdown and 0 < countdown < 1 else None
    else:
        soon = _within_a_second(datetime.fromisoformat(eta) if isinstance(eta, str) else eta, app)
    if soon is None:
        return options
    headers = {**(options.get("headers") or {}), "eta": soon.isoformat()}
    return {**options, "countdown": None, "eta": None, "headers": headers}


def _within_a_second(eta: datetime, app: App) -> datetime | None:
    now = app.now() if eta.tzinfo is not None else app.now().replace(tzinfo=None)
    return eta if timedelta(0) < eta - now < timedelta(seconds=1) else None
