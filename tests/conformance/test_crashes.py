"""Tasks of a killed Node worker run to their end, and no more often than necessary."""

import signal
import time

import pytest
from celery.exceptions import WorkerLostError
from redis import Redis

from tests.support.waiting import wait_until

from .broker import dead, is_all_settled, wait_for_sweeps, wait_until_all_settled, waiting
from .ledger import Ledger
from .workers import Kind, StartWorker, Target

LEASE_S = 2.0
GRACE_S = 15.0  # how long after its lease a lost task may take, besides its own time


def test_a_killed_workers_task_runs_exactly_once_more(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    workers = [start(Kind.NODE, node={"lease_s": LEASE_S}) for _ in range(2)]
    result = queue.send("work.record", (ledger.path, "long", 5))
    [first] = ledger.wait_for("start")
    [victim] = [worker for worker in workers if worker.pid == first.pid]
    victim.kill()
    killed = time.time()

    _, second = ledger.wait_for("start", 2, timeout_s=LEASE_S + GRACE_S)
    [end] = ledger.wait_for("end")
    assert end.time - killed < LEASE_S + GRACE_S
    assert second.pid == end.pid != first.pid
    assert result.get(timeout=30) == "long"
    wait_until_all_settled(redis)
    assert len(ledger.entries("start")) == 2


def test_the_other_tasks_of_a_killed_worker_are_run_as_well(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    labels = [str(n) for n in range(40)]
    for label in labels:
        queue.send("work.record", (ledger.path, label, 0.1))
    victim = start(Kind.NODE, concurrency=2, node={"lease_s": LEASE_S, "worker_prefetch_multiplier": 10})
    ledger.wait_for("end", 4)
    victim.kill()
    start(Kind.NODE, node={"lease_s": LEASE_S})
    wait_until_all_settled(redis, LEASE_S + GRACE_S)
    assert set(ledger.labels("end")) == set(labels)
    assert len(ledger.entries("end")) <= len(labels) + 2, "only those that were being settled may end twice"


def test_a_redelivered_task_knows_that_it_is(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    victim = start(Kind.NODE, concurrency=1, node={"lease_s": LEASE_S, "worker_prefetch_multiplier": 2})
    queue.send("work.busy", (ledger.path, "busy", 600))
    ledger.wait_for("start")
    victim.kill()
    # No worker runs it: this one finds it overdue but has no free slot.
    bystander = start(Kind.NODE, queues="elsewhere", node={"lease_s": LEASE_S})
    [raw] = wait_until(lambda: waiting(redis), LEASE_S + GRACE_S, "the task in its queue")
    assert bystander.exit_code is None
    assert '"redelivered": true' in raw
    assert redis.hlen("unacked") == 0


def test_a_task_three_times_as_long_as_the_lease_runs_once(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    start(Kind.NODE, node={"lease_s": LEASE_S})
    start(Kind.NODE, node={"lease_s": LEASE_S})
    result = queue.send("work.record", (ledger.path, "long", 3 * LEASE_S))
    assert result.get(timeout=20) == "long"
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["long"]


def test_a_busy_loop_three_times_as_long_as_the_lease_runs_once(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    start(Kind.NODE, concurrency=1, node={"lease_s": LEASE_S})
    result = queue.send("work.busy", (ledger.path, "busy", 3 * LEASE_S))
    ledger.wait_for("start")
    start(Kind.NODE, concurrency=1, node={"lease_s": LEASE_S})
    assert result.get(timeout=20) == "busy"
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["busy"]


def test_a_blocked_loop_keeps_the_leases_of_waiting_tasks(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    queue.send("work.busy", (ledger.path, "busy", 3 * LEASE_S))
    for n in range(3):
        queue.send("work.record", (ledger.path, str(n)))
    blocked = start(Kind.NODE, concurrency=1, node={"lease_s": LEASE_S, "worker_prefetch_multiplier": 4})
    ledger.wait_for("start")
    assert redis.hlen("unacked") == 4
    start(Kind.NODE, concurrency=1, node={"lease_s": LEASE_S})
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["busy", "0", "1", "2"]
    assert {entry.pid for entry in ledger.entries()} == {blocked.pid}


def test_a_task_that_always_kills_its_worker_becomes_a_dead_letter(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    result = queue.send("work.poison", (ledger.path, "poison"))
    [sent] = waiting(redis)
    node = {"lease_s": 1, "max_deliveries": 2}
    for _ in range(2):
        assert start(Kind.NODE, node=node).wait(timeout_s=20) == -signal.SIGKILL
    survivor = start(Kind.NODE, node=node)
    with pytest.raises(WorkerLostError, match="2"):
        result.get(timeout=20)
    wait_until_all_settled(redis)
    assert len(ledger.entries("start")) == 2
    [(header, message)] = dead(redis)
    assert header["reason"] == "WorkerLostError"
    assert header["deliveries"] == 2
    assert result.id in message
    assert message.split('"headers"')[0] == sent.split('"headers"')[0], "the body as it was sent"
    assert queue.call("basic.add", (1, 2)) == 3
    assert survivor.exit_code is None


def test_tasks_that_waited_beside_a_killer_are_not_blamed(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    poison = queue.send("work.poison", (ledger.path, "poison"))
    beside = [queue.send("work.record", (ledger.path, str(n))) for n in range(3)]
    node = {"lease_s": 1, "max_deliveries": 2, "worker_prefetch_multiplier": 4}
    for _ in range(2):
        start(Kind.NODE, concurrency=1, node=node).wait(timeout_s=20)
    start(Kind.NODE, concurrency=1, node=node)
    assert [result.get(timeout=20) for result in beside] == ["0", "1", "2"]
    assert isinstance(poison.get(timeout=20, propagate=False), WorkerLostError)
    wait_until_all_settled(redis)
    assert len(dead(redis)) == 1


def test_a_task_that_is_acknowledged_early_never_runs_twice(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    victim = start(Kind.NODE, node={"lease_s": 1})
    queue.send("work.record_early", (ledger.path, "once", 60))
    ledger.wait_for("start")
    assert is_all_settled(redis)
    start(Kind.NODE, node={"lease_s": 1})
    victim.kill()
    wait_for_sweeps(redis, 3)
    assert queue.call("basic.add", (1, 2)) == 3
    assert len(ledger.entries("start")) == 1


def test_a_stalled_loop_ends_the_process_and_names_the_task(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    result = queue.send("work.busy", (ledger.path, "stuck", 600))
    stuck = start(Kind.NODE, node={"lease_s": 1, "loop_stall_limit_s": 2})
    ledger.wait_for("start")
    assert stuck.wait(timeout_s=15) == -signal.SIGKILL
    assert f"conformance.work.busy[{result.id}]" in stuck.log.splitlines()[-1]
    start(Kind.NODE, queues="elsewhere", node={"lease_s": 1})
    wait_until(lambda: len(waiting(redis)) == 1, 15, "the task in its queue")


def test_a_stalled_loop_ends_the_process_even_if_stderr_is_not_read(
    start: StartWorker, queue: Target, ledger: Ledger
) -> None:
    queue.send("work.busy_unheard", (ledger.path, "stuck"))
    stuck = start(Kind.NODE, node={"lease_s": 1, "loop_stall_limit_s": 2})
    ledger.wait_for("start")
    assert stuck.wait(timeout_s=15) == -signal.SIGKILL


def test_a_frozen_process_does_not_count_as_a_stalled_loop(
    start: StartWorker, queue: Target, ledger: Ledger
) -> None:
    limit_s = 2.0
    worker = start(Kind.NODE, concurrency=1, node={"loop_stall_limit_s": limit_s})
    assert queue.call("basic.add", (1, 2)) == 3
    result = queue.send("work.busy", (ledger.path, "frozen", limit_s + 1.5))
    ledger.wait_for("start", label="frozen")
    worker.signal(signal.SIGSTOP)
    thaw = time.monotonic() + limit_s + 0.5
    wait_until(lambda: time.monotonic() > thaw, 2 * limit_s, "a freeze beyond the limit")
    worker.signal(signal.SIGCONT)
    assert result.get(timeout=30) == "frozen"
    assert queue.call("basic.add", (1, 2)) == 3
    assert worker.exit_code is None


def test_a_lease_that_ends_at_its_time_limit_moves_the_task_once(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    queue.send("work.busy", (ledger.path, "busy", 4 * LEASE_S))
    queue.send("work.record", (ledger.path, "limited"), time_limit=1)
    node = {"lease_s": LEASE_S, "worker_prefetch_multiplier": 2}
    blocked = start(Kind.NODE, concurrency=1, node=node)
    ledger.wait_for("start", label="busy")
    other = start(Kind.NODE, concurrency=1, node=node)
    [limited] = ledger.wait_for("start", label="limited")
    assert limited.pid == other.pid
    assert not ledger.entries("end", "busy")

    ledger.wait_for("end", label="busy")
    other.stop()
    assert queue.call("basic.add", (1, 2)) == 3, "the first worker has gone on"
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["busy", "limited"]
    assert blocked.exit_code is None
