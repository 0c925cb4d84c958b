"""A Node worker that is asked to stop finishes what it can and puts back the rest."""

import json
import signal
import time
from pathlib import Path

import pytest
from redis import Redis

from scripts.paths import ROOT
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

from .broker import is_all_settled, wait_until_all_settled, waiting
from .ledger import Ledger
from .workers import JS_WORKER, RESULT_WITHIN_S, Kind, StartWorker, Target, settings_for

PATIENT = {"worker_soft_shutdown_timeout": 20}


@pytest.mark.difference("Exit code after SIGINT")
@pytest.mark.parametrize(
    "signals",
    [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM] * 3],
    ids=["SIGTERM", "SIGINT", "SIGTERM however often"],
)
def test_a_warm_stop_lets_the_running_task_finish(
    start: StartWorker,
    queue: Target,
    redis: Redis,
    ledger: Ledger,
    tmp_path: Path,
    signals: list[signal.Signals],
) -> None:
    gate = tmp_path / "gate"
    worker = start(Kind.NODE, node=PATIENT)
    result = queue.send("work.gate", (ledger.path, "a", str(gate)))
    ledger.wait_for("start")

    for signum in signals:
        worker.signal(signum)
        worker.wait_for_log("warm shutdown")
    gate.touch()

    assert worker.wait() == 0
    assert result.get(timeout=RESULT_WITHIN_S) == "a"
    assert is_all_settled(redis)


def test_a_stopping_worker_takes_no_more_tasks(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = start(Kind.NODE, node=PATIENT)
    queue.send("work.gate", (ledger.path, "before", str(gate)))
    ledger.wait_for("start")
    worker.signal(signal.SIGTERM)
    worker.wait_for_log("warm shutdown")

    queue.send("work.record", (ledger.path, "after"))
    gate.touch()

    assert worker.wait() == 0
    assert len(waiting(redis)) == 1
    assert ledger.labels("start") == ["before"]


def test_an_idle_worker_stops_at_once(start: StartWorker, queue: Target) -> None:
    worker = start(Kind.NODE, node=PATIENT)
    assert queue.call("basic.add", (1, 2)) == 3

    since = time.monotonic()
    exit_code = worker.stop()

    assert exit_code == 0
    assert time.monotonic() - since < PATIENT["worker_soft_shutdown_timeout"] / 2


def test_reserved_tasks_run_once_on_the_next_worker(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    queue.send("work.gate", (ledger.path, "running", str(gate)))
    labels = [str(n) for n in range(100)]
    for label in labels:
        queue.send("work.record", (ledger.path, label))
    first = start(Kind.NODE, concurrency=1, node=PATIENT | {"worker_prefetch_multiplier": 101})
    ledger.wait_for("start")
    wait_until(lambda: redis.hlen("unacked") == 101, what="all of them in the worker's hands")

    first.signal(signal.SIGTERM)
    first.wait_for_log("Put 100 reserved task")
    gate.touch()
    assert first.wait() == 0
    assert len(waiting(redis)) == 100
    assert redis.hlen("unacked") == 0
    assert ledger.labels("start") == ["running"]

    start(Kind.NODE, concurrency=1)
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["running", *labels], "each once, in their order"
    assert ledger.labels("end") == ledger.labels("start")


@pytest.mark.parametrize("kind", Kind)
def test_rate_limited_tasks_run_once_on_the_next_worker(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, kind: Kind
) -> None:
    labels = [str(n) for n in range(4)]
    first = start(kind, concurrency=4, node=PATIENT, celery={"worker_prefetch_multiplier": 2})
    for label in labels:
        queue.send("pools.limited", (ledger.path, label))
    ledger.wait_for("start")

    assert first.stop() == 0
    assert len(waiting(redis)) + len(ledger.labels("start")) == len(labels)

    start(kind)
    wait_until_all_settled(redis)
    again = ledger.labels("start")
    assert (again if kind is Kind.NODE else sorted(again)) == labels, "Celery changes their order"


@pytest.mark.difference("A warm stop")
def test_a_task_that_outlasts_the_soft_timeout_is_put_back(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    worker = start(Kind.NODE, node={"worker_soft_shutdown_timeout": 1})
    result = queue.send("work.record", (ledger.path, "long", 600))
    ledger.wait_for("start")

    assert worker.stop() == 0

    [raw] = waiting(redis)
    message = json.loads(raw)
    assert message["headers"]["id"] == result.id
    assert message["headers"]["redelivered"] is True
    assert redis.exists("unacked", "unacked_index", "celery.leases") == 0
    assert result.state == "PENDING"


def test_a_requeued_task_keeps_its_priority(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    queue.send("work.record", (ledger.path, "urgent", 600), priority=3)
    queue.send("work.record", (ledger.path, "not urgent", 600), priority=9)
    worker = start(Kind.NODE, concurrency=1, node={"worker_prefetch_multiplier": 2})
    ledger.wait_for("start")

    worker.stop()

    assert redis.llen("jobs\x06\x163") == 1
    assert redis.llen("jobs\x06\x169") == 1
    assert redis.llen("jobs") == 0


def test_a_hangup_without_a_terminal_and_sigusr2_stop_nothing(
    start: StartWorker, queue: Target, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    worker = start(Kind.NODE, node=PATIENT)
    result = queue.send("work.gate", (ledger.path, "a", str(gate)))
    ledger.wait_for("start")

    worker.signal(signal.SIGHUP)
    worker.wait_for_log("SIGHUP is ignored: .*SIGTERM")
    worker.signal(signal.SIGUSR2)
    worker.wait_for_log(rf"SIGUSR2: 1 task\(s\) running: conformance.work.gate\[{result.id}\]")

    gate.touch()
    assert result.get(timeout=30) == "a"
    assert ledger.labels("start") == ["a"]
    assert worker.exit_code is None


def test_a_worker_whose_terminal_is_closed_stops_warm(
    valkey: ValkeyServer, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    settings = {"celery": settings_for(valkey.url), "node": PATIENT, "queues": "jobs"}
    log = tmp_path / "worker.log"
    settings["worker"] = {"logfile": str(log)}
    env = {**clean_environment(), "CONFORMANCE": json.dumps(settings)}
    terminal = Terminal(["node", str(JS_WORKER)], cwd=ROOT, env=env)
    result = queue.send("work.gate", (ledger.path, "a", str(gate)))
    ledger.wait_for("start")

    terminal.close()

    wait_until(lambda: "SIGHUP: warm shutdown, 1 task(s) running" in log.read_text("utf-8"), 30, "the stop")
    gate.touch()
    assert result.get(timeout=30) == "a"
    terminal.wait()  # Node may crash at its very end, when it resets a terminal that is gone
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["a"]
