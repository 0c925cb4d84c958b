"""Errbacks of tasks that fail in the worker's own process cannot block or end it."""

import json
import time
from base64 import b64encode
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker
from redis import Redis

from celery_reliable import errbacks
from tests.support.waiting import wait_until


def message(task: str, task_id: str, errbacks: list[Any], **headers: Any) -> str:
    """A task with errbacks, as any client may write it."""
    embed = {"callbacks": None, "errbacks": errbacks, "chain": None, "chord": None}
    envelope = {
        "body": b64encode(json.dumps([[], {}, embed]).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"lang": "py", "task": task, "id": task_id, **headers},
        "properties": {"body_encoding": "base64", "delivery_info": {}},
    }
    return json.dumps(envelope)


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_no_errback_runs_in_the_event_loop(
    pool: str, server: Server, client: Celery, start: StartWorker, redis: Redis, ledger: Ledger, gate: Path
) -> None:
    worker = start(pool=pool, concurrency=2)
    held: Any = client.signature("worker_app.hold", [str(ledger), "held", str(gate)], immutable=True)
    own = [client.signature("worker_app.on_error", [str(ledger), what]) for what in ("note", "exit", "sleep", "note")]

    redis.lpush("jobs", message("nobody.knows", "a", [*own[:2], own[3], client.signature("worker_app.early")]))
    wait_until(lambda: ledger.count("NotRegistered", "a") == 3, 20, "the errbacks")
    redis.lpush("jobs", *(message("nobody.knows", f"b{number}", own) for number in range(12)))
    redis.lpush("jobs", message("nobody.knows", "c", [held]))

    began = time.monotonic()
    wait_until(lambda: ledger.count("begin", "held") == 1, 30, f"the errback that is sent: {worker.log}")
    assert time.monotonic() - began < 20
    gate.touch()
    assert client.send_task("worker_app.add", [1, 2]).get(timeout=20) == 3
    wait_until(server.is_clean, 20, "a clean server")
    assert worker.exit_code is None


def test_a_task_that_is_not_known_here_is_lost_only_so_often(
    server: Server, client: Celery, start: StartWorker, redis: Redis, ledger: Ledger
) -> None:
    errback = client.signature("worker_app.on_error", [str(ledger), "note"])
    for number, lost in enumerate((2, 4)):
        redis.hset("celery.deliveries", f"task-{number}", lost)
        redis.lpush("jobs", message("nobody.knows", f"task-{number}", [errback], redelivered=True))
    nameless = json.loads(message("x", "x", [], redelivered=True))
    redis.hset("celery.deliveries", "nameless", 3)
    redis.lpush("jobs", json.dumps({**nameless, "headers": {"id": "nameless", "redelivered": True}}))

    start(pool="solo", max_deliveries=2)

    wait_until(lambda: len(server.dead()) == 3, 20, "the dead letters")
    assert {header["reason"] for header, _ in server.dead()} == {"WorkerLostError"}
    for task_id in ("task-0", "task-1", "nameless"):
        assert type(client.AsyncResult(task_id).result).__name__ == "WorkerLostError"
    assert ledger.count("WorkerLostError", "task-0") == 1
    assert ledger.count("WorkerLostError", "task-1") == 0


def test_a_stop_waits_for_errbacks_and_names_those_that_are_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(errbacks, "WAIT_S", 0.1)
    ended, held = Event(), Event()
    errbacks._run_aside("short", [lambda: time.sleep(0.5), ended.set])
    errbacks._run_aside("long", [held.wait])

    errbacks.wait_for_errbacks(1)
    held.set()

    assert ended.is_set()
    lost = [record.getMessage() for record in caplog.records if "is lost" in record.getMessage()]
    assert len(lost) == 1
    assert "task long" in lost[0]


def test_errbacks_wait_for_those_of_other_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errbacks, "WAIT_S", 0.3)
    monkeypatch.setattr(errbacks, "_free", BoundedSemaphore(1))
    called = Event()
    errbacks._run_aside("first", [lambda: time.sleep(0.4)])

    errbacks._run_aside("second", [called.set])

    assert called.is_set()
