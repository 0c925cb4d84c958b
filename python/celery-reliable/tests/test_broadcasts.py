"""Nothing that arrives by pub/sub ends a worker, or fills its log: of each kind it logs a line a minute."""

import base64
import json
from typing import Any

import pytest
from celery import Celery
from conftest import Server, StartWorker
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

WRONG_ARGUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "an object as a queue": ("add_consumer", {"queue": {"a": 1}}),
    "a list as a queue": ("add_consumer", {"queue": ["a"]}),
    "a number as a queue": ("add_consumer", {"queue": 5}),
    "an empty queue": ("add_consumer", {"queue": ""}),
    "a queue with a line break": ("add_consumer", {"queue": "a\nb"}),
    "an object as an exchange": ("add_consumer", {"queue": "q", "exchange": {"a": 1}}),
    "a queue with half of a surrogate pair": ("add_consumer", {"queue": "a\ud800"}),
    "a number as a routing key": ("add_consumer", {"queue": "q", "routing_key": 5}),
    "an unknown type of exchange": ("add_consumer", {"queue": "q", "exchange_type": "nope"}),
    "a list as a type of exchange": ("add_consumer", {"queue": "q", "exchange_type": ["direct"]}),
    "a list as a queue to cancel": ("cancel_consumer", {"queue": ["a"]}),
    "a text as a time limit": ("time_limit", {"task_name": "worker_app.add", "hard": "x"}),
    "a soft limit without end": ("time_limit", {"task_name": "worker_app.add", "soft": float("inf")}),
    "a list as a rate": ("rate_limit", {"task_name": "worker_app.add", "rate_limit": [1]}),
    "half a process": ("autoscale", {"max": 1.5}),
    "a million processes": ("autoscale", {"min": 1_000_000}),
    "no number to grow by": ("pool_grow", {"n": None}),
    "two billion processes": ("pool_grow", {"n": 2**31}),
    "no number to shrink by": ("pool_shrink", {"n": None}),
    "a negative number to shrink by": ("pool_shrink", {"n": -1}),
    "more tasks than a worker remembers": ("revoke", {"task_id": ["x"] * 50_001}),
    "an id longer than any task's": ("terminate", {"task_id": "x" * 2_049, "signal": "TERM"}),
    "more stamps than a worker remembers": ("revoke_by_stamped_headers", {"headers": {"a": list(range(50_001))}}),
    "a stamp that is an object": ("revoke_by_stamped_headers", {"headers": {"a": [{}]}}),
    "more revoked tasks of another worker": ("hello", {"from_node": "a@b", "revoked": ["x"] * 50_001}),
    "more attributes of tasks than there are": ("registered", {"taskinfoitems": ["x"] * 101}),
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


@pytest.mark.usefixtures("worker")
def test_a_command_with_wrong_arguments_is_answered_with_the_error(server: Server, client: Celery) -> None:
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    keys = {str(key) for key in server.client.scan_iter()}

    for name, (method, arguments) in WRONG_ARGUMENTS.items():
        [reply] = answers(client, method, **arguments)
        assert f"{method}() argument" in reply["error"], name

    left = {str(key) for key in server.client.scan_iter()} - keys
    assert {key for key in left if key.startswith("_kombu") and not key.endswith("pidbox")} == set()
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=30) == 3


def test_a_queue_whose_keys_are_none_is_refused(worker: Program, redis: Redis, client: Celery) -> None:
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    redis.set("text", "no list")
    redis.set("later\x06\x163", "no list")
    ours = "its key is one of the delivery protocol's; choose another name"
    dead = "it keeps dead letters; choose another name"
    refused = {
        "unacked": f"invalid queue 'unacked': {ours}",
        "celery.leases": f"invalid queue 'celery.leases': {ours}",
        "jobs.dead": f"invalid queue 'jobs.dead': {dead}",
        "text": "the key text is a string, not a list",
        "later": "the key later\\x06\\x163 is a string, not a list",
    }

    for queue, reason in refused.items():
        [reply] = answers(client, "add_consumer", queue=queue)
        assert reply["error"] in (f'ImproperlyConfigured("{reason}")', f"ImproperlyConfigured('{reason}')")

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    assert worker.exit_code is None


def test_a_thousand_unknown_commands_and_a_thousand_wrong_arguments_are_two_lines(
    worker: Program, client: Celery
) -> None:
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")

    for number in range(1_000):
        client.control.broadcast(f"unknown {number}")
        client.control.broadcast("rate_limit", {"task_name": 5})

    [reply] = answers(client, "unknown")
    assert reply == {"error": "KeyError('unknown')"}
    said = [line for line in worker.log.splitlines() if "control command" in line.lower()]
    assert [line.partition("] ")[2] for line in said] == [
        "No such control command: 'unknown 0'",
        "Control command error: rate_limit: rate_limit() argument 'task_name' must be a name, not 5",
    ]


def test_a_pool_that_is_shrunk_by_none_keeps_its_processes(start: StartWorker, client: Celery) -> None:
    start(pool="prefork", arguments=("--without-mingle", "--without-heartbeat"))
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    [stats] = answers(client, "stats")

    for _ in stats["pool"]["processes"]:
        assert answers(client, "pool_shrink", n=0) == [{"ok": "pool will shrink"}]

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=30) == 3


def test_a_queue_that_cannot_be_declared_is_forgotten(worker: Program, redis: Redis, client: Celery) -> None:
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    redis.set("_kombu.binding.odd", "no set")

    assert answers(client, "add_consumer", queue="odd") == [{"ok": "add consumer odd"}]
    worker.wait_for_log("WRONGTYPE")
    redis.replicaof("127.0.0.1", "1")
    worker.wait_for_log("Connection to broker lost")
    redis.replicaof("NO", "ONE")

    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    wait_until(lambda: client.control.ping(timeout=0.5, limit=1), what="an answer")
    [queues] = (client.control.inspect(timeout=5, limit=1).active_queues() or {}).values()
    assert [queue["name"] for queue in queues] == ["jobs"]
    assert worker.exit_code is None


def answers(client: Celery, method: str, **arguments: Any) -> list[dict[str, Any]]:
    """What the worker answers to a command."""
    found = client.control.broadcast(method, arguments, reply=True, timeout=5, limit=1) or []
    return [dict(reply) for answer in found for reply in answer.values()]
