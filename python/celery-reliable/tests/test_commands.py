"""A command of remote control that cannot be obeyed is answered with the reason, and changes nothing."""

from typing import Any

import pytest
from celery import Celery
from conftest import Server, StartWorker, answers
from redis import Redis

from tests.support.programs import Program
from tests.support.waiting import wait_until

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
