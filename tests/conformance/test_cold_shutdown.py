"""A cold stop of a Node worker puts its running tasks back, after the soft timeout or at once."""

import json
import signal
import time
from pathlib import Path

import pytest
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .broker import waiting
from .ledger import Ledger
from .workers import RESULT_WITHIN_S, Kind, StartWorker, Target

PATIENT = {"worker_soft_shutdown_timeout": 20}


@pytest.mark.parametrize(
    ("signals", "pool"),
    [
        pytest.param((signal.SIGINT, signal.SIGINT), "async", id="INT INT-async"),
        pytest.param((signal.SIGTERM, signal.SIGQUIT), "threads", id="TERM QUIT-threads"),
        pytest.param((signal.SIGINT, signal.SIGINT), "threads", id="INT INT-threads", marks=pytest.mark.long),
        pytest.param((signal.SIGTERM, signal.SIGQUIT), "async", id="TERM QUIT-async", marks=pytest.mark.long),
    ],
)
def test_a_cold_stop_requeues_running_tasks_before_it_ends(
    start: StartWorker,
    queue: Target,
    redis: Redis,
    ledger: Ledger,
    pool: str,
    signals: tuple[signal.Signals, ...],
) -> None:
    settings = {"worker_prefetch_multiplier": 2, "worker_pool": pool, "worker_thread_concurrency": 1}
    worker = start(Kind.NODE, concurrency=1, node=PATIENT | settings)
    for label in ("running", "reserved"):
        queue.send("work.record", (ledger.path, label, 600))
    ledger.wait_for("start")
    wait_until(lambda: redis.hlen("unacked") == 2)

    since = time.monotonic()
    worker.signal(signals[0])
    worker.wait_for_log("warm shutdown")
    worker.signal(signals[1])

    assert worker.wait() == 0
    assert time.monotonic() - since < PATIENT["worker_soft_shutdown_timeout"] / 2
    assert [json.loads(raw)["headers"]["argsrepr"].split(", ")[1] for raw in waiting(redis)] == [
        "'running'",
        "'reserved'",
    ]
    assert redis.exists("unacked", "unacked_index", "celery.leases") == 0
    assert "cold shutdown" in worker.log


def test_sigquit_puts_running_tasks_back_after_the_soft_timeout(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = start(Kind.NODE, node={"worker_soft_shutdown_timeout": 4})
    result = queue.send("work.gate", (ledger.path, "short", str(gate)))
    queue.send("work.record", (ledger.path, "long", 600))
    ledger.wait_for("start", count=2)

    worker.signal(signal.SIGQUIT)
    worker.wait_for_log("SIGQUIT: cold shutdown")
    gate.touch()

    assert result.get(timeout=RESULT_WITHIN_S) == "short"
    assert worker.wait() == 0
    [raw] = waiting(redis)
    assert "'long'" in json.loads(raw)["headers"]["argsrepr"]


def test_remap_sigterm_makes_sigterm_a_sigquit(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMAP_SIGTERM", "SIGQUIT")
    worker = start(Kind.NODE, node=PATIENT)
    queue.send("work.record", (ledger.path, "long", 600))
    ledger.wait_for("start")

    worker.signal(signal.SIGTERM)
    worker.wait_for_log("SIGTERM: cold shutdown")
    worker.signal(signal.SIGTERM)

    assert worker.wait() == 0
    assert len(waiting(redis)) == 1


def test_a_third_signal_ends_the_worker_without_the_server(
    start: StartWorker, queue: Target, ledger: Ledger, valkey: ValkeyServer
) -> None:
    worker = start(Kind.NODE, node=PATIENT)
    queue.send("work.record", (ledger.path, "long", 600))
    ledger.wait_for("start")
    valkey.stop()

    since = time.monotonic()
    for _ in range(3):
        worker.signal(signal.SIGQUIT)
        time.sleep(0.1)  # the kernel merges pending signals of one kind

    assert worker.wait() == 1
    assert time.monotonic() - since < PATIENT["worker_soft_shutdown_timeout"] / 2
