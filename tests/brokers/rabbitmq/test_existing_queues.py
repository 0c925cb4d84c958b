"""Queues that were there before, with other properties than the settings: used as they are."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.throughput import CLASSIC
from tests.support.waiting import wait_until

COUNTDOWN_S = 1.4


@pytest.fixture
def channel(broker: Broker) -> Iterator[Any]:
    with Connection(broker.url) as connection, connection.channel() as channel:
        yield channel


def declare(channel: Any, name: str, exchange_type: str, **arguments: Any) -> None:
    exchange = Exchange(name, type=exchange_type)
    Queue(name, exchange, routing_key=name, queue_arguments=arguments)(channel).declare()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exchange_type", ["direct", "topic"])
def test_a_worker_serves_a_classic_queue_without_settings(
    fleet: Fleet, broker: Broker, channel: Any, kind: str, exchange_type: str
) -> None:
    declare(channel, "jobs", exchange_type)
    declare(channel, "more", exchange_type)
    worker = fleet.start(kind)

    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
        sent = time.time()
        assert app.send_task("tests.now", countdown=COUNTDOWN_S).get(timeout=RESULT_WITHIN_S) - sent >= 1
        # The worker sends these itself.
        assert app.send_task("tests.retry", [COUNTDOWN_S]).get(timeout=RESULT_WITHIN_S)["retries"] == 2
        app.control.add_consumer("more")
        assert app.send_task("tests.add", [3, 4], queue="more").get(timeout=RESULT_WITHIN_S) == 7
    assert worker.exit_code is None
    assert "Traceback" not in worker.log


def test_a_python_worker_says_what_a_queue_is(fleet: Fleet, channel: Any) -> None:
    declare(channel, "jobs", "direct")

    worker = fleet.python()

    assert (
        worker.log.count("The queue 'jobs' exists with other properties, and is used as it is: classic") == 1
    )
    assert "behind a direct exchange" in worker.log
    assert "do not support direct exchanges" not in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_a_classic_queue_that_is_deleted_becomes_one_of_the_settings(
    fleet: Fleet, broker: Broker, channel: Any, kind: str
) -> None:
    declare(channel, "jobs", "topic")
    worker = fleet.start(kind)

    channel.queue_delete("jobs")

    def type_now() -> str:
        listed = broker.server.ctl("list_queues", "-p", broker.vhost, "name", "type").splitlines()
        return dict(line.split() for line in listed if line).get("jobs", "")

    wait_until(lambda: type_now() == "quorum", RESULT_WITHIN_S, "a quorum queue")
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
    assert worker.exit_code is None


@pytest.mark.parametrize("settings", [{}, CLASSIC], ids=["default", "classic"])
def test_the_first_countdown_reaches_a_classic_queue_beside_a_quorum_queue(
    fleet: Fleet, broker: Broker, channel: Any, settings: dict[str, Any]
) -> None:
    declare(channel, "jobs", "direct")
    fleet.node("others")
    fleet.python("jobs", **settings)

    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2], queue="others").get(timeout=RESULT_WITHIN_S) == 3
        for _ in range(2):  # the second time the client knows the queue
            sent = time.time()
            result = app.send_task("tests.now", queue="jobs", countdown=COUNTDOWN_S)
            assert result.get(timeout=RESULT_WITHIN_S) - sent >= 1


def test_a_countdown_that_ends_before_the_first_worker_starts_is_kept(fleet: Fleet, broker: Broker) -> None:
    with client(broker) as app:
        result = app.send_task("tests.now", countdown=1)
        wait_until(lambda: broker.messages("jobs") == 1, RESULT_WITHIN_S, "the message in its queue")

        fleet.python()
        assert result.get(timeout=RESULT_WITHIN_S) > 0


def test_a_worker_of_both_types_retries_in_both(fleet: Fleet, broker: Broker, channel: Any) -> None:
    declare(channel, "jobs", "direct")
    fleet.python("jobs,others")

    with client(broker) as app:
        sent = [app.send_task("tests.retry", [COUNTDOWN_S], queue=queue) for queue in ("jobs", "others")]
        assert [result.get(timeout=RESULT_WITHIN_S)["retries"] for result in sent] == [2, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_serves_a_queue_with_priorities_and_a_limit(
    fleet: Fleet, broker: Broker, channel: Any, kind: str
) -> None:
    declare(channel, "jobs", "topic", **{"x-max-priority": 5, "x-max-length": 100})
    fleet.start(kind)

    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2], priority=4).get(timeout=RESULT_WITHIN_S) == 3
