"""Queues whose messages have no lease: Broadcast queues, which come by pub/sub, and those without acknowledgements."""

import json
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker, client_app
from kombu import Exchange, Queue
from redis import Redis

from tests.support.waiting import wait_until

ALL = Exchange("all", type="fanout")
FANOUT = {"bcast.1": {"exchange": "all", "exchange_type": "fanout", "routing_key": "key"}}
POPPED = {"popped": {"exchange": "", "routing_key": "popped", "no_ack": True}}


@pytest.fixture
def broadcaster(server: Server) -> Celery:
    return client_app(server.url, task_queues=[Queue("bcast.1", ALL, routing_key="key")])


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_a_broadcast_task_runs_once_in_each_worker(
    pool: str, server: Server, broadcaster: Celery, start: StartWorker, ledger: Ledger
) -> None:
    for name in ("bcast.1", "bcast.2"):
        start(
            pool=pool, queues=f"jobs,{name}", settings={"task_queues": {**FANOUT, name: FANOUT["bcast.1"], "jobs": {}}}
        )

    for label in ("a", "b", "c", "d"):
        broadcaster.send_task("worker_app.work", [str(ledger), label, 0], queue="bcast.1")

    wait_until(lambda: ledger.count("end") == 8, 20, "each task, twice")
    assert set(ledger.runs().values()) == {2}
    assert server.held() == 0
    assert broadcaster.send_task("worker_app.add", [1, 2], queue="jobs").get(timeout=20) == 3


def test_a_task_without_acknowledgement_runs(client: Celery, start: StartWorker, redis: Redis) -> None:
    worker = start(pool="solo", queues="popped", settings={"task_queues": POPPED})
    redis.lpush("popped", "{oops", "5", "{}", json.dumps({"body": "", "properties": {}}))

    assert client.send_task("worker_app.add", [1, 2], queue="popped").get(timeout=20) == 3
    assert worker.exit_code is None


def broken(broadcaster: Celery, redis: Redis, channel: str, change: dict[str, Any]) -> None:
    """Publish a task whose envelope is changed."""
    sent: list[Any] = []
    with broadcaster.connection() as connection, connection.channel() as own:
        message = broadcaster.amqp.as_task_v2("changed", "worker_app.add", [1, 2])
        body, kind, encoding = json.dumps(message.body), "application/json", "utf-8"
        sent.append(own.prepare_message(body, 0, kind, encoding, message.headers, message.properties))
    [envelope] = sent
    properties = {**envelope["properties"], "delivery_info": {"exchange": "all", "routing_key": "key"}}
    redis.publish(channel, json.dumps({**envelope, "properties": {**properties, "delivery_tag": "t"}, **change}))


CHANGES: dict[str, dict[str, Any]] = {
    "an unknown content type": {"content-type": "application/x-own"},
    "no properties": {"properties": None},
    "a codec": {"content-type": "application/data", "content-encoding": "bz2"},
    "an unknown task": {"headers": {"task": "nobody.knows", "id": "changed"}},
    "an invalid limit": {"headers": {"task": "worker_app.add", "id": "changed", "timelimit": [1]}},
    "no task": {"headers": {}},
    "a deep body": {"body": "[" * 400 + "]" * 400, "properties": {}},
}


def test_a_broken_broadcast_task_fails_and_ends_nothing(
    broadcaster: Celery, start: StartWorker, redis: Redis, ledger: Ledger
) -> None:
    worker = start(pool="solo", queues="bcast.1", settings={"task_queues": FANOUT})
    [channel] = redis.pubsub_channels("*all*")

    for change in CHANGES.values():
        broken(broadcaster, redis, str(channel), change)
        broadcaster.send_task("worker_app.work", [str(ledger), "good", 0], queue="bcast.1")

    wait_until(lambda: ledger.count("end") == len(CHANGES), 20, f"the good tasks: {worker.log}")
    assert broadcaster.AsyncResult("changed").state == "FAILURE"
    assert worker.exit_code is None


def test_each_unreadable_broadcast_task_fails_and_takes_no_room(
    broadcaster: Celery, start: StartWorker, redis: Redis, ledger: Ledger
) -> None:
    worker = start(pool="solo", queues="bcast.1", settings={"task_queues": FANOUT})
    [channel] = redis.pubsub_channels("*all*")
    deep = CHANGES["a deep body"]

    for task_id in ("deep-1", "deep-2", "deep-3"):
        broken(broadcaster, redis, str(channel), {**deep, "headers": {"task": "worker_app.add", "id": task_id}})
    broadcaster.send_task("worker_app.work", [str(ledger), "good", 0], queue="bcast.1")

    wait_until(lambda: ledger.count("end") == 1, 20, f"the good task: {worker.log}")
    assert [broadcaster.AsyncResult(f"deep-{number}").state for number in (1, 2, 3)] == ["FAILURE"] * 3
    assert "completed message" not in worker.log
