"""Probes and figures of workers on RabbitMQ."""

import urllib.error
import urllib.request

import pytest

from tests.brokers.rabbitmq.fleet import RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.monitoring.scraping import Figures, read
from tests.support.waiting import wait_until


@pytest.mark.parametrize("kind", ["node", "python"])
def test_a_worker_answers_probes_and_counts_its_tasks(fleet: Fleet, broker: Broker, kind: str) -> None:
    worker = fleet.start(kind)
    url = worker.wait_for_log(r"Health checks: (http://127\.0\.0\.1:\d+)")[1]
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3

    wait_until(lambda: is_ready(url), what="/readyz answers 200")
    done = ("celery_task_succeeded_total", frozenset({("name", "tests.add"), ("queue_name", "jobs")}))
    wait_until(lambda: figures_at(url)[done] == 1, what="a count of 1, which may come after the result")
    assert figures_at(url)["celery_worker_ready", frozenset()] == 1


@pytest.mark.parametrize("kind", ["node", "python"])
def test_a_worker_counts_what_it_holds_and_buries(fleet: Fleet, broker: Broker, kind: str) -> None:
    worker = fleet.start(kind)
    url = worker.wait_for_log(r"Health checks: (http://127\.0\.0\.1:\d+)")[1]
    of_queue = frozenset({("queue_name", "jobs")})
    unknown = frozenset({("queue_name", "jobs"), ("reason", "NotRegistered")})
    expected = {
        ("celery_worker_broker_connected", frozenset()): 1,
        ("celery_worker_messages_held", of_queue): 1,
        ("celery_worker_redelivered_total", of_queue): 0,
        ("celery_worker_leases_lost_total", frozenset()): 0,
        ("celery_worker_dead_letters_total", unknown): 1,
    }
    with client(broker) as app:
        app.send_task("no.such.task")
        app.send_task("tests.sleep", [20])

        def shown() -> Figures:
            return {series: value for series, value in figures_at(url).items() if series in expected}

        wait_until(lambda: shown() == expected, RESULT_WITHIN_S, f"{expected}")


@pytest.mark.parametrize("kind", ["node", "python"])
def test_a_delayed_task_is_counted_in_its_queue(fleet: Fleet, broker: Broker, kind: str) -> None:
    """Its routing key has the delay in it."""
    worker = fleet.start(kind)
    url = worker.wait_for_log(r"Health checks: (http://127\.0\.0\.1:\d+)")[1]
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2], countdown=2).get(timeout=RESULT_WITHIN_S) == 3

    done = ("celery_task_succeeded_total", frozenset({("name", "tests.add"), ("queue_name", "jobs")}))
    wait_until(lambda: figures_at(url)[done] == 1, what="a count of 1")


def figures_at(url: str) -> Figures:
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:  # noqa: S310 - ours
        return read(answer.read().decode())


def is_ready(url: str) -> bool:
    """Whether /readyz says 200. Its answer may be half a second old."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:  # noqa: S310 - ours
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False
