"""Flower shows the workers of both languages alike, and its buttons work on both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.flower import Flower
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .flower import Shown
from .ledger import Ledger
from .workers import Kind, StartWorker, Target, client_for, close_client

ADD = "conformance.basic.add"


@pytest.fixture
def running(shown: Shown, ledger: Ledger, tmp_path: Path) -> Iterator[str]:
    """The id of a task that runs, until the test is over."""
    result = shown.worker.queue.send("work.gate", (ledger.path, "held", str(tmp_path / "gate")))
    ledger.wait_for("start", label="held")
    yield result.id
    (tmp_path / "gate").touch()


def test_flower_shows_a_worker_with_its_pool_and_queues(shown: Shown) -> None:
    facts = shown.facts()
    assert facts["stats"]["pool"]["max-concurrency"] == 2
    assert [queue["name"] for queue in facts["active_queues"]] == [shown.worker.kind]
    assert any(name.startswith(ADD) for name in facts["registered"])
    page = shown.flower.get(f"/worker/{shown.name}")
    assert page.status == 200
    assert shown.name in page.body


def test_flower_counts_what_a_worker_runs(shown: Shown, running: str) -> None:
    assert shown.flower.task(running, "STARTED")["worker"] == shown.name
    assert [task["id"] for task in shown.facts()["active"]] == [running]


def test_flower_shows_arguments_result_and_runtime_of_a_task(shown: Shown) -> None:
    result = shown.worker.queue.send("basic.add", (1,), {"y": 2})
    task = shown.flower.task(result.id, "SUCCESS")
    assert (task["name"], task["args"], task["kwargs"], task["result"]) == (ADD, "(1,)", "{'y': 2}", "3")
    assert task["runtime"] >= 0
    assert task["worker"] == shown.name


def test_flower_shows_the_error_of_a_task_with_its_traceback(shown: Shown) -> None:
    result = shown.worker.queue.send("errors.fail", ("Grüße",))
    task = shown.flower.task(result.id, "FAILURE")
    assert "Grüße" in task["exception"]
    assert re.search(r"\b(?:fail|errors\.(?:py|js))\b", task["traceback"])


def test_flower_revokes_a_task(shown: Shown, ledger: Ledger, tmp_path: Path) -> None:
    """All slots are taken meanwhile: however slow the machine is, it has not begun."""
    for _ in range(2):
        shown.worker.queue.send("work.gate", (ledger.path, "held", str(tmp_path / "gate")))
    ledger.wait_for("start", 2)
    later = shown.worker.queue.send("work.record", (ledger.path, "later"))
    assert shown.flower.press(f"task/revoke/{later.id}").status == 200
    wait_until(lambda: later.id in shown.worker.tell("revoked"), what="the revocation")
    (tmp_path / "gate").touch()
    ledger.wait_for("end", 2)
    assert shown.flower.task(later.id, "REVOKED")["worker"] == shown.name
    assert ledger.labels("start") == ["held", "held"]


def test_flower_terminates_a_task(shown: Shown, running: str) -> None:
    assert shown.flower.press(f"task/revoke/{running}", terminate="true").status == 200
    shown.flower.task(running, "REVOKED")


def test_flower_sets_a_rate_limit(shown: Shown) -> None:
    answer = shown.flower.press(f"task/rate-limit/{ADD}", workername=shown.name, ratelimit="100/s")
    assert answer.body == {"message": "new rate limit set successfully"}
    answer = shown.flower.press(f"task/rate-limit/{ADD}", workername=shown.name, ratelimit="0")
    assert answer.status == 200


def test_flower_sets_time_limits(shown: Shown) -> None:
    answer = shown.flower.press(f"task/timeout/{ADD}", workername=shown.name, hard=50, soft=40)
    assert answer.body == {"message": "time limits set successfully"}


def test_flower_is_told_that_no_worker_has_such_a_task(shown: Shown) -> None:
    answer = shown.flower.press("task/timeout/conformance.nope", workername=shown.name, hard=50)
    assert (answer.status, answer.body) == (403, "Failed to set timeouts: 'unknown task'")


def test_flower_grows_and_shrinks_a_pool(shown: Shown, ledger: Ledger, tmp_path: Path) -> None:
    for n in range(3):
        shown.worker.queue.send("work.gate", (ledger.path, str(n), str(tmp_path / "gate")))
    try:
        ledger.wait_for("start", 2)
        assert shown.flower.press(f"worker/pool/grow/{shown.name}", n=1).status == 200
        ledger.wait_for("start", 3)
    finally:
        (tmp_path / "gate").touch()
        ledger.wait_for("end", 3)
    assert shown.flower.press(f"worker/pool/shrink/{shown.name}", n=1).status == 200
    assert shown.worker.queue.call("basic.add", (1, 2)) == 3


def test_flower_has_a_worker_consume_another_queue(shown: Shown) -> None:
    more = f"{shown.worker.kind}-more"
    assert shown.flower.press(f"worker/queue/add-consumer/{shown.name}", queue=more).status == 200
    assert more in [queue["name"] for queue in shown.facts()["active_queues"]]
    assert shown.flower.press(f"worker/queue/cancel-consumer/{shown.name}", queue=more).status == 200
    assert more not in [queue["name"] for queue in shown.facts()["active_queues"]]


def test_flower_sizes_the_pool_of_a_worker_that_autoscales_alone(shown: Shown) -> None:
    answer = shown.flower.press(f"worker/pool/autoscale/{shown.name}", min=1, max=4)
    message = f"Failed to autoscale '{shown.name}' worker: ValueError('Autoscale not enabled')"
    assert (answer.status, answer.body) == (403, message)


@pytest.mark.parametrize("kind", Kind)
def test_flower_sets_the_sizes_of_a_pool_that_autoscales(
    flower: Flower, module_valkey: ValkeyServer, tmp_path: Path, kind: Kind
) -> None:
    workers = WorkerFactory(module_valkey.url, tmp_path)
    start = StartWorker(workers, module_valkey.url, python_pool="prefork")
    pool = {} if kind is Kind.PYTHON else {"worker_pool": "threads"}
    start(
        kind,
        queues=f"scaled-{kind}",
        node=pool,
        arguments=("--autoscale", "2,1", "--hostname", f"scaled-{kind}@%h"),
    )
    client = client_for(module_valkey.url)
    name = Target(client, f"scaled-{kind}").call("context.show", (1,))["hostname"]
    [shown] = flower.get(f"/api/workers?refresh=1&workername={name}").body
    assert shown == name
    assert flower.press(f"worker/pool/autoscale/{name}", min=1, max=4).status == 200
    stats: Any = client.control.inspect([name], timeout=5).stats()
    assert {"max": 4, "min": 1}.items() <= stats[name]["autoscaler"].items()
    close_client(client)
    workers.close()


def test_prometheus_reads_the_series_of_both_languages(shown: Shown) -> None:
    shown.flower.task(shown.worker.queue.send("basic.add", (1, 2)).id, "SUCCESS")
    series = shown.flower.get("/metrics", password=None).body
    labels = f'task="{ADD}",type="task-succeeded",worker="{shown.name}"'
    assert f"flower_events_total{{{labels}}}" in series
    assert f'flower_worker_online{{worker="{shown.name}"}} 1.0' in series
    assert f'flower_task_runtime_seconds_count{{task="{ADD}",worker="{shown.name}"}}' in series


def test_flower_asks_for_its_password(flower: Flower) -> None:
    for path in ("/workers", "/api/workers", "/tasks"):
        assert [flower.get(path, password).status for password in (None, "guess")] == [401, 401]


def test_flower_shuts_a_worker_down(shown: Shown) -> None:
    """Must be the last test, as it stops the workers."""
    assert shown.flower.press(f"worker/shutdown/{shown.name}").status == 200
    assert shown.worker.program.wait() == 0
