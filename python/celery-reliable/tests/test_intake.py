"""Whatever raises between taking and starting a task, and at its end, belongs to that task alone."""

import json
from base64 import b64encode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker, client_app
from kombu.exceptions import EncodeError
from raising import ERRORS
from redis import Redis
from test_broadcasts import CONTROL, command

import celery_reliable
from tests.support.waiting import wait_until

SURVIVED = [name for name in ERRORS if name != "SystemExit"]
# Where Celery and its pool call a request -> whether its sender gets a failure, and its message is a dead letter.
PLACES = {
    "received": ("FAILURE", True),
    "asked": ("FAILURE", True),
    "started": ("SUCCESS", False),  # Celery's own class for the task never calls what this overrides
    "succeeded": ("SUCCESS", False),
    "told": ("SUCCESS", False),
}


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_what_raises_anywhere_belongs_to_its_message_alone(
    pool: str, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(pool=pool, concurrency=2)
    sent = {
        (place, error): client.send_task("worker_app.raise_at", [place, error])
        for place in PLACES
        for error in SURVIVED
    }

    for result in sent.values():
        wait_until(result.ready, 20, f"an end of {result.id}")
    wait_until(server.is_clean, 20, "a clean server")
    dead = {json.loads(raw)["headers"]["id"] for _, raw in server.dead()}
    assert {key: (result.state, result.id in dead) for key, result in sent.items()} == {
        (place, error): PLACES[place] for place, error in sent
    }
    # Every slot is free again.
    slots = 1 if pool == "solo" else 2
    for number in range(slots):
        client.send_task("worker_app.hold", [str(ledger), f"held-{number}", str(gate)])
    wait_until(lambda: ledger.count("begin") == slots, 20, "all slots in use")
    gate.touch()
    wait_until(server.is_clean, 20, "a clean server")
    assert worker.exit_code is None


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_a_task_that_raises_anything_has_failed(pool: str, server: Server, client: Celery, start: StartWorker) -> None:
    worker = start(pool=pool, concurrency=2)
    # A process of a pool ends with what is not an Exception: its task is retried, three times.
    errors = [error for error in SURVIVED if pool != "prefork" or error != "LibraryError"]
    sent = {error: client.send_task("worker_app.raise_at", ["task", error]) for error in errors}

    for error, result in sent.items():
        wait_until(result.ready, 20, f"an end of {error}")
        assert result.state == "FAILURE"
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    wait_until(server.is_clean, 20, "a clean server")
    assert worker.exit_code is None


def test_what_ends_the_worker_counts_until_the_message_is_buried(
    server: Server, client: Celery, start: StartWorker
) -> None:
    result = client.send_task("worker_app.raise_at", ["received", "SystemExit"])
    for _ in range(2):
        assert start(pool="solo", lease_s=1, max_deliveries=2, wait=False).wait(30) is not None
    start(pool="solo", lease_s=1, max_deliveries=2)

    wait_until(result.ready, 20, "the end of the task")

    [(header, _)] = wait_until(server.dead)
    assert (header["reason"], header["deliveries"]) == ("WorkerLostError", 2)
    assert type(result.result).__name__ == "WorkerLostError"


def test_protocol_1_is_given_up_as_well(server: Server, client: Celery, start: StartWorker, redis: Redis) -> None:
    """As the sweep puts it back after as many losses as there may be."""
    result = client.AsyncResult("old")
    fields = {"task": "worker_app.add", "id": "old", "args": [1, 2], "kwargs": {}}
    properties = {"body_encoding": "base64", "delivery_info": {}, "correlation_id": "old"}
    envelope = {
        "body": b64encode(json.dumps(fields).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"redelivered": True},
        "properties": properties,
    }
    redis.hset("celery.deliveries", "old", 2)
    redis.lpush("jobs", json.dumps(envelope))

    start(max_deliveries=2)

    wait_until(result.ready, 20, "the end of the task")
    assert type(result.result).__name__ == "WorkerLostError"
    wait_until(server.is_clean, 20, "a clean server")
    assert [header["deliveries"] for header, _ in server.dead()] == [2]


BODIES: dict[str, tuple[Any, str]] = {
    "kwargs null": ([[1, 2], None, {}], "SUCCESS"),
    "args null": ([None, {"x": 1, "y": 2}, {}], "SUCCESS"),
    "embed null": ([[1, 2], {}, None], "SUCCESS"),
    "embed with an id": ([[1, 2], {}, {"id": "another"}], "SUCCESS"),
    "kwargs 5": ([[1, 2], 5, {}], "FAILURE"),
    "kwargs text": ([[1, 2], "abc", {}], "FAILURE"),
    "kwargs list": ([[1, 2], ["a"], {}], "FAILURE"),
    "embed 5": ([[1, 2], {}, 5], "FAILURE"),
    "embed text": ([[1, 2], {}, "abc"], "FAILURE"),
    "embed list": ([[1, 2], {}, [[]]], "FAILURE"),
    "two parts": ([[1, 2], {}], "FAILURE"),
    "errbacks 5": ([["a", 2], {}, {"errbacks": 5}], "FAILURE"),
}
HEADERS: dict[str, dict[str, Any]] = {
    "limits of text": {"timelimit": [None, "x"]},
    "limits of lists": {"timelimit": [5, [1]]},
    "one limit": {"timelimit": [1]},
    "an endless limit": {"timelimit": [float("inf"), None]},
    "a limit beyond every float": {"timelimit": [10**400, None]},
    "a stamp that is a list": {"stamped_headers": [[]]},
    "stamps that are a list": {"stamped_headers": ["a"], "stamps": ["a"]},
    "an eta that is a list": {"eta": [1]},
    "an eta beyond the calendar": {"eta": "0001-01-01T00:00:00+23:00"},
    "expires that is a number": {"expires": 5},
}


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_message_that_celery_stumbles_over_has_an_end(
    pool: str, server: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    worker = start(pool=pool)
    expected = {f"body: {name}": state for name, (_, state) in BODIES.items()}
    for name, (body, _) in BODIES.items():
        redis.lpush("jobs", _message(f"body: {name}", body))
    for name, headers in HEADERS.items():
        redis.lpush("jobs", _message(f"headers: {name}", [[1, 2], {}, {}], headers))
        expected[f"headers: {name}"] = "FAILURE"
    if pool == "prefork":  # it is pickled for the process
        redis.lpush("jobs", _message("deep", [[1, 2], {}, {}], {"own": _nested(600)}))
        expected["deep"] = "FAILURE"

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3

    for task_id in expected:
        wait_until(client.AsyncResult(task_id).ready, 20, task_id)
    assert {task_id: client.AsyncResult(task_id).state for task_id in expected} == expected
    wait_until(server.is_clean, 20, "a clean server")
    assert Counter(expected.values())["FAILURE"] == len(server.dead())
    worker.signal(15)
    assert worker.wait(20) == 0, "a job that was never written keeps no pool from its end"


def test_a_message_whose_id_has_no_bytes_is_buried(
    server: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    redis.lpush("jobs", _message("\ud800", [[1, 2], {}, {}], {"eta": "never"}))
    redis.lpush("jobs", _message("unknown", [[], {}, {}], {"task": "nobody.knows"}, {"priority": float("inf")}))
    start(pool="threads")

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3

    wait_until(server.is_clean, 20, "a clean server")
    assert {header["reason"] for header, _ in server.dead()} == {"InvalidTaskError", "NotRegistered"}


def test_a_result_that_the_server_refuses_leaves_a_dead_letter(
    server: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    sent: dict[str, tuple[str, list[Any]]] = {
        "succeeds": ("add", [1, 2]),
        "fails": ("add", [1, "a"]),
        "unknown": ("nobody_knows", []),
    }
    for task_id, (name, args) in sent.items():
        redis.hset(f"celery-task-meta-{task_id}", "of", "another program")
        client.send_task(f"worker_app.{name}", args, task_id=task_id)
    start(pool="prefork", concurrency=1)

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3

    wait_until(server.is_clean, 20, "a clean server")
    reasons = {json.loads(raw)["headers"]["id"]: header["reason"] for header, raw in server.dead()}
    assert reasons == {"succeeds": "unstorable", "fails": "unstorable", "unknown": "NotRegistered"}


UNSENDABLE = {
    "an unknown compression": {"queue": "elsewhere", "compression": "nothing"},
    "a queue that is not a list": {"queue": "unacked"},
}


@pytest.mark.parametrize("name", UNSENDABLE)
def test_a_callback_that_can_never_be_sent_fails_its_task(
    name: str, client: Celery, start: StartWorker, redis: Redis
) -> None:
    worker = start(pool="prefork", concurrency=1)
    redis.hset("unacked", "odd", "of another program")
    link = {"task": "worker_app.add", "args": [1], "kwargs": {}, "options": UNSENDABLE[name]}
    redis.lpush("jobs", _message("linked", [[1, 2], {}, {"callbacks": [link]}]))

    with pytest.raises(Exception, match="can never be sent"):
        client.AsyncResult("linked").get(timeout=20)

    worker.signal(15)
    assert worker.wait(20) == 0


@pytest.mark.parametrize("retry", [True, False])
def test_a_queue_that_is_no_list_is_refused_and_no_outage(retry: bool, server: Server, redis: Redis) -> None:
    redis.hset("no-list", "odd", "of another program")
    app = client_app(server.url)
    celery_reliable.install(app)

    with app, pytest.raises(EncodeError, match="can never be sent"):
        app.send_task("worker_app.add", queue="no-list", retry=retry, retry_policy={"max_retries": 1})


@pytest.mark.parametrize(
    "queue", ["celery.parked", "unacked", "celery.leases", "celery-task-meta-x", "_kombu.binding.x"]
)
def test_nothing_is_sent_into_a_key_that_is_no_queues(
    queue: str, server: Server, client: Celery, start: StartWorker, redis: Redis
) -> None:
    reliable = client_app(server.url)
    celery_reliable.install(reliable)
    with pytest.raises(EncodeError, match="invalid queue"):
        reliable.send_task("worker_app.add", [1, 2], queue=queue)

    start(pool="solo")
    follower = {"task": "worker_app.add", "args": [1], "options": {"queue": queue, "task_id": "follower"}}
    sent = client.send_task("worker_app.add", [1, 2], link=client.signature(follower))
    address = {"exchange": "", "routing_key": queue}
    redis.publish(CONTROL, json.dumps(command("ping", reply_to=address, ticket="t")))

    wait_until(sent.ready, 20, "an end")
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    assert isinstance(sent.result, Exception), sent.result
    assert redis.type(queue) in ("none", "hash", "zset")


def test_a_callback_in_brotli_is_sent_and_read(client: Celery, redis: Redis, start: StartWorker) -> None:
    start(pool="threads")
    options = {"compression": "brotli", "queue": "jobs", "task_id": "pressed"}
    link = {"task": "worker_app.add", "args": [1], "kwargs": {}, "options": options}
    redis.lpush("jobs", _message("linked", [[1, 2], {}, {"callbacks": [link]}]))

    assert client.AsyncResult("pressed").get(timeout=20) == 4


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def _message(
    task_id: str, body: Any, headers: dict[str, Any] | None = None, properties: dict[str, Any] | None = None
) -> str:
    info = {"exchange": "", "routing_key": "jobs"}
    return json.dumps(
        {
            "body": json.dumps(body),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"lang": "py", "task": "worker_app.add", "id": task_id, **(headers or {})},
            "properties": {"delivery_info": info, "priority": 0, "delivery_tag": task_id, **(properties or {})},
        }
    )
