"""Nothing that arrives over RabbitMQ stops a worker, and no message is lost without a word."""

import json
import time
from collections.abc import Iterator
from typing import Any

import amqp
import pytest
from celery import Celery
from celery_reliable.rabbitmq_dead_letters import RabbitDeadLetters
from kombu import Connection

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.hostile import COMMANDS, EVENT_KEYS, EVENTS, JSON, MESSAGES
from tests.brokers.rabbitmq.node import Broker
from tests.support.programs import Program
from tests.support.waiting import wait_until


@pytest.fixture
def channel(broker: Broker) -> Iterator[amqp.Channel]:
    with Connection(broker.url) as connection:
        yield connection.channel()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_every_message_has_an_end(fleet: Fleet, broker: Broker, channel: amqp.Channel, kind: str) -> None:
    worker = fleet.start(kind)
    with client(broker, stock=True) as app:
        for number, hostile in enumerate(MESSAGES):
            task_id = f"hostile-{kind}-{number}"
            publish(channel, hostile.content, headers=hostile.headers_for(task_id), **hostile.properties)
            expect_good_one_to_run(app, worker, hostile.name)

            if hostile.reads_id:
                # In Node a task that has run stays a success, and its callback fails.
                assert wait_for_state(app, task_id) in ("FAILURE", *hostile.may_succeed), hostile.name
        unread = sum(not hostile.reads_id for hostile in MESSAGES)
        what = "the dead letters of those without an id"
        wait_until(lambda: count_letters_without_id(broker) == unread, RESULT_WITHIN_S, what)
        wait_until(lambda: broker.messages("jobs") == 0, 20, "an empty queue")

        # What a worker holds comes back to the queue when it is killed.
        time.sleep(1)
        worker.kill()
        time.sleep(2)
        assert broker.messages("jobs") == 0


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_no_broadcast_stops_a_worker(fleet: Fleet, broker: Broker, channel: amqp.Channel, kind: str) -> None:
    worker = fleet.start(kind)
    with client(broker, stock=True) as app:
        for text in COMMANDS:
            publish(channel, text, exchange="celery.pidbox", key="")
            expect_good_one_to_run(app, worker, repr(text[:200]))
        for text in EVENTS:
            for key in EVENT_KEYS:
                publish(channel, text, exchange="celeryev", key=key, headers={"hostname": "a@b"})
            expect_good_one_to_run(app, worker, repr(text[:200]))

        # A Node worker's own thread answers a ping, whatever its main thread does.
        assert app.control.ping(timeout=RESULT_WITHIN_S, limit=1)
        answers = app.control.inspect(timeout=RESULT_WITHIN_S, limit=1).active_queues() or {}
        assert "jobs" in [queue["name"] for queues in answers.values() for queue in queues]


def publish(
    channel: amqp.Channel,
    body: bytes,
    *,
    exchange: str = "",
    key: str = "jobs",
    headers: dict[str, object] | None = None,
    **properties: object,
) -> None:
    given = {"content_type": JSON, "content_encoding": "utf-8", "delivery_mode": 2, **properties}
    message = amqp.Message(body, application_headers=headers or {}, **given)
    channel.basic_publish(message, exchange=exchange, routing_key=key)


def expect_good_one_to_run(app: Celery, worker: Program, behind: str) -> None:
    result = app.send_task("tests.add", [1, 2])

    def is_ready() -> bool:
        assert worker.exit_code is None, f"the worker ended after {behind}:\n{worker.log[-4000:]}"
        return result.state == "SUCCESS"

    wait_until(is_ready, RESULT_WITHIN_S, f"a good task behind: {behind}")


def wait_for_state(app: Celery, task_id: str) -> str:
    meta = f"celery-task-meta-{task_id}"
    backend: Any = app.backend
    text = wait_until(lambda: backend.client.get(meta), RESULT_WITHIN_S, f"a result of {task_id}")
    return str(json.loads(text)["status"])


def count_letters_without_id(broker: Broker) -> int:
    """How many dead letters do not have an id of a test's own."""
    with Connection(broker.url) as connection:
        letters = list(RabbitDeadLetters(connection).newest_first("jobs"))
    return sum("hostile-" not in str(letter.raw) for letter in letters)
