"""Sends tasks to RabbitMQ: what it does not take is an error, and countdowns below a second work.

Celery 5.7 raises ``ValueError`` for those on quorum queues: its native delayed delivery knows whole seconds. Such a
message goes to its queue at once, and its worker waits.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from amqp.exceptions import ChannelError, MessageNacked
from kombu.exceptions import OperationalError

from celery_reliable.types import App, Passed, Settings

# AMQP's reply codes: no queue has taken the message; what is declared exists with other properties.
_NO_ROUTE, _UNEQUAL = 312, 406


def sent(app: App, send: Callable[[Settings], Passed], options: Settings, *, once: bool) -> Passed:
    """Send a task with these options.

    Again, unless ``once``, if its queue was deleted since it was declared. A queue that exists with other properties is
    used as it is.

    Raises:
        kombu.exceptions.OperationalError: the broker does not take the message, or cannot be reached.
    """
    options = waiting_in_worker(app, options)
    if options.get("exchange") is None:  # else it may be an exchange without queues
        options = {"mandatory": True, **options}
    try:
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
            return sent(app, send, options, once=True)
        raise OperationalError(f"the broker refuses the message: {error}") from error


def _takes_as_it_is(app: App, refusal: str) -> bool:
    """Use a queue as it is, without declaring it; return whether the refusal was about a known one."""
    place = re.search("for (?:queue|exchange) '([^']+)'", refusal)
    known = [queue for queue in app.amqp.queues.values() if place and place[1] in (queue.name, queue.exchange.name)]
    for queue in known:
        queue.no_declare = queue.exchange.no_declare = True
        queue.queue_arguments = None  # without native delayed delivery, which needs a binding: its worker waits
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
