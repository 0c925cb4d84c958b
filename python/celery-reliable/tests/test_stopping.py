"""A worker that is to stop while its server hangs."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker
from redis import Redis

from celery_reliable import reconnecting
from celery_reliable.database_results import DatabaseBackend
from celery_reliable.reconnecting import ReconnectingConsumer
from celery_reliable.stopping import ANSWER_S, EXIT_CODE, GIVE_UP_S, StopLimit
from tests.support.waiting import wait_until

# From the signal: the servers are looked at one after the other, a slow machine takes some seconds as well.
ENDS_WITHIN_S = GIVE_UP_S + 4 * ANSWER_S + 10
SETTINGS: dict[str, Any] = {"broker_transport_options": {"socket_timeout": 5}, "redis_socket_timeout": 5}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_a_stop_leaves_a_task_whose_result_cannot_be_stored(
    pool: str, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(pool=pool, concurrency=1, settings=SETTINGS)
    result = client.send_task("worker_app.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")

    server.signal(signal.SIGSTOP)
    gate.touch()
    wait_until(lambda: ledger.count("end") == 1, what="the end of the task")
    worker.signal(signal.SIGTERM)
    exit_code = worker.wait(ENDS_WITHIN_S)
    server.signal(signal.SIGCONT)

    assert exit_code == EXIT_CODE
    assert f"Its running tasks run again once their leases have run out: worker_app.hold[{result.id}]" in worker.log
    start()
    assert result.get(timeout=30) == "a"
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": 2}


def test_a_stop_waits_for_a_task_as_long_as_the_server_answers(
    redis: Redis, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(concurrency=1, settings=SETTINGS)
    result = client.send_task("worker_app.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    worker.signal(signal.SIGTERM)
    before = redis.info("stats")["total_connections_received"]
    wait_until(lambda: redis.info("stats")["total_connections_received"] >= before + 4, 20, "two looks at both servers")

    gate.touch()

    assert result.get(timeout=20) == "a"
    assert worker.wait(20) == 0
    assert redis.keys("*stop*") == []
    assert redis.exists("celery.leases") == 0


def test_a_new_process_of_the_pool_does_not_stop_like_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its parent's signal handlers for some milliseconds, and could end its siblings."""
    started: list[StopLimit] = []
    monkeypatch.setattr(StopLimit, "start", lambda limit: started.append(limit))
    monkeypatch.setattr(reconnecting, "shorten_timeouts", lambda *_: None)
    consumer: Any = ReconnectingConsumer.__new__(ReconnectingConsumer)
    consumer.app, consumer.controller, consumer.connection, consumer.event_dispatcher = None, None, None, None
    consumer._stop_limit, consumer._pid = None, os.getpid() + 1

    consumer._on_shutdown()
    assert started == []

    consumer._pid = os.getpid()
    consumer._on_shutdown()
    assert len(started) == 1


def test_results_in_postgresql_by_another_driver_are_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    app = Celery(broker="memory://", backend="db+postgresql://127.0.0.1:1/none", set_as_current=False)
    backend: Any = DatabaseBackend(app=app, url="postgresql://127.0.0.1:1/none")

    backend.try_to_write(1)
