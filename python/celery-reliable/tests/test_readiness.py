"""A worker is ready while it takes messages and starts tasks, as a Node worker is by `/readyz`."""

from pathlib import Path
from typing import Any

from celery import Celery
from conftest import Ledger, Server, StartWorker
from redis import Redis

from tests.support.waiting import wait_until


def _asked(client: Celery) -> dict[str, Any]:
    answers = client.control.broadcast("readiness", reply=True, timeout=5, limit=1) or [{}]
    return next(iter(answers[0].values()), {})


def _refusal(client: Celery) -> dict[str, Any]:
    """The answer of a worker that is not ready, else an empty one."""
    found = _asked(client)
    return {} if found.get("ok", True) else found


def test_an_idle_and_a_busy_worker_are_ready(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start(pool="threads", concurrency=2)
    assert wait_until(lambda: _asked(client), 20) == {"ok": True, "reasons": [], "running": 0, "free": 2}
    for label in "abc":
        client.send_task("worker_app.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    assert _asked(client) == {"ok": True, "reasons": [], "running": 2, "free": 0}
    gate.touch()
    wait_until(server.is_clean, what="a clean server")


def test_a_worker_that_starts_nothing_is_not_ready(
    client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """Its slots are taken by nobody: as if a message had ended without giving its slot back."""
    start(pool="prefork", concurrency=2, lose_slots=True)
    wait_until(lambda: _asked(client), 20)
    client.send_task("worker_app.hold", [str(ledger), "a", str(gate)])

    answer = wait_until(lambda: _refusal(client), 30, "a worker not ready")

    assert "no task has been started for" in answer["reasons"][0]
    assert (answer["running"], answer["free"]) == (0, 2)
    assert ledger.count("begin") == 0


def test_a_worker_that_the_server_refuses_messages_is_not_ready(
    client: Celery, redis: Redis, start: StartWorker
) -> None:
    start(pool="threads")
    wait_until(lambda: _asked(client), 20)
    without_leases = ["jobs*", "unacked*", "_kombu*", "*celery.pidbox*"]
    redis.acl_setuser("default", enabled=True, reset_keys=True, keys=without_leases)

    answer = wait_until(lambda: _refusal(client), 30, "a worker not ready")

    assert "nothing has been taken for" in answer["reasons"][0]
    redis.acl_setuser("default", enabled=True, keys=["*"])
    wait_until(lambda: _asked(client).get("ok"), 20, "a ready worker")
