"""A message that cannot be run is put aside with its reason, and the next one is run."""

import base64
import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import NotRegistered
from kombu.exceptions import ContentDisallowed
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .broker import dead, wait_for_a_dead_letter, wait_until_all_settled
from .workers import Kind, StartWorker, Target, client_for, close_client

FIXTURES = Path(__file__).parents[2] / "node" / "celery-js" / "tests" / "fixtures" / "other-clients.json"
CASES = {case["name"]: case["raw"] for case in json.loads(FIXTURES.read_text())["cases"]}

NO_ENVELOPES = {
    "no text": "\x80\x04\x95",
    "no JSON": "{not json",
    "a list": "[1, 2]",
    "a number": "7",
    "no body": '{"headers": {}, "properties": {}}',
    "empty": "",
}


@pytest.mark.parametrize("name", NO_ENVELOPES)
def test_a_text_without_an_envelope_never_enters_unacked(
    start: StartWorker, queue: Target, redis: Redis, name: str
) -> None:
    redis.lpush("jobs", NO_ENVELOPES[name])
    worker = start(Kind.NODE)
    assert queue.call("basic.add", (1, 2)) == 3
    wait_until_all_settled(redis)
    [(header, message)] = dead(redis)
    assert header["reason"] == "undecodable"
    assert message == NO_ENVELOPES[name]
    assert worker.exit_code is None


@pytest.mark.difference("Content other than JSON")
def test_a_pickled_body_is_refused_and_its_sender_is_told(
    start: StartWorker, queue: Target, valkey: ValkeyServer, redis: Redis
) -> None:
    client = client_for(valkey.url, task_serializer="pickle", accept_content=["json", "pickle"])
    result = Target(client, "jobs").send("basic.add", (1, 2))
    start(Kind.NODE)
    with pytest.raises(ContentDisallowed, match="application/x-python-serialize"):
        result.get(timeout=30)
    wait_until_all_settled(redis)
    [(header, message)] = dead(redis)
    assert header["reason"] == "ContentDisallowed"
    assert result.id in message
    assert queue.call("basic.add", (1, 2)) == 3
    close_client(client)


def test_pickle_under_the_name_of_json_is_not_unpickled(
    start: StartWorker, queue: Target, redis: Redis
) -> None:
    queue.send("basic.add", (1, 2), task_id="disguised")
    envelope = json.loads(str(redis.lpop("jobs")))
    envelope["body"] = base64.b64encode(pickle.dumps([[1, 2], {}, {}])).decode()
    redis.lpush("jobs", json.dumps(envelope))
    start(Kind.NODE)
    error = queue.app.AsyncResult("disguised").get(timeout=30, propagate=False)
    assert type(error).__name__ == "DecodeError"
    assert wait_for_a_dead_letter(redis)[0]["reason"] == "DecodeError"


def test_a_content_type_that_is_not_json_is_refused(start: StartWorker, queue: Target, redis: Redis) -> None:
    queue.send("basic.add", (1, 2), task_id="yaml")
    envelope = json.loads(str(redis.lpop("jobs"))) | {"content-type": "application/x-yaml"}
    redis.lpush("jobs", json.dumps(envelope))
    start(Kind.NODE)
    with pytest.raises(ContentDisallowed, match="application/x-yaml"):
        queue.app.AsyncResult("yaml").get(timeout=30)


def test_many_undecodable_messages_keep_no_good_one(
    start: StartWorker, queue: Target, redis: Redis, kind: Kind
) -> None:
    redis.lpush("jobs", *["x"] * 20_000)
    result = queue.send("basic.add", (1, 2))

    start(kind, reliable=RELIABLE[kind])

    # Some are looked at in one step: with a pause after each step, this takes 20 s.
    assert result.get(timeout=10) == 3
    assert redis.llen("jobs.dead") == 10_000  # the newest


@pytest.mark.difference("Compression other than gzip and brotli")
@pytest.mark.parametrize("compression", ["bzip2", "xz"])
def test_a_compression_that_node_lacks_makes_a_dead_letter(
    start: StartWorker, queue: Target, redis: Redis, compression: str
) -> None:
    result = queue.send("basic.add", (1, 2), compression=compression)

    start(Kind.NODE)

    error = result.get(timeout=30, propagate=False)
    assert type(error).__name__ == "DecodeError"
    assert "use gzip, zlib or brotli" in str(error)
    assert wait_for_a_dead_letter(redis)[0]["reason"] == "DecodeError"


