"""Queues with their own exchange and key, and queues that a user may not declare."""

from typing import Any
from uuid import uuid4

import pytest
from kombu import Connection, Exchange, Queue

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker

PLACE = {"exchange": "shop", "routing_key": "orders.#"}
QUORUM = {"x-queue-type": "quorum"}
SETTINGS: dict[str, Any] = {
    "node": {"taskQueues": [{"name": "orders", "exchange": "shop", "routingKey": "orders.#"}]},
    "python": {"task_queues": {"orders": {**PLACE, "exchange_type": "topic", "queue_arguments": QUORUM}}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_queue_gets_what_its_key_matches(fleet: Fleet, broker: Broker, kind: str) -> None:
    start = fleet.node if kind == "node" else fleet.python
    start("orders", **SETTINGS[kind])
    with client(broker) as app:
        by_key = app.send_task("tests.add", [1, 2], exchange="shop", routing_key="orders.new.big")
        assert by_key.get(timeout=RESULT_WITHIN_S) == 3
        later = app.send_task("tests.retry", [0.2], exchange="shop", routing_key="orders.old")
        assert later.get(timeout=RESULT_WITHIN_S)["retries"] == 2


def test_a_node_worker_serves_a_queue_that_it_may_not_declare(fleet: Fleet, broker: Broker) -> None:
    with Connection(broker.url) as connection, connection.channel() as channel:
        Queue("jobs", Exchange("jobs", "topic"), "jobs", queue_arguments=QUORUM)(channel).declare()
    user = f"few-{uuid4()}"
    broker.server.ctl("add_user", user, "secret")
    broker.server.ctl("set_permissions", "-p", broker.vhost, user, "^$", ".*", ".*")

    worker = fleet.node(url=broker.url.replace("guest:guest", f"{user}:secret"))

    assert "messages with a far eta wait in the workers" in worker.log
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
