"""With exactly the rights of docs/settings.md, everything works and the server refuses nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from tests.support.programs import Program
from tests.support.server_users import create_user, refusals, rule
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import dead
from .ledger import Ledger
from .test_js_client import run_js
from .workers import Kind, StartWorker, Target, client_for, close_client

PREFIX = "jobs:"
LEASE_S = 2.0
# Done without, each with one warning at the start.
DISPENSABLE = {"info", "client|setname"}


@pytest.fixture(params=[PREFIX, ""], ids=["with a prefix", "without a prefix"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(prefix: str) -> list[str]:
    """Keys and channels of a Node worker."""
    row = "Node, with `JOBS_GLOBAL_KEYPREFIX=jobs:`" if prefix else "Node, without a prefix"
    return rule(row)


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
    return start(Kind.NODE, queues="js-queue", celery=options(prefix), node={"lease_s": LEASE_S, **settings})


def test_a_node_worker_and_client_need_no_more_than_is_documented(
    workers: WorkerFactory,
    redis: Redis,
    sender: Target,
    prefix: str,
    place: list[str],
    ledger: Ledger,
) -> None:
    url = create_user(redis, "worker", *rule("Node worker"), *place)
    first = start_node(workers, url, prefix)
    # Taking over from a worker that was killed, and the whole way of a message.
    held = sender.send("work.record", (ledger.path, "held", 3))
    ledger.wait_for("start", label="held")
    first.kill()
    worker = start_node(workers, url, prefix, max_deliveries=1)
    assert sender.call("basic.add", (1, 2)) == 3
    eta = sender.send("basic.add", (2, 3), countdown=3 * LEASE_S)
    chord = {"task": "basic.add", "args": [3, 4]}
    client_url = create_user(redis, "client", *rule("Node client"), *place)
    camel = {"globalKeyprefix": prefix}
    settings = {
        "taskDefaultQueue": "js-queue",
        "brokerTransportOptions": camel,
        "resultBackendTransportOptions": camel,
    }
    [outcome] = run_js(client_url, chord, **settings)
    assert outcome["value"] == 7
    pong = sender.app.control.ping(timeout=3) or []
    assert len(pong) == 1
    revoked = sender.send("basic.add", (5, 5), countdown=60)
    sender.app.control.revoke(revoked.id)
    wait_until(lambda: sender.app.control.inspect().revoked(), 10, "the revoked one")
    sender.app.send_task("conformance.no.such", queue="js-queue")
    wait_until(lambda: dead(redis, f"{prefix}js-queue"), 10, "a dead letter")
    assert eta.get(timeout=20) == 5
    with pytest.raises(Exception, match=r"worker"):
        held.get(timeout=20)

    refused = [each for each in refusals(redis) if each.split()[-1] not in DISPENSABLE]
    assert refused == []
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
    [warning] = [line for line in lines if "NOPERM" in line["msg"]]
    assert "cannot be checked for maxmemory-policy" in warning["msg"]
    assert warning["level"] == "warn"
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
    assert sum("Remote control is not heard" in line for line in problems) == 1
    assert len(problems) <= 3, problems
    close_client(client)
