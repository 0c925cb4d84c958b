"""Results as settings make them: extended, compressed, revoked, and of chords that keep no order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import chord
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .ledger import Ledger
from .test_js_client import run_js
from .workers import (
    KINDS,
    RESULT_WITHIN_S,
    Kind,
    StartWorker,
    Target,
    client_for,
    close_client,
    wait_until_ready,
)

SETTINGS = {
    "result_extended": True,
    "result_backend_transport_options": {"result_chord_ordered": False},
}
# The Node worker writes no compressed results; it reads them.
OWN: dict[Kind, dict[str, Any]] = {Kind.PYTHON: {"result_compression": "gzip"}, Kind.NODE: {}}
COMPRESSED = b"\0celery-compressed\0application/x-gzip\0"


@pytest.fixture(scope="module")
def unusual(
    module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Kind, Target]]:
    """A worker of each kind with these settings, each on its own queue."""
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("unusual-workers"))
    start = StartWorker(factory, module_valkey.url)
    programs = [start(kind, queues=kind, celery=SETTINGS | OWN[kind], wait=False) for kind in KINDS]
    wait_until_ready(programs)
    client = client_for(module_valkey.url, **SETTINGS)
    yield {kind: Target(client, kind) for kind in KINDS}
    close_client(client)
    factory.close()


def test_a_javascript_client_reads_the_extended_fields_of_a_result(
    unusual: dict[Kind, Target], module_valkey: ValkeyServer, kind: Kind
) -> None:
    read = ["name", "args", "kwargs", "queue", "retries", "worker"]
    call = {"task": "basic.greet", "args": ["Ada"], "options": {"kwargs": {"greeting": "Hi"}}, "read": read}
    [outcome] = run_js(module_valkey.url, call, taskDefaultQueue=unusual[kind].queue)
    worker = outcome["fields"].pop("worker")
    assert "@" in worker
    assert outcome["fields"] == {
        "name": "conformance.basic.greet",
        "args": ["Ada"],
        "kwargs": {"greeting": "Hi"},
        "queue": unusual[kind].queue,
        "retries": 0,
    }


def test_a_javascript_client_reads_compressed_python_results(
    unusual: dict[Kind, Target], module_valkey: ValkeyServer
) -> None:
    call = {"task": "basic.echo", "args": ["Grüße"]}
    [outcome] = run_js(module_valkey.url, call, taskDefaultQueue=unusual[Kind.PYTHON].queue)
    assert outcome["value"] == "Grüße"
    with Redis.from_url(module_valkey.url) as redis:
        raw = redis.get(f"celery-task-meta-{outcome['id']}")
    assert isinstance(raw, bytes)
    assert raw.startswith(COMPRESSED)


def test_a_javascript_client_revokes_a_task_of_a_python_worker(
    unusual: dict[Kind, Target], module_valkey: ValkeyServer
) -> None:
    call = {"task": "basic.echo", "args": ["late"], "options": {"countdown": 1.5}, "revoke": True}
    [outcome] = run_js(module_valkey.url, call, taskDefaultQueue=unusual[Kind.PYTHON].queue)
    assert outcome["error"]["kinds"] == ["CeleryError", "TaskRevokedError"]
    assert outcome["error"]["message"] == "revoked"


@pytest.mark.parametrize("kinds", [(Kind.PYTHON,), (Kind.NODE,), KINDS, KINDS[::-1]], ids="-".join)
def test_an_unordered_chord_body_gets_results_as_parts_end(
    unusual: dict[Kind, Target],
    module_valkey: ValkeyServer,
    kinds: tuple[Kind, ...],
    ledger: Ledger,
    tmp_path: Path,
) -> None:
    first, last = unusual[kinds[0]], unusual[kinds[-1]]
    gate = tmp_path / "gate"
    header = [
        first.signature("work.gate", (ledger.path, "gated", str(gate))),
        last.signature("basic.echo", ("free",)),
    ]
    result: Any = chord(header, first.signature("basic.echo"), app=first.app).apply_async()
    parts = f"celery-taskset-meta-{result.parent.id}.j"
    with module_valkey.client as redis:
        wait_until(lambda: redis.exists(parts) and redis.llen(parts) == 1, 30, "the end of a part")
    gate.touch()
    assert result.get(timeout=RESULT_WITHIN_S) == ["free", "gated"]
