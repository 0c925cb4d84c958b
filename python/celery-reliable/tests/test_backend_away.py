"""The result backend is another server, and away: nothing is acknowledged or buried before its result is stored."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker, client_app
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"


@pytest.fixture
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for results alone."""
    running = Server(tmp_path_factory.mktemp("results"))
    yield running
    running.close()


@pytest.fixture
def client(server: Server, backend: Server) -> Iterator[Celery]:
    app = client_app(server.url, result_backend=backend.url)
    yield app
    app.close()


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_that_ends_then_is_held_until_its_result_is_stored(
    pool: str, server: Server, backend: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(pool=pool, settings={"result_backend": backend.url}, lease_s=1)
    results = [client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)]) for label in "ab"]
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    backend.stop()
    gate.touch()
    wait_until(lambda: ledger.count("end") == 2, what="the end of both")
    wait_for_a_renewal(server)
    assert server.held() == 2
    backend.start()

    assert [result.get(timeout=25) for result in results] == ["a", "b"]
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": 1, "b": 1}
    assert worker.exit_code is None


@pytest.mark.parametrize("what", ["not registered", "lost with too many workers", "undecodable"])
def test_what_cannot_be_run_is_held_until_its_sender_is_told(
    what: str, server: Server, backend: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    result = client.send_task(f"{TASK}.add", [1, 2])
    [raw] = redis.lrange("jobs", 0, -1)
    redis.delete("jobs")
    message = json.loads(raw)
    spoil(message, what)
    worker = start(settings={"result_backend": backend.url}, lease_s=1)
    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    wait_until(server.is_clean, what="a clean server")

    backend.stop()
    if what == "lost with too many workers":
        redis.hset("celery.deliveries", result.id, "5")
    redis.lpush("jobs", json.dumps(message))
    wait_until(lambda: server.held() == 1, what="the message at the worker")
    wait_for_a_renewal(server)
    assert (server.held(), server.dead()) == (1, [])
    backend.start()

    [(_, kept)] = wait_until(server.dead, 25, "the dead letter")
    assert json.loads(kept)["headers"]["id"] == result.id
    assert result.state == "FAILURE"
    assert client.send_task(f"{TASK}.add", [3, 4]).get(timeout=25) == 7
    wait_until(server.is_clean, what="a clean server")
    assert worker.exit_code is None


def spoil(message: dict[str, Any], what: str) -> None:
    """Make a message one that no worker runs."""
    if what == "not registered":
        message["headers"]["task"] = "no.such.task"
    elif what == "undecodable":
        message |= {"body": "W10", "content-type": "application/x-nonsense"}
    else:
        message["headers"]["redelivered"] = True


def wait_for_a_renewal(server: Server) -> None:
    """Wait until the leases of what is held have been renewed twice: a sweep would have brought it back else."""
    for _ in range(2):
        before = latest(server)
        wait_until(lambda: latest(server) > before, what="a renewal")  # noqa: B023 - called at once


def latest(server: Server) -> float:
    """The end of the latest lease."""
    found = server.client.zrange("celery.leases", 0, 0, desc=True, withscores=True)
    return float(found[0][1]) if found else 0.0
