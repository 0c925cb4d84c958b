"""A queue "q" of each broker, as its senders and operators see it, and what the broker cannot do."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from celery_reliable.rabbitmq_dead_letters import RabbitDeadLetters
from kombu import Connection, Exchange, Producer, Queue
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.transport.server_state import dead_letters, let_leases_run_out


@dataclass(frozen=True)
class Capabilities:
    """What differs. `keeps_its_place`: a message that is put back is taken next, else last."""

    keeps_its_place: bool


class Place(Protocol):
    """A broker with an empty queue "q"."""

    url: str
    capabilities: Capabilities

    def send(self, *messages: str) -> None:
        """Put messages into the queue, in this order."""
        ...

    def waiting(self) -> int:
        """How many messages wait."""
        ...

    def letters(self) -> list[tuple[str, str]]:
        """The dead letters, oldest first: the reason, and the task's id."""
        ...

    def give_up(self, *tags: str) -> None:
        """Have the broker notice that the worker which held these is dead."""
        ...


class RedisPlace:
    """See `Place`."""

    capabilities = Capabilities(keeps_its_place=True)

    def __init__(self, server: ValkeyServer, redis: "Redis") -> None:
        self.url = server.url
        self._redis = redis

    def send(self, *messages: str) -> None:
        """See `Place`."""
        self._redis.lpush("q", *messages)

    def waiting(self) -> int:
        """See `Place`."""
        return int(self._redis.llen("q"))

    def letters(self) -> list[tuple[str, str]]:
        """See `Place`."""
        found = reversed(dead_letters(self._redis))
        return [(letter.header["reason"], json.loads(letter.raw)["headers"]["id"]) for letter in found]

    def give_up(self, *tags: str) -> None:
        """See `Place`."""
        let_leases_run_out(self._redis, *tags)


class RabbitPlace:
    """See `Place`. One virtual host each, with a quorum queue."""

    capabilities = Capabilities(keeps_its_place=False)

    def __init__(self, url: str) -> None:
        """`url`: of a virtual host without queues."""
        self.url = url
        self._queue = Queue(
            "q",
            Exchange("q", "topic", durable=True),
            routing_key="q",
            queue_arguments={"x-queue-type": "quorum"},
        )
        self._with_channel(lambda channel: self._queue(channel).declare())

    def send(self, *messages: str) -> None:
        """See `Place`."""
        with Connection(self.url, transport_options={"confirm_publish": True}) as connection:
            producer = Producer(connection)
            for message in map(json.loads, messages):
                properties = message["properties"]
                producer.publish(
                    b64decode(message["body"]),
                    exchange="q",
                    routing_key="q",
                    headers=message["headers"],
                    content_type=message["content-type"],
                    content_encoding=message["content-encoding"],
                    correlation_id=properties["correlation_id"],
                )

    def waiting(self) -> int:
        """See `Place`."""
        declared = self._with_channel(lambda channel: channel.queue_declare("q", passive=True))
        return int(declared.message_count)

    def letters(self) -> list[tuple[str, str]]:
        """See `Place`."""
        with Connection(self.url) as connection:
            found = list(RabbitDeadLetters(connection).newest_first("q"))[::-1]
        return [(letter.reason, letter.task_id) for letter in found]

    def give_up(self, *tags: str) -> None:
        """See `Place`."""
        wait_until(lambda: self.waiting() >= len(tags), 20, "the messages of a lost connection")

    def _with_channel(self, act: Callable[[Any], Any]) -> Any:
        with Connection(self.url) as connection, connection.channel() as channel:
            return act(channel)
