"""Probes mean the same in both languages: ready is who consumes, not who merely lives."""

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest
from celery_reliable.metrics.health import READY_STALL_S

from tests.conformance.workers import Target
from tests.monitoring.scraping import KINDS, StartWatched, families
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

# What only one language has.
OF_NODE = {"celery_worker_event_loop_lag_seconds", "celery_worker_event_loop_stalled_seconds"}
OF_PYTHON = {"process_virtual_memory_bytes", "process_open_fds", "process_max_fds"}
# Prometheus gives a scrape 10 s.
SCRAPED_WITHIN_S = 10


@pytest.mark.parametrize("kind", ["reliable", "js"], indirect=True)
def test_a_worker_whose_server_hangs_is_alive_and_not_ready(
    watch: StartWatched, valkey: ValkeyServer, kind: str
) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        wait_until(lambda: not worker.is_ready(), 15, "a worker not ready")
        assert worker.ask("/readyz")[1]["reasons"]
        assert worker.ask("/livez")[0] == 200
        assert worker.value("celery_worker_ready") == 0
        began = time.monotonic()
        assert worker.value("celery_worker_broker_connected") == 0
        assert time.monotonic() - began < SCRAPED_WITHIN_S
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    wait_until(worker.is_ready, 30, "a ready worker again")


def test_a_worker_without_its_server_is_alive_and_not_ready(
    watch: StartWatched, valkey: ValkeyServer, kind: str
) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    valkey.stop()
    wait_until(lambda: not worker.is_ready(), 15, "a worker not ready")
    assert worker.ask("/livez")[0] == 200
    assert worker.value("celery_worker_up") == 1
    valkey.start()

    wait_until(worker.is_ready, 30, "a ready worker again")


def test_a_worker_that_starts_is_not_ready(watch: StartWatched, valkey: ValkeyServer, kind: str) -> None:
    valkey.stop()
    worker = watch(kind)

    status, body = worker.ask("/readyz")

    assert (status, body["ok"]) == (503, False)
    assert "the worker is starting" in body["reasons"]
    assert worker.ask("/livez")[0] == 200
    valkey.start()
    wait_until(worker.is_ready, 30, "a ready worker")


def test_figures_are_shown_while_the_event_loop_is_blocked(watch: StartWatched, queue: Target) -> None:
    worker = watch("js")
    wait_until(worker.is_ready, 30, "a ready worker")
    queue.send("work.busy", [os.devnull, "a", 6])

    wait_until(lambda: worker.value("celery_worker_event_loop_stalled_seconds") > 1, 30, "a blocked loop")
    assert worker.value("celery_task_started_total", name="conformance.work.busy") == 1
    assert worker.value("celery_worker_event_loop_stalled_seconds") > 1, "it is still blocked"


def test_a_task_of_the_solo_pool_makes_its_worker_neither_unready_nor_dead(
    watch: StartWatched, queue: Target, tmp_path: Path
) -> None:
    """It runs in the event loop, by design: restarting the worker would only run it again."""
    worker = watch("reliable", arguments=("--pool", "solo"))
    wait_until(worker.is_ready, 30, "a ready worker")
    gate, ledger = tmp_path / "gate", tmp_path / "ledger"
    queue.send("work.gate", [str(ledger), "a", str(gate)])
    wait_until(lambda: worker.value("celery_worker_tasks_active") == 1, 30, "a running task")

    time.sleep(READY_STALL_S + 2)

    assert worker.ask("/readyz")[1]["reasons"] == []
    assert worker.ask("/livez")[1] == {"ok": True, "stalledMs": 0}
    gate.touch()
    wait_until(lambda: worker.value("celery_task_succeeded_total") == 1, 30, "its end")


def test_of_two_workers_one_tells_about_a_queue(watch: StartWatched, queue: Target) -> None:
    """The sum over all workers is right, whatever their languages: dashboards add up."""
    two = [watch("reliable"), watch("js")]
    for worker in two:
        wait_until(worker.is_ready, 30, "a ready worker")
    for _ in range(40):
        queue.send("work.record", [os.devnull, "x", 1])

    for name in (
        "celery_queue_length",
        "celery_queue_oldest_message_age_seconds",
        "celery_broker_messages_held",
    ):
        tellers = [worker for worker in two if any(series == name for series, _ in worker.figures())]
        assert len(tellers) == 1, name
    assert sum(worker.value("celery_active_worker_count", queue_name="jobs") for worker in two) == 2


def test_both_languages_show_the_same_figures(watch: StartWatched, queue: Target) -> None:
    shown = {}
    for kind in KINDS[1:]:
        worker = watch(kind, queues=kind)
        wait_until(worker.is_ready, 30, "a ready worker")
        queue.send("basic.echo", [1], queue=kind).get(timeout=20)
        queue.app.send_task("no.such.task", queue=kind)
        wait_until(partial(worker.value, "celery_worker_dead_letters_total"), 30, "a dead letter")
        shown[kind] = families(worker.text())
        worker.program.kill()

    python, node = shown["reliable"], shown["js"]
    for name in OF_PYTHON:
        python.pop(name, None)
    # One of both reports the database.
    of_both = {name for name in python.keys() | node.keys() if not name.startswith("celery_broker_")}
    assert of_both - python.keys() == OF_NODE
    assert of_both - node.keys() == set()
    differing = {name: (python[name], node[name]) for name in of_both - OF_NODE if python[name] != node[name]}
    assert differing == {}
