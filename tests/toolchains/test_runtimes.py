"""Clients and workers on other runtimes than this machine's Node: Node 22 and 24, Bun, Deno."""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from scripts.environment import server_variables
from scripts.processes import Command
from tests.conformance.workers import client_for, close_client
from tests.conftest import StartWorker
from tests.support.npm_package import run
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory, clean_environment
from tests.toolchains.conftest import HERE, TOOLS
from tests.toolchains.expected import expected

RUNTIMES: Mapping[str, Command] = {
    "node 22": [TOOLS / "node22" / "bin" / "node"],
    "node 24": [TOOLS / "node24" / "bin" / "node"],
    "bun": [TOOLS / ".bin" / "bun"],
    "deno": [TOOLS / ".bin" / "deno", "run", "--allow-all"],
}
ORDERS = [{"invoice": "R-17", "amount": 40}, {"invoice": "R-18", "amount": 2}]


@pytest.fixture
def client(valkey: ValkeyServer) -> Iterator[Celery]:
    client = client_for(valkey.url)
    yield client
    close_client(client)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_client_sends_and_gets_results(
    project: Path, valkey: ValkeyServer, node_worker: StartWorker, runtime: str
) -> None:
    node_worker()
    done = run(
        [*RUNTIMES[runtime], "client.js"], project, {**clean_environment(), **server_variables(valkey.url)}
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected("object")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_worker_runs_tasks_in_threads_and_in_typescript(
    project: Path, workers: WorkerFactory, client: Celery, runtime: str
) -> None:
    shutil.copytree(HERE / "worker_project", project, dirs_exist_ok=True)
    worker = workers.command([*RUNTIMES[runtime], "worker.js"], cwd=project)

    def result(name: str, *args: Any) -> Any:
        return client.send_task(f"jobs.{name}", args, queue="js-queue").get(timeout=30)

    assert result("plain.add", 1, 2) == 3
    assert result("plain.whereInThread") == "thread"
    assert result("plain.again") == 1
    assert result("typed.total", ORDERS, 0.5) == 21
    assert result("typed.described", ORDERS[0]) == "R-17: 40 at attempt 0"
    assert worker.stop() == 0
