"""`.ts` tasks on Node 22 and 24: that of the tutorial, and what `make new-task lang=ts` writes."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from scripts.paths import ROOT
from tests.conformance.workers import client_for, close_client
from tests.support.npm_package import run
from tests.support.template import installed_copy
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory, clean_environment
from tests.toolchains.conftest import TOOLS

NODES = {"node 22": TOOLS / "node22" / "bin", "node 24": TOOLS / "node24" / "bin"}


@pytest.fixture
def client(valkey: ValkeyServer) -> Iterator[Celery]:
    client = client_for(valkey.url)
    yield client
    close_client(client)


@pytest.mark.parametrize("version", NODES)
def test_a_worker_runs_typescript_tasks(
    tmp_path: Path, workers: WorkerFactory, client: Celery, version: str
) -> None:
    node = NODES[version]
    clone = installed_copy(tmp_path / "clone")
    env = {**clean_environment(), "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    [(path, text)] = re.findall(
        r"^`([^`]+\.ts)`:\n\n```ts\n(.*?)^```$",
        (ROOT / "docs" / "tutorial.md").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    (clone / path).parent.mkdir(parents=True, exist_ok=True)
    (clone / path).write_text(text)

    written = run(["make", "new-task", "lang=ts", "team=billing", "name=pay"], clone, env)
    assert written.returncode == 0, written.stdout + written.stderr
    tested = run([node / "node", "--test", "tests/tasks/billing/pay.test.ts"], clone / "node", env)
    assert tested.returncode == 0, tested.stdout
    folders = [str(Path(path).relative_to("node").parent), "js_workers/tasks/billing", "tests/tasks/billing"]
    config = {"extends": "./tsconfig.json", "include": folders}
    (clone / "node" / "tsconfig.tasks.json").write_text(json.dumps(config))
    checked = run(["node_modules/.bin/tsc", "-p", "tsconfig.tasks.json"], clone / "node", env)
    assert checked.returncode == 0, checked.stdout

    workers.command([node / "node", "js_workers/worker.js"], cwd=clone / "node")
    report = {"file": "ACME.pdf", "pages": 2}
    pay = client.send_task("js_workers.tasks.billing.pay.pay", ("Ada",), queue="js-queue")
    send = client.send_task("js_workers.tasks.reports.mail.send", (report, "Ada"), queue="js-queue")
    assert pay.get(timeout=30) == "Hello, Ada"
    assert send.get(timeout=30) == "ACME.pdf (2 pages) for Ada"
