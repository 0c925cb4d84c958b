"""The dead letters of a RabbitMQ broker, for its operators.

AMQP cannot show messages without taking them. This connection holds them, and when it closes, the broker requeues those
that were not retried or deleted.
``node/celery-js/src/transport/amqp/dead-letters.js`` is the same for JavaScript.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence

from amqp import Message
from amqp.exceptions import NotFound

from celery_reliable.dead_letters import PAGE, DeadLetter, read_dead_letter
from celery_reliable.rabbitmq_burial import DEAD_HEADER, bare_routing_key, dead_queue
from celery_reliable.types import Passed, Payload

# Headers that brokers and workers add to a message; a retried message is sent without them.
_ON_THE_WAY = re.compile(
    r"x-(death|delivery-count|acquired-count|(first|last)-death-.*|opt-.*|celery-put-back|celery-dead-letter)"
)


class QueuesUnknownError(Exception):
    """Raised when no queue is named, because RabbitMQ does not list queues to clients."""


class RabbitDeadLetters:
    """The letters of a connection's broker (``DeadLetterStore``). All methods raise amqp.exceptions.AMQPError."""

    def __init__(self, connection: Passed) -> None:
        self._connection = connection
        self._channel = connection.channel()
        # The letters taken from each queue, oldest first, and the AMQP message of each letter, by the letter's
        # identity.
        self._taken: dict[str, list[DeadLetter]] = {}
        self._messages: dict[int, Passed] = {}

    def queues(self) -> list[str]:
        """Raises QueuesUnknownError."""
        raise QueuesUnknownError(
            "RabbitMQ does not list its queues for clients: name them with --queue, or an app with -A"
        )

    def newest_first(self, queue: str) -> Iterator[DeadLetter]:
        """Yield the letters that were there at the first look."""
        yield from reversed(list(self._letters_of(queue)))

    def each_page(self, queue: str, act: Callable[[list[DeadLetter]], int]) -> None:
        """Visit the letters, oldest first, while they are put back or deleted."""
        letters = list(self._letters_of(queue))
        for start in range(0, len(letters), PAGE):
            act(letters[start : start + PAGE])

    def retry(self, letters: Sequence[DeadLetter]) -> int:
        """Put letters of one queue back into it; return how many. Raises amqp.exceptions.NotFound without a queue."""
        if letters:
            with self._connection.channel() as channel:  # a message for a deleted queue would be dropped
                channel.queue_declare(letters[0].queue, passive=True)
        return self._end(letters, self._send)

    def delete(self, letters: Sequence[DeadLetter]) -> int:
        """Delete letters for good; return how many were there."""
        return self._end(letters, lambda _letter, _message: None)

    def _send(self, letter: DeadLetter, message: Passed) -> None:
        properties = dict(message.properties)
        properties["application_headers"] = _bare(properties.pop("application_headers", None))
        properties.pop("expiration", None)
        again = Message(message.body, **properties)
        self._channel.basic_publish_confirm(again, exchange="", routing_key=letter.queue)

    def _end(self, letters: Sequence[DeadLetter], act: Callable[[DeadLetter, Passed], None]) -> int:
        count = 0
        for letter in letters:
            message = self._messages.pop(id(letter), None)
            if message is None:
                continue
            act(letter, message)
            self._channel.basic_ack(message.delivery_tag)
            self._taken[letter.queue] = [each for each in self._taken[letter.queue] if each is not letter]
            count += 1
        if count:  # a channel answers in order: the broker has done all of it by then
            self._channel.queue_declare(dead_queue(letters[0].queue), passive=True)
        return count

    def _letters_of(self, queue: str) -> list[DeadLetter]:
        if queue not in self._taken:
            self._taken[queue] = []
            for message in self._take(dead_queue(queue)):
                letter = _letter_of(queue, message)
                self._taken[queue].append(letter)
                self._messages[id(letter)] = message
        return self._taken[queue]

    def _take(self, name: str) -> Iterator[Passed]:
        """Take only the current letters: a task that fails again at once would add new ones forever."""
        try:
            with self._connection.channel() as channel:
                count = int(channel.queue_declare(name, passive=True).message_count)
        except NotFound:
            return
        for _ in range(count):
            message = self._channel.basic_get(name)
            if message is None:
                return
            yield message


def _letter_of(queue: str, message: Passed) -> DeadLetter:
    headers = message.properties.get("application_headers") or {}
    return read_dead_letter(queue, f"{headers.get(DEAD_HEADER, '{}')}\n{_envelope(queue, message)}".encode())


def _envelope(queue: str, message: Passed) -> str:
    """The envelope that kombu would have put into a list of Redis, in the Node workers' form."""
    given, where = message.properties, message.delivery_info
    body = message.body.encode() if isinstance(message.body, str) else bytes(message.body)
    properties: Payload = {
        "correlation_id": given.get("correlation_id"),
        "reply_to": given.get("reply_to", ""),
        "delivery_mode": given.get("delivery_mode", 2),
        "delivery_info": {
            "exchange": where["exchange"],
            "routing_key": bare_routing_key(where["routing_key"]) or queue,
            "redelivered": where["redelivered"],
        },
        "priority": given.get("priority") or 0,
        "body_encoding": "base64",
        "delivery_tag": str(message.delivery_tag),
    }
    parts: Payload = {
        "body": b64encode(body).decode(),
        "content-encoding": given.get("content_encoding"),
        "content-type": given.get("content_type"),
        "headers": _bare(given.get("application_headers")),
        "properties": properties,
    }
    return json.dumps(parts, ensure_ascii=False, default=str)


def _bare(headers: Payload | None) -> Payload:
    return {name: value for name, value in (headers or {}).items() if not _ON_THE_WAY.fullmatch(name)}
