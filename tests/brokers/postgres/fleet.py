"""Workers of both languages with the conformance tasks: messages in Valkey, results in PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import Celery

from tests.conformance.workers import launch, settings_for, wait_until_ready
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

from .conftest import client

QUEUES = {"py": "py-flow", "reliable": "reliable-flow", "js": "js-flow"}


@contextmanager
def workers(
    valkey: ValkeyServer, url: str, folder: Path, *kinds: str, **celery: Any
) -> Iterator[tuple[Celery, dict[str, Program]]]:
    """A client, and a worker of each kind on the queue of its name."""
    factory = WorkerFactory(valkey.url, folder)
    programs = {}
    for kind in kinds:
        common = settings_for(valkey.url) | {"result_backend": url, "worker_concurrency": 4, **celery}
        common |= {"result_extended": True, "task_routes": {"celery.*": {"queue": QUEUES[kind]}}}
        given = {"celery": common, "node": {"worker_soft_shutdown_timeout": 1}, "queues": QUEUES[kind]}
        programs[kind] = launch(factory, kind, given, () if kind == "js" else ("--pool", "threads"))
    wait_until_ready(programs.values())
    app = client(url, broker_url=valkey.url, task_default_queue="js-flow")
    yield app, programs
    app.close()
    factory.close()
