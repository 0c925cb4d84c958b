"""Dead letters of queues with a long name or another key, and of a user with few rights: none vanishes."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import amqp
import pytest
from kombu import Connection

from tests.brokers.rabbitmq.fleet import KINDS, Fleet, client, dead
from tests.brokers.rabbitmq.node import Broker
from tests.conformance.dead_letters.ids import LETTERS, is_expected
from tests.support.waiting import wait_until

# A suffix would make them longer than the 255 bytes that a name may have, and they differ at the end only.
LONG = [f"{'é' * 126}{end}" for end in "ab"]


def publish(
    broker: Broker, task_id: str, *, exchange: str = "", key: str, task: str = "tests.unknown"
) -> None:
    headers = {"lang": "py", "task": task, "id": task_id, "retries": 0}
    kept: dict[str, Any] = {
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "delivery_mode": 2,
    }
    with Connection(broker.url) as connection, connection.channel() as channel:
        message = amqp.Message("[[1, 2], {}, {}]", application_headers=headers, **kept)
        channel.basic_publish(message, exchange=exchange, routing_key=key)


def list_letters(tool: str, broker: Broker, folder: Path, queue: str) -> list[str]:
    listed = json.loads(dead(tool, broker, folder, "list", "-Q", queue, "--json"))
    return [letter["id"] for letter in listed]


def wait_for_letter(tool: str, broker: Broker, folder: Path, queue: str, task_id: str) -> None:
    wait_until(lambda: list_letters(tool, broker, folder, queue) == [task_id], 40, f"{tool}: {task_id}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_queue_with_a_long_name_keeps_its_dead_letters(
    fleet: Fleet, broker: Broker, kind: str, tmp_path: Path
) -> None:
    for queue in LONG:
        fleet.start(kind, queue)
        publish(broker, f"letter-{queue[-1]}", key=queue)

    for tool in KINDS:
        for queue in LONG:
            wait_for_letter(tool, broker, tmp_path, queue, f"letter-{queue[-1]}")
    dead(kind, broker, tmp_path, "purge", "-Q", LONG[0], "--yes", "--all")
    assert [len(list_letters(kind, broker, tmp_path, queue)) for queue in LONG] == [0, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dead_letter_is_kept_with_its_queue_not_with_its_key(
    fleet: Fleet, broker: Broker, kind: str, tmp_path: Path
) -> None:
    worker = fleet.start(kind)
    place: Any = {"exchange": "shop", "exchange_type": "topic", "routing_key": "orders.#"}
    with client(broker) as app:
        app.control.add_consumer("orders", **place)
    worker.wait_for_log("Started consuming from orders")  # Celery answers the command before
    publish(broker, "letter", exchange="shop", key="orders.new.big")

    for tool in KINDS:
        wait_for_letter(tool, broker, tmp_path, "orders", "letter")


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_right_to_keep_a_dead_letter_the_message_stays(
    fleet: Fleet, broker: Broker, kind: str, tmp_path: Path
) -> None:
    user = f"few-{uuid4()}"
    broker.server.ctl("add_user", user, "secret")
    rights = r"^(?!.*\.dead$).*", ".*", ".*"
    broker.server.ctl("set_permissions", "-p", broker.vhost, user, *rights)
    url = broker.url.replace("guest:guest", f"{user}:secret")
    worker = fleet.start(kind, url=url)
    publish(broker, "letter", key="jobs")
    worker.wait_for_log(r"jobs\.dead")

    if kind == "node":
        with client(broker) as app:
            assert app.send_task("tests.add", [1, 2]).get(timeout=40) == 3
    worker.kill()

    # And perhaps the other one, if it was not acknowledged yet.
    wait_until(lambda: broker.messages("jobs") >= 1, 20, "the message to be back")
    fleet.start(kind)
    wait_for_letter(kind, broker, tmp_path, "jobs", "letter")


@pytest.mark.parametrize("tool", KINDS)
def test_a_dead_letter_has_the_same_id_as_on_redis(broker: Broker, tool: str, tmp_path: Path) -> None:
    with Connection(broker.url) as connection, connection.channel() as channel:
        for name, letter in LETTERS.items():
            channel.queue_declare(f"{name}.dead", durable=True, auto_delete=False)
            kept = {"content_type": "application/json", "correlation_id": letter.correlation_id}
            message = amqp.Message(
                letter.body,
                application_headers=letter.headers,
                **{key: value for key, value in kept.items() if value is not None},
            )
            channel.basic_publish(message, exchange="", routing_key=f"{name}.dead")

    shown = json.loads(dead(tool, broker, tmp_path, "list", "-Q", ",".join(LETTERS), "--json"))

    assert len(shown) == len(LETTERS)
    assert [letter for letter in shown if not is_expected(letter["id"], letter["queue"])] == []
