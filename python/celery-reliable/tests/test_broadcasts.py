"""Nothing that arrives by pub/sub ends a worker, or fills its log: of each kind it logs a line a minute."""

import base64
import json
import zlib
from typing import Any

import pytest
from celery import Celery
from conftest import StartWorker, answers
from redis import Redis

from celery_reliable.clock import Clock
from tests.support.programs import Program
from tests.support.waiting import wait_until

CONTROL = "/0.celery.pidbox"
EVENTS = "/0.celeryev/worker.heartbeat"


def envelope(body: Any, raw: str | None = None, **changes: Any) -> dict[str, Any]:
    """A broadcast as kombu sends it, with changes of a test's own; `raw` is a body that is not encoded."""
    text = json.dumps(body) if raw is None else raw
    properties = {
        "delivery_mode": 1,
        "delivery_info": {"exchange": "celery.pidbox", "routing_key": ""},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": "1",
    }
    message = {
        "body": base64.b64encode(text.encode()).decode() if raw is None else raw,
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"clock": 1, "expires": 0},
        "properties": properties,
    }
    return {**message, **changes}


def command(method: str = "ping", arguments: Any = None, **more: Any) -> dict[str, Any]:
    return envelope({"method": method, "arguments": arguments or {}, "destination": None, **more})


def event(headers: Any = None, routing_key: str = "worker.heartbeat", **fields: Any) -> dict[str, Any]:
    info = {"exchange": "celeryev", "routing_key": routing_key}
    properties = {**envelope(0)["properties"], "delivery_info": info}
    body = {"type": "worker-heartbeat", "hostname": "x@y", "timestamp": 1.0, "utcoffset": 0, "pid": 1, "clock": 1}
    return envelope({**body, **fields}, properties=properties, headers=headers or {"hostname": "x@y"})


PROPERTIES = envelope(0)["properties"]
GOOD_BODY = envelope({"method": "ping", "arguments": {}})["body"]
DEEP = "[" * 3000 + "]" * 3000

MALFORMED: dict[str, Any] = {
    "no JSON": "{oops",
    "a number": "5",
    "null": "null",
    "a list": "[1]",
    "a text": '"abc"',
    "nested 3000 levels": DEEP,
    "nested in the headers": json.dumps(command()).replace('"clock": 1', f'"clock": {DEEP}'),
    "an empty object": "{}",
    "bad base64": envelope(0, raw="%%%"),
    "odd base64": envelope(0, raw="abcde"),
    "a body that is a number": {**command(), "body": 5},
    "a body nested 3000 levels": envelope(0, raw=base64.b64encode(DEEP.encode()).decode()),
    "headers that are a list": {**command(), "headers": [1]},
    "headers that are a text": {**command(), "headers": "x"},
    "headers that are null": {**command(), "headers": None},
    "properties that are a list": {**command(), "properties": []},
    "properties that are null": {**command(), "properties": None},
    "delivery info that is a text": {**command(), "properties": {**PROPERTIES, "delivery_info": "x"}},
    "no delivery tag": {**command(), "properties": {"delivery_info": {}, "body_encoding": "base64"}},
    "an unknown body encoding": {**command(), "properties": {**PROPERTIES, "body_encoding": "rot13"}},
    "a body encoding that is a number": {**command(), "properties": {**PROPERTIES, "body_encoding": 5}},
    "an unknown content type": {**command(), "content-type": "application/x-python-serialize"},
    "a content type that is a list": {**command(), "content-type": ["a"]},
    "an unknown charset": {**command(), "content-encoding": "no-such"},
    "a charset that is a number": {**command(), "content-encoding": 5},
    "an unknown compression": {**command(), "headers": {"compression": "brotli"}},
    "a wrong compression": {**command(), "headers": {"compression": "gzip"}},
    "a compression that is a list": {**command(), "headers": {"compression": [1]}},
    "a clock that is a text": {**command(), "headers": {"clock": "x"}},
    "a clock without end": json.dumps(command()).replace('"clock": 1', '"clock": 1e400'),
    "a clock of 400 digits": json.dumps(command()).replace('"clock": 1', f'"clock": {"9" * 400}'),
    "a command that is a list": envelope([1]),
    "a command that is null": envelope(None),
    "no method": envelope({"arguments": {}}),
    "a method that is a list": command(["ping"]),  # type: ignore[arg-type]
    "arguments that are a text": command("ping", "abc"),
    "unknown fields": command(surprise=1),
    "a destination that is a number": {**command(), **command("ping", destination=5)},
    "a pattern that is a list": command("ping", pattern=[1], matcher="glob"),
    "an unknown matcher": command("ping", pattern="*", matcher="nope"),
    "a pattern that is none": command("ping", pattern="(", matcher="pcre"),
    "a pattern that backtracks": command("ping", pattern="(((.+)+)+)+!", matcher="pcre"),
    "a pattern with many gaps": command("ping", pattern=".*" * 20 + "!", matcher="pcre"),
    "a pattern with many ways": command("ping", pattern="(|)" * 40 + "!", matcher="pcre"),
    "a long pattern": command("ping", pattern="*?" * 200, matcher="glob"),
    "reply to a text": command("ping", reply_to="abc", ticket="t"),
    "reply to an object": command("ping", reply_to={"exchange": {}, "routing_key": []}, ticket="t"),
}

