"""Clients of others for JavaScript, celery-ts 1.2.3 and celery-node 0.5.9, with our workers."""

import json
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .broker import wait_until_all_settled, waiting
from .ledger import Ledger
from .metas import stored_meta
from .workers import Kind, StartWorker, Target

SCRIPT = Path(__file__).with_name("other_client.mjs")
CLIENTS = ("celery-ts", "celery-ts with adapter", "celery-node")

COUNT = 200

Call = dict[str, Any]


def run_client(client: str, server_url: str, queue: str, calls: Sequence[Call], wait: bool) -> list[Any]:
    """Make the calls; returns what became of each, `{"value"}` or `{"error"}`, or nothing without `wait`."""
    given = {"client": client, "url": server_url, "queue": queue, "calls": calls, "wait": wait}
    command = ["node", str(SCRIPT), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)
    assert done.returncode == 0, done.stderr
    outcomes: list[Any] = json.loads(done.stdout)
    return outcomes


@pytest.mark.parametrize("client", CLIENTS)
def test_other_clients_get_the_results_of_both_workers(
    client: str, target: Target, shared_valkey: ValkeyServer
) -> None:
    calls: list[Call] = [
        {"task": "basic.add", "args": [1, 2]},
        {"task": "basic.greet", "args": ["世界 🚀"], "kwargs": {"greeting": "Grüße"}},
        {"task": "basic.order", "args": ["tea"], "kwargs": {"amount": 2}},
        {"task": "basic.echo", "args": [{"a": [1, 2.5, None, True, {"b": ""}]}]},
    ]
    outcomes = run_client(client, shared_valkey.url, target.queue, calls, wait=True)
    assert [outcome["value"] for outcome in outcomes] == [
        3,
        "Grüße, 世界 🚀!",
        ["tea", 2, ""],
        {"a": [1, 2.5, None, True, {"b": ""}]},
    ]


@pytest.mark.parametrize(
    ("client", "message"),
    [("celery-ts with adapter", "Grüße from the task"), ("celery-node", "FAILURE")],
)
def test_other_clients_get_the_errors_of_both_workers(
    client: str, message: str, target: Target, shared_valkey: ValkeyServer
) -> None:
    calls: list[Call] = [{"task": "errors.fail", "args": ["Grüße from the task"]}]
    assert run_client(client, shared_valkey.url, target.queue, calls, wait=True) == [{"error": message}]


@pytest.fixture
def send_many(valkey: ValkeyServer, redis: Redis, ledger: Ledger) -> Callable[[], list[str]]:
    """Sends COUNT tasks that note their number in the ledger, with bare celery-ts; returns their ids."""

    def send() -> list[str]:
        numbers = [str(n) for n in range(COUNT)]
        calls: list[Call] = [{"task": "work.record", "args": [ledger.path, n, 0.05]} for n in numbers]
        run_client("celery-ts", valkey.url, "jobs", calls, wait=False)
        messages = [json.loads(raw) for raw in waiting(redis)]
        assert len(messages) == COUNT
        assert {message["properties"]["delivery_tag"] for message in messages} == {"celery"}
        assert {message["properties"]["body_encoding"] for message in messages} == {"utf-8"}
        return [message["headers"]["id"] for message in messages]

    return send


def start_reliable(start: StartWorker, kind: Kind) -> Program:
    """A worker that gives every delivery its own tag. Others take over its tasks within a second."""
    return start(
        kind,
        celery={"worker_prefetch_multiplier": 10},
        node={"lease_s": 1, "worker_soft_shutdown_timeout": 20},
        reliable={"lease_s": 1},
    )


@pytest.mark.parametrize("kind", Kind)
def test_messages_with_one_delivery_tag_survive_a_warm_stop(
    start: StartWorker, redis: Redis, ledger: Ledger, send_many: Callable[[], list[str]], kind: Kind
) -> None:
    ids = send_many()
    first = start_reliable(start, kind)
    ledger.wait_for("end", COUNT // 4)
    assert redis.hlen("unacked") > 1, "one entry for each message, though all of them name one tag"
    assert first.stop() == 0
    assert len(waiting(redis)) + len(ledger.labels("end")) == COUNT
    assert redis.exists("unacked", "unacked_index") == 0

    start_reliable(start, kind)
    wait_until_all_settled(redis)
    assert sorted(map(int, ledger.labels("end"))) == list(range(COUNT))
    assert {stored_meta(redis, task_id)["status"] for task_id in ids} == {"SUCCESS"}


@pytest.mark.parametrize("kind", Kind)
def test_messages_that_share_a_delivery_tag_survive_a_killed_worker(
    start: StartWorker, redis: Redis, ledger: Ledger, send_many: Callable[[], list[str]], kind: Kind
) -> None:
    ids = send_many()
    first = start_reliable(start, kind)
    ledger.wait_for("end", COUNT // 4)
    first.kill()
    assert redis.hlen("unacked") > 1

    start_reliable(start, kind)
    wait_until_all_settled(redis)
    assert {int(label) for label in ledger.labels("end")} == set(range(COUNT))
    assert {stored_meta(redis, task_id)["status"] for task_id in ids} == {"SUCCESS"}


@pytest.mark.parametrize(("client", "is_lossy"), [("celery-ts", True), ("celery-ts with adapter", False)])
def test_a_stopping_stock_worker_loses_only_tasks_of_bare_celery_ts(
    start: StartWorker,
    valkey: ValkeyServer,
    redis: Redis,
    ledger: Ledger,
    tmp_path: Path,
    client: str,
    is_lossy: bool,
) -> None:
    gate = tmp_path / "gate"
    # Seconds for each of the others: however slowly it stops, most of them are still held when it lets go.
    calls: list[Call] = [{"task": "work.gate", "args": [ledger.path, "0", str(gate)]}]
    calls += [{"task": "work.record", "args": [ledger.path, str(n), 2]} for n in range(1, 8)]
    run_client(client, valkey.url, "jobs", calls, wait=False)
    worker = start(Kind.PYTHON, concurrency=1, celery={"worker_prefetch_multiplier": 8})
    ledger.wait_for("start")
    wait_until(lambda: not waiting(redis), what="all messages being taken")

    worker.signal(signal.SIGTERM)
    worker.wait_for_log("(?i)warm shutdown")
    gate.touch()
    worker.wait()
    left = len(waiting(redis)) + len(ledger.labels("end"))
    assert left < 8 if is_lossy else left == 8
