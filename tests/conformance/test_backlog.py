"""Every sent task runs once, on any worker."""

from collections import Counter
from pathlib import Path

import pytest
from redis import Redis

from tests.support.waiting import wait_until

from .broker import wait_for_sweeps, wait_until_all_settled, waiting
from .ledger import Ledger
from .workers import Kind, StartWorker, Target


def test_500_tasks_sent_without_a_worker_all_run_later(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, kind: Kind
) -> None:
    labels = [str(n) for n in range(500)]
    for label in labels:
        queue.send("work.record", (ledger.path, label))
    assert len(waiting(redis)) == 500
    start(kind)
    ledger.wait_for("end", len(labels), timeout_s=30)  # a stock worker acknowledges what it has yet to run
    wait_until_all_settled(redis, 30)
    assert sorted(ledger.labels("start"), key=int) == labels
    assert sorted(ledger.labels("end"), key=int) == labels


@pytest.mark.parametrize("acks_late", [False, True])
def test_a_stock_and_a_node_worker_share_queues_without_loss(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, acks_late: bool
) -> None:
    other = Target(queue.app, "other")
    labels = [
        f"{name}-{priority}-{n}" for n in range(25) for priority in (0, 3, 5, 6, 8, 9) for name in ("a", "b")
    ]
    python = start(Kind.PYTHON, queues="jobs,other", celery={"task_acks_late": acks_late})
    node = start(Kind.NODE, queues="jobs,other", concurrency=2, node={"lease_s": 1})
    for label in labels:
        target = queue if label.startswith("a") else other
        target.send("work.record", (ledger.path, label, 0.03), priority=int(label.split("-")[1]))

    ledger.wait_for("end", len(labels), timeout_s=40)
    wait_until_all_settled(redis)
    assert not waiting(redis, "other")
    assert len(labels) == 300
    assert Counter(ledger.labels("start")) == Counter(labels)
    assert Counter(ledger.labels("end")) == Counter(labels)
    shares = Counter(entry.pid for entry in ledger.entries("end"))
    assert set(shares) == {python.pid, node.pid}
    assert min(shares.values()) > 20, "both took their share"


def test_two_node_workers_share_a_queue_without_losing_or_doubling(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    pids = {start(Kind.NODE, concurrency=2, node={"lease_s": 1}).pid for _ in range(2)}
    labels = [str(n) for n in range(300)]
    for label in labels:
        queue.send("work.record", (ledger.path, label, 0.01))
    wait_until_all_settled(redis)
    assert Counter(ledger.labels("start")) == Counter(labels)
    assert {entry.pid for entry in ledger.entries()} == pids


def test_what_a_stock_worker_holds_is_left_to_it(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    start(Kind.PYTHON, concurrency=1, celery={"task_acks_late": True, "worker_prefetch_multiplier": 2})
    running, reserved = [queue.send("work.gate", (ledger.path, label, str(gate))) for label in "ab"]
    ledger.wait_for("start")
    wait_until(lambda: redis.hlen("unacked") == 2)
    held = redis.hgetall("unacked")
    start(Kind.NODE, node={"lease_s": 1})
    wait_for_sweeps(redis, 4)
    assert redis.hgetall("unacked") == held
    gate.touch()
    assert [running.get(timeout=30), reserved.get(timeout=30)] == ["a", "b"]
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["a", "b"]


def test_what_a_node_worker_holds_is_left_to_it_by_stock_workers(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    node = start(Kind.NODE, concurrency=1, node={"lease_s": 1, "worker_prefetch_multiplier": 2})
    for label in "ab":
        queue.send("work.gate", (ledger.path, label, str(gate)))
    ledger.wait_for("start")
    wait_until(lambda: redis.hlen("unacked") == 2)
    start(Kind.PYTHON)  # sweeps the whole database when it starts
    assert queue.call("basic.add", (1, 2)) == 3
    assert redis.hlen("unacked") == 2
    gate.touch()
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["a", "b"]
    assert {entry.pid for entry in ledger.entries()} == {node.pid}
