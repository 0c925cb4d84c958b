"""Queues that exist with other properties than the settings say: a worker uses them as they are, as in Node.

So classic queues of stock Celery need no settings (`topology.js`). RabbitMQ refuses a declaration that differs in
anything, and only its refusal says what is there.
"""

import logging
import re
from collections.abc import Callable

from kombu import Exchange

from celery_reliable.types import BrokerConnection, Passed

logger = logging.getLogger(__name__)

# AMQP's reply code: what is declared exists with other properties.
_PRECONDITION_FAILED = 406
_TYPE = re.compile(r"arg '(?:x-queue-)?type' ")
# "current is 'direct'", "current is the value 'quorum' of type 'longstr'"; a classic queue may have no type.
_CURRENT = re.compile(r"current is (?:the value )?'([^']+)'")
_DELIVERY_EXCHANGE = "celery_delayed_delivery"


class ExistingQueues:
    """Declares a worker's queues. Guarantee: delayed messages reach also what exists with other properties."""

    def __init__(self) -> None:
        #: By the names of the queues that are used as they are, the arguments of the settings.
        self._wanted: dict[str, Passed] = {}
        #: The exchanges behind them, which other queues may share.
        self._exchanges: set[str] = set()

    def declare(self, connection: BrokerConnection, queue: Passed) -> None:
        """Declare a queue, or note that it is used as it is. Raises what the broker refuses for another reason."""
        if queue.name in self._wanted:  # it may have been deleted since
            queue.queue_arguments = self._wanted.pop(queue.name)
            queue.no_declare = False
        if queue.exchange.name in self._exchanges:
            queue.exchange.no_declare = False
        if not _refusal(connection, lambda channel: queue(channel).declare()):
            return
        # Each step has its own channel, because a refusal closes the channel.
        exchange = _refusal(connection, lambda channel: queue(channel).exchange.declare())
        refused = _refusal(connection, lambda channel: queue(channel).queue_declare())
        exchange_type = _current(exchange, queue.exchange.type, "direct")
        queue_type = _current(refused, (queue.queue_arguments or {}).get("x-queue-type", "classic"), "classic")
        with connection.channel() as channel:
            queue(channel).queue_bind()
            if exchange_type != "topic":
                # Kombu binds the exchange, which would need the type topic.
                Exchange(_DELIVERY_EXCHANGE, "topic")(channel).declare()
                queue(channel).bind_to(_DELIVERY_EXCHANGE, routing_key=f"#.{queue.routing_key}")
        self._use_as_it_is(queue, queue_type)
        logger.warning(
            "The queue %r exists with other properties, and is used as it is: %s, behind a %s exchange "
            "(docs/deployment.md)",
            queue.name,
            queue_type,
            exchange_type,
        )

    def _use_as_it_is(self, queue: Passed, queue_type: str) -> None:
        self._wanted[queue.name] = queue.queue_arguments
        self._exchanges.add(queue.exchange.name)
        queue.no_declare = queue.exchange.no_declare = True
        if queue_type != "quorum":  # Celery limits what a worker holds of other queues in another way
            arguments = queue.queue_arguments or {}
            queue.queue_arguments = {name: value for name, value in arguments.items() if name != "x-queue-type"}


def _refusal(connection: BrokerConnection, declare: Callable[[Passed], object]) -> str:
    """Declare something; return the broker's words if it exists with other properties, else an empty text."""
    try:
        with connection.channel() as channel:
            declare(channel)
    except connection.channel_errors as error:
        if getattr(error, "reply_code", 0) != _PRECONDITION_FAILED:
            raise
        return str(error)
    return ""


def _current(refusal: str, wanted: str, unnamed: str) -> str:
    """Return the type that something has; ``unnamed``: if the refusal does not name it."""
    if not _TYPE.search(refusal):
        return wanted
    found = _CURRENT.search(refusal)
    return found[1] if found else unnamed
