"""The workers that hostile messages are sent to, one of each language, for all tests of a file."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.workers import CELERY_ARGUMENTS, WorkerFactory

from .account import Account
from .messages import QUEUE
from .scraping import Scraper

HERE = Path(__file__).parent
LEASE_S = 2


@pytest.fixture(scope="module", params=["python", "node"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def account(
    kind: str, module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    """A worker on an empty server, and the account of the messages sent to it."""
    folder = tmp_path_factory.mktemp(kind)
    raw = Redis.from_url(module_valkey.url)
    raw.flushall()
    factory = WorkerFactory(module_valkey.url, folder)
    ledger = folder / "ledger"
    if kind == "python":
        celery = {
            "broker_url": module_valkey.url,
            "result_backend": module_valkey.url,
            "task_default_queue": QUEUE,
            "task_create_missing_queues": True,
            # As many as a Node worker: of what a lost worker held, so many come back at each lease.
            "worker_prefetch_multiplier": 20,
            "worker_health_address": "0",
        }
        given = {"celery": celery, "lease_s": LEASE_S, "ledger": str(ledger)}
        arguments = (*CELERY_ARGUMENTS, "--concurrency", "2")
        app = "tests.hostile.py_worker_app"
        worker = factory.python(QUEUE, {"HOSTILE": json.dumps(given)}, app, arguments, cwd=HERE.parents[1])
    else:
        node = {
            "brokerUrl": module_valkey.url,
            "resultBackend": module_valkey.url,
            "taskDefaultQueue": QUEUE,
            "leaseS": LEASE_S,
            "workerHealthAddress": "0",
        }
        variables = {"HOSTILE": json.dumps({"node": node, "ledger": str(ledger)})}
        worker = factory.node(variables, HERE / "js_worker.mjs", cwd=HERE)
    scraper = Scraper(worker.wait_for_log(r"Health checks: (http://127\.0\.0\.1:\d+)")[1])
    yield Account(raw, ledger, worker, scraper)
    scraper.stop()
    raw.close()
    factory.close()
