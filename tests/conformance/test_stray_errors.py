"""Errors outside of a task's promise fail this task, and stop a Node worker only if Node requires it."""

from pathlib import Path

from redis import Redis

from .broker import wait_until_all_settled
from .ledger import Ledger
from .workers import RESULT_WITHIN_S, Kind, StartWorker, Target

PATIENT = {"worker_soft_shutdown_timeout": 20}


def test_an_uncaught_exception_fails_its_task_and_stops_warm(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = start(Kind.NODE, concurrency=2, node=PATIENT | {"worker_prefetch_multiplier": 2})
    running = queue.send("work.gate", (ledger.path, "running", str(gate)))
    ledger.wait_for("start")
    guilty = queue.send("work.stray_exception", (ledger.path, "guilty", 600))
    reserved = [queue.send("work.record", (ledger.path, str(n))) for n in range(2)]

    error = guilty.get(timeout=30, propagate=False)
    assert (type(error).__name__, str(error)) == ("RangeError", "out of nowhere")
    worker.wait_for_log("warm shutdown")
    gate.touch()
    assert worker.wait() == 1
    assert running.get(timeout=RESULT_WITHIN_S) == "running"

    start(Kind.NODE)
    assert [result.get(timeout=30) for result in reserved] == ["0", "1"]
    wait_until_all_settled(redis)
    assert sorted(ledger.labels("start")) == ["0", "1", "guilty", "running"]


def test_a_stray_rejection_fails_its_own_task_only(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = start(Kind.NODE)
    running = queue.send("work.gate", (ledger.path, "running", str(gate)))
    ledger.wait_for("start")

    guilty = queue.send("work.stray_rejection", (ledger.path, "guilty", 600))
    error = guilty.get(timeout=30, propagate=False)

    assert guilty.state == "FAILURE"
    assert str(error) == "stray"
    assert queue.call("basic.add", (1, 2)) == 3
    gate.touch()
    assert running.get(timeout=30) == "running"
    wait_until_all_settled(redis)
    assert worker.exit_code is None