MANY = "[" + "[]," * 200_000 + "[]]"
LARGE: dict[str, Any] = {
    "a large envelope": {**command(), "own": "x" * 9_000_000},
    "many values in the envelope": json.dumps(command()).replace('"clock": 1', f'"clock": {MANY}'),
    "many values in the body": envelope(0, raw=base64.b64encode(MANY.encode()).decode()),
    "a large compressed body": {
        **command(),
        "headers": {"compression": "application/x-gzip"},
        "body": base64.b64encode(
            zlib.compress(json.dumps({"method": "ping", "own": "x" * 9_000_000}).encode())
        ).decode(),
    },
}

MALFORMED_EVENTS: dict[str, Any] = {
    "no fields": {**event(), "body": envelope({})["body"]},
    "a list": {**event(), "body": envelope([1])["body"]},
    "a number": {**event(), "body": envelope(5)["body"]},
    "no host name": {**event(), "headers": {}, "body": envelope({"type": "worker-online"})["body"]},
    "a type that is a number": event(type=5),
    "a type without a group": event(type="x"),
    "a host name that is a list": event({"hostname": ["a"]}, hostname=["a"]),
    "a clock that is a text": event(clock="x"),
    "a clock without end": event(clock=float("inf")),
    "a timestamp that is a text": event(timestamp="x"),
    "a timestamp without end": event(timestamp=1e300),
    "a time shift that is a list": event(utcoffset=[1]),
    "a frequency that is a list": event(freq=[1]),
    "an election without fields": event(routing_key="worker.elect"),
    "an election that is a list": {**event(routing_key="worker.elect"), "body": envelope([1])["body"]},
    "an election with ids of any kind": event(routing_key="worker.elect", id=[1], topic=1, action=2, cver=1),
    "an answer without an id": {**event(routing_key="worker.elect.ack"), "body": envelope({})["body"]},
    "a routing key that is null": {
        **event(),
        "properties": {**PROPERTIES, "delivery_info": {"exchange": "celeryev", "routing_key": None}},
    },
}


@pytest.fixture
def worker(start: StartWorker) -> Program:
    return start(pool="solo", arguments=("--without-mingle", "--without-heartbeat"))


def test_malformed_broadcasts_are_one_line_a_minute_and_end_nothing(
    worker: Program, redis: Redis, client: Celery
) -> None:
    tables = {CONTROL: MALFORMED, EVENTS: MALFORMED_EVENTS}
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")

    before = worker.log
    for channel, table in tables.items():
        for name, message in table.items():
            redis.publish(channel, message if isinstance(message, str) else json.dumps(message))

            assert client.control.ping(timeout=5, limit=1), f"{name}: {worker.log}"
    said = worker.log.removeprefix(before).splitlines()
    assert len(said) == 1, said
    assert "A broadcast is ignored: JSONDecodeError" in said[0]

    [clock] = answers(client, "clock")
    assert clock["clock"] < 10_000
    assert "Traceback" not in worker.log
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=30) == 3


def test_what_is_broadcast_has_limits(start: StartWorker, redis: Redis) -> None:
    for number, channel in enumerate((CONTROL, EVENTS)):
        for name, message in LARGE.items():
            worker = start(pool="solo", queues=f"q{number}", arguments=("--without-mingle", "--without-heartbeat"))
            text = message if isinstance(message, str) else json.dumps(message)
            wait_until(lambda channel=channel, text=text: redis.publish(channel, text), 20, "a subscription")  # type: ignore[misc]

            worker.wait_for_log("A broadcast is ignored: DecodeError: the message has ")
            assert "_limit=" in worker.log, name
            worker.kill()


def test_no_field_of_an_event_breaks_the_view_of_other_workers(
    start: StartWorker, redis: Redis, client: Celery
) -> None:
    worker = start(pool="solo", arguments=("--without-mingle", "--without-heartbeat", "-l", "debug"))
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    fields: list[dict[str, Any]] = [{"heartbeats": {"a": 1}}, {"heartbeats": 5}, {"expire_window": "x"}]
    fields += [{"alive": True, "event": 1, "id": [], "__class__": 5, "__dict__": {}}, {"pid": []}]

    for number, field in enumerate(fields):
        name = {"hostname": f"{number}@y"}
        redis.publish(EVENTS, json.dumps(event(name, **name, freq=0.01, **field)))

    wait_until(lambda: worker.log.count("missed heartbeat") == len(fields), 12, "the end of their workers")
    assert "Connection to broker lost" not in worker.log
    assert "Traceback" not in worker.log


@pytest.mark.usefixtures("worker")
def test_a_command_with_an_unusable_clock_is_obeyed(redis: Redis, client: Celery) -> None:
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")

    for number in (2**52 + 1, 2**63, 10**30, "x", -1):
        redis.publish(EVENTS, json.dumps(event(clock=number)))
        redis.publish(CONTROL, json.dumps({**command(), "headers": {"clock": number}}))
    control: Any = client.control
    control.mailbox.clock.adjust(2**63)

    [clock] = answers(client, "clock")
    assert clock["clock"] < 10_000


@pytest.mark.parametrize("number", [2**52 + 1, 2**63, 1e400, float("nan"), 1.5, "x", None, True, [1], -1])
def test_an_unusable_clock_does_not_move_ours(number: object) -> None:
    clock = Clock(5)

    assert clock.adjust(number) == 6