BROKEN: dict[str, dict[str, Any]] = {
    "kwargs that are not a mapping": {"body": [[1], [2], {}]},
    "args that are not a list": {"body": [{"a": 1}, {}, {}]},
    "an eta that is not a date": {"headers": {"eta": "tomorrow"}},
    "no task name": {"headers": {"task": ""}},
    "a long root id": {"headers": {"root_id": "x" * 2049}},
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_envelope_without_a_task_fails_if_it_has_an_id(
    start: StartWorker, queue: Target, redis: Redis, kind: Kind, name: str
) -> None:
    queue.send("basic.add", (1, 2), task_id="broken")
    envelope = json.loads(str(redis.lpop("jobs")))
    if "body" in BROKEN[name]:
        envelope["body"] = base64.b64encode(json.dumps(BROKEN[name]["body"]).encode()).decode()
    envelope["headers"] |= BROKEN[name].get("headers", {})
    redis.lpush("jobs", json.dumps(envelope))
    start(kind, reliable=RELIABLE[kind])
    error = queue.app.AsyncResult("broken").get(timeout=30, propagate=False)
    # Celery looks an empty name up.
    reason = "NotRegistered" if (kind, name) == (Kind.PYTHON, "no task name") else "InvalidTaskError"
    assert type(error).__name__ == reason
    assert queue.call("basic.add", (1, 2)) == 3
    assert wait_for_a_dead_letter(redis)[0]["reason"] == reason


def test_a_message_without_an_id_is_put_aside(start: StartWorker, queue: Target, redis: Redis) -> None:
    queue.send("basic.add", (1, 2))
    envelope = json.loads(str(redis.lpop("jobs")))
    del envelope["headers"]["id"]
    redis.lpush("jobs", json.dumps(envelope))
    start(Kind.NODE)
    wait_for_a_dead_letter(redis)
    assert queue.call("basic.add", (1, 2)) == 3
    wait_until_all_settled(redis)


def test_a_task_that_no_worker_knows_fails_and_is_kept(
    start: StartWorker, queue: Target, redis: Redis
) -> None:
    start(Kind.NODE)
    with pytest.raises(NotRegistered):
        queue.call("basic.no_such_task", (1, 2))
    wait_until_all_settled(redis)
    [(header, message)] = dead(redis)
    assert header["reason"] == "NotRegistered"
    assert "basic.no_such_task" in message


NO_RESULTS = {
    "return_function": "result.handlers[0] is a function",
    "return_bigint": "result.total is a BigInt",
    "return_cycle": "result.children[0] contains itself",
}


@pytest.mark.parametrize("task", NO_RESULTS)
def test_a_result_that_is_not_json_fails_its_task_and_says_where(
    start: StartWorker, queue: Target, redis: Redis, task: str
) -> None:
    start(Kind.NODE)
    result = queue.send(f"errors.{task}")
    error = result.get(timeout=30, propagate=False)
    assert result.state == "FAILURE"
    assert type(error).__name__ == "EncodeError"
    assert NO_RESULTS[task] in str(error)
    wait_until_all_settled(redis)


# A Python worker's delivery: that of celery_reliable.
RELIABLE: dict[Kind, dict[str, Any] | None] = {Kind.PYTHON: {}, Kind.NODE: None}
FOREIGN_RESULTS = {
    "celery-node, protocol 2": [1, 2, "é"],
    "celery-node, protocol 1": [1, 2, "é"],
    "celery-ts": [1, 2, "é"],
    "celery-ts, compressed": [1, 2, None],
}


@pytest.mark.parametrize("name", FOREIGN_RESULTS)
def test_a_message_of_another_node_client_is_run(
    start: StartWorker, queue: Target, redis: Redis, kind: Kind, name: str
) -> None:
    raw = CASES[name]
    redis.lpush("jobs", raw)
    start(kind, reliable=RELIABLE[kind])
    result = queue.app.AsyncResult("3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55")
    assert result.get(timeout=30) == FOREIGN_RESULTS[name]
    wait_until_all_settled(redis)


def of_protocol_1(raw: str) -> str:
    """The same message, with all fields in the body."""
    envelope = json.loads(raw)
    body = envelope["headers"] | {"args": [1, 2], "kwargs": {}}
    envelope["properties"]["body_encoding"] = "base64"
    return json.dumps(
        envelope | {"body": base64.b64encode(json.dumps(body).encode()).decode(), "headers": {}}
    )


def iso(moment: datetime) -> str:
    """The moment as JavaScript's `toISOString` writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.parametrize("protocol", ["1", "2"])
def test_the_eta_of_another_node_client_is_honoured(
    start: StartWorker, redis: Redis, kind: Kind, protocol: str
) -> None:
    eta = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    raw = CASES["celery-ts, eta and priority"]
    moved = raw.replace("2026-12-24T18:00:00.000Z", iso(eta)).replace(
        "2027-01-01T00:00:00.000Z", iso(eta + timedelta(hours=1))
    )
    assert moved.count(iso(eta)) == 1
    redis.lpush("jobs", moved if protocol == "2" else of_protocol_1(moved))
    start(kind, node={"lease_s": 1}, reliable=None if kind is Kind.NODE else {"lease_s": 1})
    wait_until(lambda: redis.zcard("celery.parked") == 1, 30, "the task being parked")
    due = eta.timestamp()
    assert redis.zrangebyscore("unacked_index", due, due) == redis.hkeys("unacked")
