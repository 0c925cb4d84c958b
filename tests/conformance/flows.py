"""Workers of both languages that run workflows, and the signatures of their tasks."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from celery import Celery
from celery.canvas import Signature

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.workers import WorkerFactory

from .external import replacement
from .workers import (
    RESULT_WITHIN_S,
    client_for,
    close_client,
    launch,
    settings_for,
    wait_until_ready,
)

FLOW_KINDS = ("py", "reliable", "js", "mixed")
Makers = dict[str, Callable[[], Any]]
QUEUES = {
    "py": ("py-flow",),
    "reliable": ("reliable-flow",),
    "js": ("js-flow",),
    "mixed": ("py-flow", "js-flow"),
}


@dataclass
class Flow:
    """Makes signatures for workers of a kind: of "mixed", one after the other goes to the other language."""

    app: Celery
    kind: str
    _queues: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._queues = itertools.cycle(QUEUES[self.kind])

    @property
    def queue(self) -> str:
        """Where the next task goes."""
        return next(self._queues)

    def s(self, task: str, *args: Any, **options: Any) -> "Signature[Any]":
        """A task, named without "conformance."."""
        options = {"queue": self.queue, **options}
        return self.app.signature(f"conformance.{task}", args=args, options=options)

    def si(self, task: str, *args: Any, **options: Any) -> "Signature[Any]":
        """A task that takes no further arguments."""
        return self.s(task, *args, **options).set(immutable=True)

    def add(self, *args: Any, **options: Any) -> "Signature[Any]":
        return self.s("basic.add", *args, **options)

    def run(self, workflow: Any, *args: Any, **options: Any) -> Any:
        """Apply a workflow and return what it returns; raises what its tasks raise."""
        return workflow.apply_async(args, **options).get(timeout=RESULT_WITHIN_S)


@pytest.fixture(scope="session")
def flow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "flow-valkey")


@pytest.fixture(scope="session")
def flow_app(flow_server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Celery]:
    """A client of a worker of each kind, on a queue of its own, where its built-in tasks go too."""
    factory = WorkerFactory(flow_server.url, tmp_path_factory.mktemp("flow-workers"))
    programs = [_start(factory, flow_server.url, kind) for kind in ("py", "reliable", "js")]
    wait_until_ready(programs)
    client = client_for(flow_server.url)
    yield client
    close_client(client)
    factory.close()


def _start(factory: WorkerFactory, url: str, kind: str) -> Program:
    """A worker on the queue of its kind."""
    [queue] = QUEUES[kind]
    celery = settings_for(url) | {"worker_concurrency": 4, "task_routes": {"celery.*": {"queue": queue}}}
    given: dict[str, Any] = {"celery": celery, "node": {"worker_soft_shutdown_timeout": 1}, "queues": queue}
    if external := replacement(kind):
        return external.start(factory, given, wait=False)
    return launch(factory, kind, given, () if kind == "js" else ("--pool", "threads"))


@pytest.fixture(params=FLOW_KINDS)
def flow(flow_app: Celery, request: pytest.FixtureRequest) -> Flow:
    return Flow(flow_app, request.param)
