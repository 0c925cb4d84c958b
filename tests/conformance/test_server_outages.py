"""A server that is away, silent, restarted or unfit: nothing is lost, and the worker consumes again."""

import os
import signal
from pathlib import Path

import pytest
from redis import Redis

from scripts.server import free_port
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import wait_until_all_settled
from .ledger import Ledger
from .servers import Refusals, password_server
from .workers import Kind, StartWorker, Target, client_for

LEASE_S = 2.0


def test_a_server_crash_under_load_loses_nothing(
    start: StartWorker, queue: Target, valkey: ValkeyServer, redis: Redis, ledger: Ledger
) -> None:
    redis.config_set("appendfsync", "always")
    labels = [str(n) for n in range(300)]
    for label in labels:
        queue.send("work.record", (ledger.path, label, 0.02))
    worker = start(Kind.NODE, node={"lease_s": LEASE_S})
    ledger.wait_for("end", 60)
    valkey.kill()
    assert len(ledger.entries("end")) < len(labels)
    valkey.start()

    ledger.wait_for("end", len(labels), timeout_s=30)
    wait_until_all_settled(redis, 30)
    assert set(ledger.labels("end")) == set(labels)
    assert sorted(ledger.labels("start"), key=int) == labels, "a living worker's tasks run once"
    assert worker.exit_code is None
    client = client_for(valkey.url)
    assert Target(client, "jobs").call("basic.add", (1, 2)) == 3
    client.close()


def test_results_that_end_during_an_outage_are_stored_afterwards(
    start: StartWorker, queue: Target, valkey: ValkeyServer, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    redis.config_set("appendfsync", "always")
    start(Kind.NODE, node={"lease_s": 10})
    result = queue.send("work.gate", (ledger.path, "a", str(gate)))
    ledger.wait_for("start")
    valkey.kill()
    gate.touch()
    ledger.wait_for("end")
    valkey.start()
    wait_until(lambda: redis.exists(f"celery-task-meta-{result.id}"), 20, "the result")
    wait_until_all_settled(redis)
    assert ledger.labels("start") == ["a"]


@pytest.mark.on_redis
def test_a_worker_waits_for_an_absent_server_and_logs_it_once(workers: WorkerFactory, tmp_path: Path) -> None:
    refusals = Refusals()
    url = f"redis://app:s3cret@127.0.0.1:{refusals.port}/0"
    worker = StartWorker(workers, url)(Kind.NODE, wait=False)
    wait_until(lambda: refusals.count >= 4, 15, "the fourth attempt to connect")
    refusals.close()
    assert "ready." not in worker.log
    with password_server(refusals.port, tmp_path, user="app", password="s3cret"):  # noqa: S106
        worker.wait_for_log(r"ready\.")
        client = client_for(url)
        assert Target(client, "jobs").call("basic.add", (1, 2)) == 3
        client.close()
        worker.stop()
    [line] = [line for line in worker.log.splitlines() if "Cannot connect" in line]
    assert f"redis://app:**@127.0.0.1:{refusals.port}/0" in line
    assert "Trying again in" in line
    assert "s3cret" not in worker.log


@pytest.mark.on_redis
def test_a_missing_server_is_reported_with_the_reason(workers: WorkerFactory) -> None:
    url = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    worker = StartWorker(workers, url)(Kind.NODE, wait=False)
    match = worker.wait_for_log("Cannot connect to (.*)")
    assert "redis://:**@127.0.0.1" in match[1]
    assert "ECONNREFUSED" in match[1]
    assert worker.exit_code is None
    assert worker.stop() == 0, "a worker that still waits can be stopped"


def test_a_server_that_is_silent_for_five_seconds_costs_nothing(
    start: StartWorker, queue: Target, valkey: ValkeyServer, redis: Redis, ledger: Ledger
) -> None:
    for _ in range(2):
        start(Kind.NODE, node={"lease_s": LEASE_S})
    long = queue.send("work.record", (ledger.path, "long", 5))
    ledger.wait_for("start", label="long")
    labels = [str(n) for n in range(100)]
    for label in labels:
        queue.send("work.record", (ledger.path, label, 0.05))
    ledger.wait_for("end", 20)
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        ledger.wait_for("end", label="long")
        paused = ledger.entries("end", "long")[0].time - ledger.entries("end")[19].time
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    assert paused > LEASE_S, "longer than the leases of what was held"
    ledger.wait_for("end", len(labels) + 1, timeout_s=30)
    wait_until_all_settled(redis, 30)
    assert sorted(ledger.labels("start")) == sorted([*labels, "long"]), "each once"
    assert long.get(timeout=30) == "long"


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param(3, id="for three seconds", marks=pytest.mark.long),
        pytest.param(17, id="for longer than any timeout"),
    ],
)
def test_a_server_that_answers_nobody_costs_nothing(
    seconds: int, start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    """`CLIENT PAUSE`: it accepts connections and commands, and answers all of them later."""
    labels = [str(n) for n in range(300)]
    results = [queue.send("work.record", (ledger.path, label, 0.1)) for label in labels]
    workers = [
        start(Kind.NODE, node={"lease_s": LEASE_S}),
        start(
            Kind.PYTHON,
            celery={"broker_transport_options": {"socket_timeout": 2}},
            reliable={"lease_s": LEASE_S},
        ),
    ]
    ledger.wait_for("end", 20)
    redis.client_pause(seconds * 1000)
    assert len(ledger.entries("start")) < len(labels)

    ledger.wait_for("end", len(labels), timeout_s=seconds + 25)
    wait_until_all_settled(redis, 25)
    assert sorted(ledger.labels("start"), key=int) == labels, "each once"
    assert [result.get(timeout=30) for result in results] == labels
    assert [worker.exit_code for worker in workers] == [None, None]
    assert {entry.pid for entry in ledger.entries()} == {worker.pid for worker in workers}


def test_connections_that_are_cut_under_load_cost_nothing(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    labels = [str(n) for n in range(400)]
    for label in labels:
        queue.send("work.record", (ledger.path, label, 0.02))
    workers = [start(Kind.NODE, node={"lease_s": LEASE_S}) for _ in range(2)]
    for count in range(40, 400, 60):
        ledger.wait_for("end", count)
        redis.client_kill_filter(_type="normal", skipme=True)
    wait_until_all_settled(redis, 30)
    assert sorted(ledger.labels("start"), key=int) == labels, "each once"
    assert [worker.exit_code for worker in workers] == [None, None]


def test_a_server_that_may_evict_tasks_is_refused(
    start: StartWorker, redis: Redis, valkey: ValkeyServer
) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    worker = start(Kind.NODE, wait=False)
    assert worker.wait() == 1
    line = next(line for line in worker.log.splitlines() if "maxmemory-policy" in line)
    assert "allkeys-lru" in line
    assert "noeviction" in line
    assert valkey.url in line


def test_a_server_that_keeps_nothing_on_disk_is_warned_of(start: StartWorker, redis: Redis) -> None:
    redis.config_set("appendonly", "no")
    worker = start(Kind.NODE)
    assert "append-only" in worker.log
