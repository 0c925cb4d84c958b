"""Queues of topic exchanges on Redis, where kombu's clients find them by the bindings that workers write."""

import json
import subprocess
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from redis import Redis

from scripts.paths import NODE_PROJECT
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

from .control import Controlled
from .ledger import Ledger
from .test_js_client import run_js
from .workers import Kind, StartWorker, Target, client_for, close_client

pytestmark = pytest.mark.on_redis

ORDERS: dict[Kind, dict[str, Any]] = {
    Kind.PYTHON: {
        "celery": {
            "task_queues": {
                "orders": {"exchange": "shop", "exchange_type": "topic", "routing_key": "orders.#"}
            }
        }
    },
    Kind.NODE: {
        "node": {
            "task_queues": [
                {"name": "orders", "exchange": "shop", "exchangeType": "topic", "routingKey": "orders.#"}
            ]
        }
    },
}
KEYS = [
    "#",
    "*",
    "orders.#",
    "*.new.#",
    "a_b.*-c",
    "é.日本.*",
    "x..y",
    "a*.b#",
    "a|b(c)[d]\\e",
    "٣.²",
    "😀.𠮷.*",
    "tab\t.#",
    "nul\0.*",
]
DECLARE = """
import { createPublisher } from "./celery-js/src/transport/transport.js";
import { resolveSettings } from "./celery-js/src/validation/resolve-settings.js";
const [brokerUrl, keys] = JSON.parse(process.env.GIVEN);
const publisher = createPublisher(resolveSettings({ brokerUrl }));
for (const [i, routingKey] of keys.entries()) {
  await publisher.declareQueue(`q${i}`, { exchange: "ex", exchangeType: "topic", routingKey });
}
await publisher.close();
"""


def topic(name: str, exchange: str, key: str) -> Queue:
    """A queue that gets the messages whose routing keys match."""
    return Queue(name, Exchange(exchange, type="topic"), routing_key=key)


def test_a_topic_queue_is_bound_as_kombu_binds_it_byte_for_byte(valkey: ValkeyServer, redis: Redis) -> None:
    with Connection(valkey.url) as connection, connection.channel() as channel:
        for number, key in enumerate(KEYS):
            topic(f"q{number}", "ex", key)(channel).declare()
    tables = ("_kombu.binding.ex", "_kombu.binding_permanent.ex")
    of_kombu = [redis.smembers(table) for table in tables]
    redis.flushall()

    command = ["node", "--input-type=module", "--eval", DECLARE]
    given = {"GIVEN": json.dumps([valkey.url, KEYS])}
    subprocess.run(command, cwd=NODE_PROJECT, check=True, env=clean_environment() | given)

    assert [redis.smembers(table) for table in tables] == of_kombu


def test_a_topic_queue_gets_what_its_key_matches_from_both_clients(
    kind: Kind, start: StartWorker, valkey: ValkeyServer, redis: Redis
) -> None:
    start(kind, queues="orders", **ORDERS[kind])
    assert redis.smembers("_kombu.binding.shop") == {"orders.#\x06\x16^orders\\..*?$\x06\x16orders"}
    python = client_for(valkey.url, task_queues=[topic("orders", "shop", "orders.#")])

    assert Target(python, "orders").call("basic.add", (1, 2), routing_key="orders.new.big") == 3
    options = {"exchange": "shop", "routingKey": "orders.new.big"}
    [of_js] = run_js(valkey.url, {"task": "basic.add", "args": [1, 2], "options": options})
    [unbound] = run_js(valkey.url, {"task": "basic.add", "options": options | {"routingKey": "mails.new"}})

    assert of_js["value"] == 3
    assert "no queue is bound to exchange 'shop'" in unbound["error"]["message"]
    close_client(python)


def test_a_topic_queue_is_added_and_cancelled_by_remote_control(one: Controlled, ledger: Ledger) -> None:
    name, exchange = f"{one.kind}-media", f"{one.kind}-ex"
    place = {"exchange": exchange, "exchange_type": "topic", "routing_key": "media.*"}
    client = client_for(str(one.app.conf.broker_url), task_queues=[topic(name, exchange, "media.*")])
    media = Target(client, name)

    def bound() -> list[tuple[Any, ...]]:
        queues = [queue for queue in one.tell("active_queues") if queue["name"] == name]
        return [(q["exchange"]["name"], q["exchange"]["type"], q["routing_key"]) for q in queues]

    assert one.tell("add_consumer", queue=name, **place) == {"ok": f"add consumer {name}"}
    wait_until(lambda: bound() == [(exchange, "topic", "media.*")], what="the queue")
    assert media.call("basic.add", (1, 2), routing_key="media.video") == 3

    one.tell("cancel_consumer", queue=name)
    wait_until(lambda: bound() == [], what="the end of it")
    waiting = media.send("work.record", (ledger.path, "waits"), routing_key="media.audio")
    assert one.queue.call("basic.add", (1, 2)) == 3
    assert waiting.state == "PENDING"

    one.tell("add_consumer", queue=name)
    assert waiting.get(timeout=30) == "waits"
    assert bound() == [(exchange, "topic", "media.*")]
    one.tell("cancel_consumer", queue=name)
    close_client(client)


def test_active_queues_describe_a_topic_queue_alike(controlled: Mapping[str, Controlled]) -> None:
    place = {"exchange": "alike", "exchange_type": "topic", "routing_key": "a.*"}

    def shown(one: Controlled) -> list[Any]:
        return [queue for queue in one.tell("active_queues") if queue["name"] == "alike"]

    described = []
    for one in controlled.values():
        one.tell("add_consumer", queue="alike", **place)
        wait_until(partial(shown, one), what="the queue")
        described += shown(one)
        one.tell("cancel_consumer", queue="alike")
    assert described == described[:1] * len(controlled)


@pytest.mark.parametrize("reliable", [None, {}], ids=["stock", "reliable"])
def test_a_javascript_client_reaches_the_broadcast_of_python_workers(
    reliable: dict[str, Any] | None, start: StartWorker, valkey: ValkeyServer, ledger: Ledger
) -> None:
    for name in ("bcast.1", "bcast.2"):
        queue = {name: {"exchange": "all", "exchange_type": "fanout", "routing_key": "key"}}
        start(Kind.PYTHON, queues=name, celery={"task_queues": queue}, reliable=reliable)
    call = {"task": "work.record", "args": [str(ledger.path), "heard"]}
    options = {"exchange": "all", "routingKey": "key"}

    [refused] = run_js(valkey.url, call | {"options": options})
    assert "exchange 'all' is a Broadcast of Python workers" in refused["error"]["message"]

    run_js(valkey.url, call | {"options": options | {"exchangeType": "fanout"}})
    ledger.wait_for("start", 2, label="heard")
