"""A task whose eta is far away is held by no worker until it is near, and runs once, on time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.result import AsyncResult
from redis import Redis

from tests.support.waiting import wait_until

from .broker import wait_until_all_settled, waiting
from .ledger import Ledger
from .workers import Kind, StartWorker, Target

LEASE_S = 1.0
FAR_S = 4.0  # over two leases away
LATE_S = 1.5


def test_a_far_eta_is_parked_and_runs_once_on_time(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    start(Kind.NODE, node={"lease_s": LEASE_S})
    eta, result = _park(queue, redis, ledger)
    assert redis.zscore("unacked_index", *redis.hkeys("unacked")) == pytest.approx(eta.timestamp(), abs=0.01)
    _runs_once_on_time(result, redis, ledger, eta)


def test_a_parked_task_outlives_the_worker_that_parked_it(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    first = start(Kind.NODE, node={"lease_s": LEASE_S})
    eta, result = _park(queue, redis, ledger)
    first.kill()
    second = start(Kind.NODE, node={"lease_s": LEASE_S})
    _runs_once_on_time(result, redis, ledger, eta, ready_at=time.time())
    assert ledger.entries("start")[0].pid == second.pid


def test_a_parked_task_outlives_a_warm_stop(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    first = start(Kind.NODE, node={"lease_s": LEASE_S})
    eta, result = _park(queue, redis, ledger)
    assert first.stop() == 0
    assert redis.hlen("unacked") == 1
    start(Kind.NODE, node={"lease_s": LEASE_S})
    _runs_once_on_time(result, redis, ledger, eta, ready_at=time.time())


def test_a_stock_worker_on_the_database_leaves_parked_tasks_alone(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    start(Kind.NODE, node={"lease_s": LEASE_S})
    python = start(Kind.PYTHON, queues="python-only")
    eta, result = _park(queue, redis, ledger)
    python.stop()
    start(Kind.PYTHON, queues="python-only")  # it sweeps the whole database when it starts
    _runs_once_on_time(result, redis, ledger, eta)


def test_a_parked_task_goes_back_with_its_priority(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    first = start(Kind.NODE, node={"lease_s": LEASE_S})
    _park(queue, redis, ledger, priority=6)
    first.kill()
    start(Kind.NODE, queues="elsewhere", node={"lease_s": LEASE_S})
    wait_until(lambda: redis.llen("jobs\x06\x166") == 1, 30, "the task in the list of its priority")
    assert '"redelivered": true' not in waiting(redis)[0], "parking is not a redelivery"


def test_a_near_eta_is_held_and_put_back_by_a_warm_stop(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    worker = start(Kind.NODE, node={"lease_s": 60})
    result = queue.send("work.record", (ledger.path, "near"), countdown=100)
    wait_until(lambda: redis.zcard("celery.leases") == 1, 30, "the lease of the task")
    assert worker.stop() == 0
    assert len(waiting(redis)) == 1
    assert result.id in waiting(redis)[0]
    assert redis.exists("unacked", "celery.leases") == 0


def _park(queue: Target, redis: Redis, ledger: Ledger, **options: Any) -> tuple[datetime, "AsyncResult[Any]"]:
    """Send a task with a far eta, and wait until it is parked: recorded, and held by no worker."""
    eta = datetime.now(UTC) + timedelta(seconds=FAR_S)
    result = queue.send("work.record", (ledger.path, "far"), eta=eta, **options)
    wait_until(lambda: redis.zcard("celery.parked") == 1, 30, "the task being parked")
    assert time.time() < eta.timestamp() - 2 * LEASE_S
    assert redis.hlen("unacked") == 1
    assert redis.zcard("celery.leases") == 0
    assert waiting(redis) == []
    return eta, result


def _runs_once_on_time(
    result: "AsyncResult[Any]", redis: Redis, ledger: Ledger, eta: datetime, ready_at: float = 0
) -> None:
    """At its eta. A worker that is ready at `ready_at`, after all others have ended, waits for a lease."""
    assert result.get(timeout=15) == "far"
    wait_until_all_settled(redis)
    [start] = ledger.entries("start")
    assert eta.timestamp() <= start.time < max(eta.timestamp(), ready_at + LEASE_S) + LATE_S
