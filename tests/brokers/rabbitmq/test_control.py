"""Messages that no client sends: neither a malformed command nor a wrong event ends a worker."""

import json
import re
from typing import Any

import pytest
from amqp import Message
from celery import Celery
from kombu import Connection, Exchange, Producer

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.support.waiting import wait_until

MALFORMED: list[Any] = [
    b"not JSON",
    [],
    {},
    {"method": 5},
    {"method": "ping", "arguments": [1]},
    {"method": "ping", "destination": 5},
    {"method": "ping", "reply_to": {"exchange": 5}},
    {"method": "pool_shrink", "arguments": {"n": "many"}},
]


def _names(app: Celery) -> list[str]:
    return [name for answer in app.control.ping(timeout=2) or [] for name in answer]


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_command_does_not_stop_a_worker(fleet: Fleet, broker: Broker, kind: str) -> None:
    program = fleet.start(kind)
    with client(broker) as app:
        [name] = wait_until(lambda: _names(app), 20, "an answer")

        with Connection(broker.url) as connection:
            producer = Producer(connection, Exchange("celery.pidbox", "fanout", durable=False))
            for body in MALFORMED:
                text = body if isinstance(body, bytes) else json.dumps(body).encode()
                producer.publish(text, content_type="application/json", content_encoding="utf-8")
            producer.publish(b"\x80\x04", content_type="application/x-python-serialize")

        assert wait_until(lambda: _names(app), 20, "an answer") == [name]
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
    assert program.exit_code is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("priority", [None, 0, 9])
def test_a_message_of_any_priority_runs_and_is_retried(
    fleet: Fleet, broker: Broker, kind: str, priority: int | None
) -> None:
    """A message without a priority has None there, in Python."""
    fleet.start(kind)
    with client(broker) as app:
        result = app.send_task("tests.retry", [0.3], priority=priority)

        assert result.get(timeout=RESULT_WITHIN_S)["retries"] == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_without_headers_is_no_obstacle(fleet: Fleet, broker: Broker, kind: str) -> None:
    program = fleet.start(kind)
    with client(broker) as app:
        with Connection(broker.url) as connection:
            for content_type in ("application/json", "text/plain", None):
                connection.channel().basic_publish_confirm(
                    _message(b"{}", content_type), exchange="", routing_key="jobs"
                )

        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
    assert program.exit_code is None


def _message(body: bytes, content_type: str | None) -> Any:
    return Message(body, **({} if content_type is None else {"content_type": content_type}))


def test_a_node_worker_holds_more_once_its_pool_has_grown(fleet: Fleet, broker: Broker) -> None:
    worker = fleet.node(workerConcurrency=1)
    with client(broker) as app:
        app.control.pool_grow(3)
        results = [app.send_task("tests.sleep", [6]) for _ in range(4)]

        wait_until(lambda: len(re.findall(r"tests\.sleep\[.*received", worker.log)) == 4, 5, "four tasks")
        assert "succeeded" not in worker.log
        assert [result.get(timeout=RESULT_WITHIN_S) for result in results] == [6] * 4
