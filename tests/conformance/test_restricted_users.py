"""With exactly the rights of docs/settings.md, everything works and the server refuses nothing."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.programs import Program
from tests.support.server_users import UsedRights, create_user, refusals, rule
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import dead
from .ledger import Ledger
from .workers import Kind, StartWorker, Target, client_for, close_client

PREFIX = "jobs:"
LEASE_S = 2.0
# Done without, each with one warning at the start.
DISPENSABLE = {"info", "client|setname"}
CALLS = Path(__file__).with_name("js_calls_client.mjs")
CAME_BACK = {
    "sum": 3,
    "state": "SUCCESS",
    "bound": 4,
    "restored": [3, 3],
    "extended": 3,
    "failed": "ChordError",
    "pongs": 1,
}


@pytest.fixture(params=[PREFIX, ""], ids=["with a prefix", "without a prefix"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def options(prefix: str) -> dict[str, Any]:
    """The settings of both languages for keys with a prefix."""
    transport = {"global_keyprefix": prefix} if prefix else {}
    return {"broker_transport_options": transport, "result_backend_transport_options": transport}


@pytest.fixture
def sender(valkey: ValkeyServer, prefix: str) -> Iterator[Target]:
    """A client that may do everything."""
    client = client_for(valkey.url, **options(prefix))
    yield Target(client, "js-queue")
    close_client(client)


def start_node(workers: WorkerFactory, url: str, prefix: str, **settings: Any) -> Program:
    start = StartWorker(workers, url)
    node = {"lease_s": LEASE_S, **settings}
    return start(Kind.NODE, queues="js-queue", celery=options(prefix), node=node, folders=["js_calls_tasks"])


def rules(user: str, prefix: str) -> list[str]:
    """The rules of a user, "worker" or "client"."""
    place = f"Node {user}, without a prefix" if not prefix else "Node, with `JOBS_GLOBAL_KEYPREFIX=jobs:`"
    return [*rule(f"Node {user}"), *rule(place)]


def call_from_a_client(url: str, prefix: str, given: dict[str, str], used: UsedRights) -> dict[str, Any]:
    """Make the calls of js_calls.js from a JavaScript client."""
    option = {"globalKeyprefix": prefix}
    settings: dict[str, Any] = {"brokerUrl": url, "resultBackend": url, "taskDefaultQueue": "js-queue"}
    settings |= {"brokerTransportOptions": option, "resultBackendTransportOptions": option}
    command = ["node", str(CALLS), json.dumps({"settings": settings, "given": given})]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout
        answers: dict[str, Any] = json.loads(client.stdout.readline() or "{}")
        used.catch_up()
        client.communicate(timeout=20)
    return answers


def test_a_node_worker_and_client_need_exactly_what_is_documented(
    workers: WorkerFactory, redis: Redis, sender: Target, prefix: str, ledger: Ledger
) -> None:
    used = UsedRights(redis)
    url = create_user(redis, "worker", *rules("worker", prefix))
    client_url = create_user(redis, "client", *rules("client", prefix))
    given = {"ledger": ledger.path, "queue": "js-queue"}

    # One worker is stuck and ends itself, another one takes over, and then come all the ways of a message.
    stuck = start_node(workers, url, prefix, loop_stall_limit_s=2)
    held = sender.send("work.busy", (ledger.path, "held", 60))
    stuck.wait(timeout_s=30)
    worker = start_node(workers, url, prefix, max_deliveries=1, worker_health_address="0")
    eta = sender.send("basic.add", (2, 3), countdown=3 * LEASE_S)
    assert call_from_a_client(client_url, prefix, given, used) == CAME_BACK
    assert sender.call("calls.make", (given,)) == CAME_BACK
    pong = sender.app.control.ping(timeout=3, limit=1) or []
    assert len(pong) == 1
    revoked = sender.send("basic.add", (5, 5), countdown=60)
    sender.app.control.revoke(revoked.id)
    wait_until(lambda: sender.app.control.inspect().revoked(), 30, "the revoked one")
    sender.app.send_task("conformance.no.such", queue="js-queue")
    wait_until(lambda: dead(redis, f"{prefix}js-queue"), 30, "a dead letter")
    assert eta.get(timeout=20) == 5
    with pytest.raises(Exception, match=r"worker"):
        held.get(timeout=20)

    found = worker.wait_for_log(r"Health checks: (http://127\.0\.0\.1:\d+)")
    with urllib.request.urlopen(f"{found[1]}/metrics", timeout=10) as answer:  # noqa: S310 - ours
        assert b'celery_queue_length{queue_name="js-queue"} 0' in answer.read()

    refused = [each for each in refusals(redis) if each.split()[-1] not in DISPENSABLE]
    assert refused == []
    unused = {user: used.unused(user, rules(user, prefix)) for user in ("worker", "client")}
    assert unused == {"worker": [], "client": []}
    assert worker.stop() == 0
    warnings = [line for line in worker.log.splitlines() if "NOPERM" in line]
    assert len(warnings) == 2, warnings


@pytest.mark.parametrize("rights", [["+@all", "-@dangerous", "-@admin"]], ids=["no admin, nothing dangerous"])
def test_a_node_worker_warns_once_of_what_it_may_not_ask(
    rights: list[str], workers: WorkerFactory, redis: Redis
) -> None:
    url = create_user(redis, "usual", "~*", "&*", *rights)
    worker = start_node(workers, url, "")
    client = client_for(url)
    target = Target(client, "js-queue")

    assert target.call("basic.add", (1, 2)) == 3

    assert worker.stop() == 0
    lines = [json.loads(line) for line in worker.log.splitlines()]
    [warning] = [line for line in lines if "NOPERM" in line["message"]]
    assert "cannot be checked for maxmemory-policy" in warning["message"]
    assert warning["level"] == "warning"
    close_client(client)


def test_a_node_worker_without_channels_consumes_all_the_same(
    workers: WorkerFactory, redis: Redis, valkey: ValkeyServer
) -> None:
    url = create_user(redis, "deaf", "~*", "resetchannels", "&celery-task-meta-*", "+@all")
    worker = start_node(workers, url, "")
    client = client_for(valkey.url)
    assert Target(client, "js-queue").call("basic.add", (1, 2)) == 3
    assert worker.stop() == 0
    problems = [line for line in worker.log.splitlines() if "NOPERM" in line]
    assert sum("Remote control receives no commands" in line for line in problems) == 1
    assert len(problems) <= 3, problems
    close_client(client)
