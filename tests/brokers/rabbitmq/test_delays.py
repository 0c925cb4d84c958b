"""Native delayed delivery, as Celery has it: one topology of both languages, countdowns, retries."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery.exceptions import TaskRevokedError
from kombu import Connection
from kombu.transport.native_delayed_delivery import declare_native_delayed_delivery_exchanges_and_queues

from tests.brokers import idle
from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.support.waiting import wait_until

LATE_S = 0.9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("countdown", [0.4, 1.0, 2.6])
def test_a_countdown_is_kept(fleet: Fleet, broker: Broker, kind: str, countdown: float) -> None:
    fleet.start(kind)
    with client(broker) as app:
        sent = time.time()
        ran = app.send_task("tests.now", countdown=countdown).get(timeout=RESULT_WITHIN_S)

    assert countdown - 0.01 <= ran - sent < countdown + LATE_S


@pytest.mark.parametrize("kind", KINDS)
def test_a_countdown_reaches_a_queue_that_a_command_added(fleet: Fleet, broker: Broker, kind: str) -> None:
    worker = fleet.start(kind)
    with client(broker) as app:
        app.control.add_consumer("more")
        worker.wait_for_log("Started consuming from more")

        sent = time.time()
        ran = app.send_task("tests.now", countdown=1.0, queue="more").get(timeout=RESULT_WITHIN_S)

    assert 0.99 <= ran - sent < 1.0 + LATE_S


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("countdown", [0.3, 1.2])
def test_a_retry_waits_for_its_countdown(fleet: Fleet, broker: Broker, kind: str, countdown: float) -> None:
    fleet.start(kind)
    with client(broker) as app:
        sent = time.time()
        result = app.send_task("tests.retry", [countdown], countdown=0.2).get(timeout=RESULT_WITHIN_S)

    assert result["retries"] == 2
    assert time.time() - sent >= 2 * countdown + 0.2


def test_a_delayed_task_shows_the_place_it_was_sent_to(fleet: Fleet, broker: Broker) -> None:
    fleet.node()
    with client(broker) as app:
        result = app.send_task("tests.retry", [1.1]).get(timeout=RESULT_WITHIN_S)

    assert result["info"]["routing_key"] == "jobs"
    assert result["headers"] is None  # not x-death, which RabbitMQ adds


def test_both_languages_declare_the_same_topology(fleet: Fleet, broker: Broker) -> None:
    fleet.node()

    # RabbitMQ refuses a declaration that differs in anything.
    with Connection(broker.url) as connection:
        declare_native_delayed_delivery_exchanges_and_queues(connection, "quorum")
    fleet.python()
    with client(broker, stock=True) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3


def test_a_far_eta_waits_in_the_broker(fleet: Fleet, broker: Broker) -> None:
    fleet.node(leaseS=1, workerConcurrency=1)
    with client(broker, stock=True) as app:
        # As a sender without native delayed delivery writes it: straight into the queue.
        eta = (datetime.now(UTC) + timedelta(seconds=6)).isoformat()
        far = [app.send_task("tests.now", headers={"eta": eta}) for _ in range(3)]
        wait_until(lambda: delayed(broker) == 3, 5, "all of them in the levels of 1, 2 and 4 s")

        # A worker that held them would have no room.
        assert app.send_task("tests.add", [1, 2]).get(timeout=4) == 3
        assert all(
            result.get(timeout=RESULT_WITHIN_S) >= datetime.fromisoformat(eta).timestamp() for result in far
        )


@pytest.mark.parametrize("language", KINDS)
def test_an_eta_a_year_ahead_waits_in_its_level(
    fleet: Fleet, broker: Broker, tmp_path: Path, language: str
) -> None:
    fleet.node()  # declares the levels
    if language == "node":
        days = "new Date(Date.now() + 365 * 86_400_000)"
        steps = f"await app.sendTask('tests.now', [], {{ eta: {days} }});"
        assert idle.run(steps, tmp_path, broker.url, broker.results) == idle.GOOD
    else:
        with client(broker) as app:
            app.send_task("tests.now", eta=datetime.now(UTC) + timedelta(days=365))

    # The highest bit of 31,536,000 s.
    wait_until(lambda: broker.messages("celery_delayed_24") == 1, 20, "the message in the level of 2^24 s")


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_is_revoked_while_it_waits_does_not_run(fleet: Fleet, broker: Broker, kind: str) -> None:
    worker = fleet.start(kind)
    with client(broker) as app:
        result = app.send_task("tests.now", countdown=3)
        app.control.revoke(result.id)

        with pytest.raises(TaskRevokedError):
            result.get(timeout=RESULT_WITHIN_S)
    assert re.search(r"tests\.now\[.*succeeded", worker.log) is None


def delayed(broker: Broker) -> int:
    """How many messages wait in the three shortest levels."""
    return sum(broker.messages(f"celery_delayed_{level}") for level in range(3))
