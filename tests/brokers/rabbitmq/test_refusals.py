"""What the broker does not take reaches the sender as an error: nothing is lost without one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import NotFound
from celery import Celery
from celery.result import AsyncResult
from kombu import Connection
from kombu.exceptions import OperationalError

from tests.brokers import idle
from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.support.waiting import wait_until

SEND = "await app.sendTask('tests.add', [1, 2]);"


@pytest.fixture
def channel(broker: Broker) -> Iterator[Any]:
    with Connection(broker.url) as connection, connection.channel() as channel:
        yield channel


def send(language: str, broker: Broker, folder: Path) -> str:
    """Send a task; returns the error, or nothing."""
    if language == "node":
        steps = f"try {{ {SEND} }} catch (error) {{ console.error(`${{error.name}}: ${{error.message}}`); }}"
        return idle.run(steps, folder, broker.url, broker.results)[2].strip()
    with client(broker) as app:
        try:
            app.send_task("tests.add", [1, 2])
        except OperationalError as error:
            return f"OperationalError: {error}"
    return ""


@pytest.mark.parametrize("language", KINDS)
def test_a_full_queue_is_an_error(broker: Broker, language: str, tmp_path: Path) -> None:
    assert send(language, broker, tmp_path) == ""
    limits = '{"max-length": 1, "overflow": "reject-publish"}'
    broker.server.ctl("set_policy", "-p", broker.vhost, "full", "^jobs$", limits, "--apply-to", "queues")

    try:
        error = wait_until(lambda: send(language, broker, tmp_path), RESULT_WITHIN_S, "an error")
    finally:
        broker.server.ctl("clear_policy", "-p", broker.vhost, "full")

    assert "OperationalError" in error
    assert re.search("the broker did not accept .* full or not available", error)


def test_a_node_client_makes_a_deleted_queue_again(broker: Broker, channel: Any, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.touch()
    steps = f"""
const {{ existsSync }} = await import("node:fs");
{SEND}
console.log("sent");
while (existsSync({str(gone)!r})) await idle();
{SEND}
"""
    with idle.start(steps, tmp_path, broker.url, broker.results) as program:
        program.wait_for_log("sent")
        channel.queue_delete("jobs")
        gone.unlink()
        assert program.wait() == 0, program.log

    assert broker.messages("jobs") == 1


@pytest.mark.parametrize("deleted", ["the queue", "both"])
def test_a_python_client_makes_a_deleted_queue_again(broker: Broker, channel: Any, deleted: str) -> None:
    with client(broker) as app:
        app.send_task("tests.add", [1, 2])
        channel.queue_delete("jobs")
        if deleted == "both":
            channel.exchange_delete("jobs")

        app.send_task("tests.add", [1, 2])

    assert broker.messages("jobs") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_queue_that_is_deleted_is_consumed_again(
    fleet: Fleet, broker: Broker, channel: Any, kind: str
) -> None:
    worker = fleet.start(kind)
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3

    channel.queue_delete("jobs")

    wait_until(lambda: has_queue(broker), RESULT_WITHIN_S, "the queue")
    with client(broker) as app:
        sent = wait_until(lambda: sent_by(app), RESULT_WITHIN_S, "the queue with its binding")
        assert sent.get(timeout=RESULT_WITHIN_S) == 3
    assert worker.exit_code is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_queue_that_is_made_again_at_once_is_consumed(
    fleet: Fleet, broker: Broker, channel: Any, kind: str
) -> None:
    worker = fleet.start(kind)
    with client(broker) as app:
        app.control.add_consumer("more")
        for queue in ("jobs", "more", "jobs"):
            assert app.send_task("tests.add", [1, 2], queue=queue).get(timeout=RESULT_WITHIN_S) == 3

            channel.queue_delete(queue)
            # Within some 20 ms: before the broker tells its consumers.
            made_again = app.amqp.queues[queue](channel)
            made_again.queue_declare()
            made_again.queue_bind()

            assert app.send_task("tests.add", [3, 4], queue=queue).get(timeout=RESULT_WITHIN_S) == 7
    assert worker.exit_code is None


def has_queue(broker: Broker) -> bool:
    try:
        return broker.messages("jobs") >= 0
    except NotFound:
        return False


def sent_by(app: Celery) -> "AsyncResult[Any] | None":
    """Send a task, unless the worker that makes the queue again has not bound it yet."""
    with suppress(OperationalError):
        return app.send_task("tests.add", [1, 2])
    return None
