"""Priorities as RabbitMQ knows them: two in quorum queues since 4.0, in classic ones as many as declared."""

import re
from typing import Any

import pytest
from celery import Celery
from kombu import Connection, Exchange, Queue

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker

ONE_AT_A_TIME: dict[str, Any] = {"node": {"workerConcurrency": 1}, "python": {}}
CLASSIC: dict[str, Any] = {
    "task_default_queue_type": "classic",
    "task_create_missing_queue_type": "classic",
    "task_queue_max_priority": 10,
}


def send(app: Celery, **counts: int) -> dict[str, int]:
    """Send so many tasks of each priority (`p9=4`); returns the priorities by the ids."""
    priorities = {int(name[1:]): count for name, count in counts.items()}
    return {
        app.send_task("tests.now", priority=priority).id: priority
        for priority, count in priorities.items()
        for _ in range(count)
    }


def order_of(fleet: Fleet, app: Celery, kind: str, sent: dict[str, int], **settings: Any) -> list[int]:
    """Let one worker run the tasks; returns their priorities in the order in which they ran."""
    start = fleet.node if kind == "node" else fleet.python
    worker = start(**ONE_AT_A_TIME[kind], **settings)
    for task_id in sent:
        app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S)
    worker.wait_for_log(rf"(?s)(tests\.now\[\S+ succeeded.*){{{len(sent)}}}")
    return [sent[task_id] for task_id in re.findall(r"tests\.now\[(\S+?)\] succeeded", worker.log)]


@pytest.mark.parametrize("kind", KINDS)
def test_high_priorities_of_a_quorum_queue_overtake(
    fleet: Fleet, broker: Broker, version: str, kind: str
) -> None:
    if version.startswith("3."):
        pytest.skip("quorum queues have priorities since RabbitMQ 4.0")
    with client(broker) as app:
        order = order_of(fleet, app, kind, send(app, p1=12, p9=4))

    # Two of them for each other one, so that none starves.
    assert order.index(9) <= 1
    assert 9 not in order[8:]


@pytest.mark.parametrize("kind", KINDS)
def test_a_classic_queue_gives_the_highest_first(fleet: Fleet, broker: Broker, kind: str) -> None:
    with Connection(broker.url) as connection, connection.channel() as channel:
        arguments = {"x-max-priority": 10}
        Queue("jobs", Exchange("jobs", "topic"), "jobs", queue_arguments=arguments)(channel).declare()
    with client(broker, **CLASSIC) as app:
        sent = send(app, p0=2, p3=2, p9=2)

        order = order_of(fleet, app, kind, sent, **(CLASSIC if kind == "python" else {}))

    assert order == [9, 9, 3, 3, 0, 0]
