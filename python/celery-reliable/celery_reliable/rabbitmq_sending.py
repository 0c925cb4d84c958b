"""Sends tasks to RabbitMQ: what it does not take is an error, and countdowns below a second work.

Celery 5.7 raises ``ValueError`` for those on quorum queues: its native delayed delivery knows whole seconds. Such a
message goes to its queue at once, and its worker waits.

Before the first delayed message, its queue is declared and bound as Celery's workers do, as in Node (`publisher.js`):
without the binding, RabbitMQ would drop the message silently when it is due.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from amqp.exceptions import ChannelError, MessageNacked
from celery.utils.quorum_queues import detect_quorum_queues
from kombu import Exchange
from kombu.exceptions import OperationalError
from kombu.transport import native_delayed_delivery

from celery_reliable.types import App, BrokerConnection, Passed, Settings

# AMQP's reply codes: no queue has taken the message; what is declared exists with other properties.
_NO_ROUTE, _UNEQUAL, _FORBIDDEN, _NOT_FOUND = 312, 406, 403, 404
# The retry policy of the connection that prepares a queue.
_PATIENCE = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2}
# The names of the queues that are prepared for delayed messages.
_PREPARED: WeakKeyDictionary[App, set[str]] = WeakKeyDictionary()


def sent(
    app: App, send: Callable[[Settings], Passed], options: Settings, *, task: str, defaults: Settings, once: bool
) -> Passed:
    """Send a task with these options; ``defaults``: those of the task itself.

    Again, unless ``once``, if its queue was deleted since it was declared. A queue that exists with other properties is
    used as it is.

    Raises:
        kombu.exceptions.OperationalError: the broker does not take the message, or cannot be reached.
    """
    options = waiting_in_worker(app, options)
    if options.get("exchange") is None:  # else it may be an exchange without queues
        options = {"mandatory": True, **options}
    try:
        _prepare(app, task, {**defaults, **options})
        return send(options)
    except OperationalError as error:
        if not isinstance(error.__cause__, MessageNacked):  # which has no text
            raise
        refusal = "the broker did not accept the message: its queue is full or not available"
        raise OperationalError(refusal) from error
    except ChannelError as error:
        is_known = error.reply_code == _UNEQUAL and _takes_as_it_is(app, str(error))
        may_help = is_known or error.reply_code == _NO_ROUTE
        if may_help and not once and options.get("producer") is None:  # a new connection declares again
            return sent(app, send, options, task=task, defaults=defaults, once=True)
        raise OperationalError(f"the broker refuses the message: {error}") from error


def _prepare(app: App, task: str, options: Settings) -> None:
    """See to it that a delayed message reaches its queue."""
    is_delayed = options.get("eta") is not None or (options.get("countdown") or 0) > 0
    if not is_delayed or options.get("exchange") is not None:
        return
    queue = app.amqp.router.route(dict(options), task)["queue"]
    prepared = _PREPARED.setdefault(app, set())
    is_native = queue.exchange.type == "topic" and detect_quorum_queues(app, "amqp")[0]
    if queue.name in prepared or queue.no_declare or not is_native:
        return
    with app.producer_or_acquire() as producer:
        connection = producer.connection
        # A pooled connection may be closed, after an error of its last user.
        connection.ensure_connection(**_PATIENCE)
        try:
            with connection.channel() as channel:
                queue(channel).declare()
        except ChannelError as error:
            if error.reply_code != _UNEQUAL or not _takes_as_it_is(app, str(error)):
                raise
            return
        try:
            _bind(app, connection, queue)
        except ChannelError as error:
            if error.reply_code not in (_FORBIDDEN, _UNEQUAL):  # then others have prepared it, or nobody can
                raise
    prepared.add(queue.name)


def _bind(app: App, connection: BrokerConnection, queue: Passed) -> None:
    first = native_delayed_delivery.level_name(native_delayed_delivery.MAX_LEVEL)
    try:
        with connection.channel() as channel:
            Exchange(first, "topic")(channel).declare(passive=True)
    except ChannelError as error:
        if error.reply_code != _NOT_FOUND:
            raise
        kind = app.conf.broker_native_delayed_delivery_queue_type
        native_delayed_delivery.declare_native_delayed_delivery_exchanges_and_queues(connection, kind)
    native_delayed_delivery.bind_queue_to_native_delayed_delivery_exchange(connection, queue)


def _takes_as_it_is(app: App, refusal: str) -> bool:
    """Use a queue as it is, without declaring it; return whether the refusal was about a known one."""
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
