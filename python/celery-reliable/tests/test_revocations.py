"""A revoked task does not run, wherever it waits, and its revocation is stored before monitors hear of it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker
from redis import Redis

from celery_reliable.request import Request
from tests.support.waiting import wait_until

TASK = "worker_app"


def _request(told: list[str], store: Callable[..., None]) -> Any:
    request: Any = Request.__new__(Request)
    backend = SimpleNamespace(mark_as_revoked=store)
    request._task = SimpleNamespace(
        backend=backend, send_events=True, ignore_result=False, store_errors_even_if_ignored=False
    )
    request._eventer = SimpleNamespace(enabled=True, send=lambda event, **_: told.append(event))
    request._request_dict, request.id, request.acknowledged = {}, "revoked", True
    request._ignore_result, request._payload = False, ([], {}, {})
    return request


def test_a_revocation_is_stored_before_monitors_are_told() -> None:
    told: list[str] = []
    request = _request(told, lambda *_, **__: told.append("stored"))
    request._announce_revoked("expired", False, None, True)
    assert told == ["stored", "task-revoked"]


def test_a_revocation_that_cannot_be_stored_is_not_told() -> None:
    told: list[str] = []

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("refused")

    request = _request(told, refuse)
    with pytest.raises(OSError, match="refused"):
        request._announce_revoked("expired", False, None, True)
    request.send_event("task-started")
    assert told == ["task-started"]


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_revoked_task_is_not_run_and_leaves_nothing(
    pool: str, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start(pool=pool, concurrency=1, settings={"worker_prefetch_multiplier": 4})
    client.send_task(f"{TASK}.hold", [str(ledger), "first", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    revoked = client.send_task(f"{TASK}.work", [str(ledger), "second", 0])
    client.control.revoke(revoked.id, reply=True)
    gate.touch()

    assert client.send_task(f"{TASK}.work", [str(ledger), "third", 0]).get(timeout=20) == "third"
    wait_until(server.is_clean, what="a clean server")
    assert set(ledger.runs()) == {"first", "third"}
    assert str(revoked.state) == "REVOKED"


@pytest.mark.parametrize(
    ("task", "pool"),
    [("rarely", "prefork"), ("hold", "prefork"), ("hold", "threads")],
    ids=["a rate limit", "a slot", "a thread"],
)
def test_a_waiting_task_whose_lease_is_lost_is_not_run(
    task: str,
    pool: str,
    server: Server,
    client: Celery,
    redis: Redis,
    start: StartWorker,
    ledger: Ledger,
    gate: Path,
) -> None:
    worker = start(pool=pool, concurrency=1, lease_s=1, settings={"worker_prefetch_multiplier": 2})
    if task == "rarely":
        arguments = [[str(ledger), label] for label in ("a", "b")]
    else:
        arguments = [[str(ledger), label, str(gate)] for label in ("a", "b")]
    for args in arguments:
        client.send_task(f"{TASK}.{task}", args)
    wait_until(lambda: server.held() >= 1 and ledger.count("begin") == 1, what="one that runs, one that waits")
    wait_until(lambda: redis.hlen("unacked") == (1 if task == "rarely" else 2), what="what is held")
    [waiting] = [tag for tag, raw in redis.hgetall("unacked").items() if "'b'" in raw]

    redis.zrem("celery.leases", waiting)
    worker.wait_for_log("The lease of .* has run out")
    gate.touch()

    worker.wait_for_log("is not run: the lease of its message has run out")
    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    assert ledger.count("begin", "b") == 0
