"""Workers of each kind whose tasks are observed; in Python with processes, so that every time limit holds."""

from collections.abc import Iterator

import pytest
from celery import Celery

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.workers import WorkerFactory

from .workers import Target, client_for, launch, settings_for, wait_until_ready

Programs = dict[str, Program]
EXECUTION_KINDS = ("py", "reliable", "js")
# What the settings of all three say where a task and a message say nothing.
FAILURE_EXPIRES_S = 600
SETTINGS = {
    "worker_concurrency": 4,
    "result_failure_expires": FAILURE_EXPIRES_S,
    "task_time_limit": 3,
    "task_annotations": {
        "conformance.outcomes.attributes": {"default_retry_delay": 7, "rate_limit": "100/s"}
    },
}


@pytest.fixture(scope="session")
def execution_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "execution-valkey")


@pytest.fixture(scope="session")
def execution_programs(
    execution_server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Programs]:
    """A worker of each kind, on the queue of its kind; started side by side."""
    factory = WorkerFactory(execution_server.url, tmp_path_factory.mktemp("execution-workers"))
    programs = {kind: _start(factory, execution_server.url, kind) for kind in EXECUTION_KINDS}
    wait_until_ready(programs.values())
    yield programs
    factory.close()


@pytest.fixture(scope="session")
def execution_app(execution_server: ValkeyServer, execution_programs: Programs) -> Iterator[Celery]:  # noqa: ARG001
    """Their client."""
    client = client_for(execution_server.url)
    yield client
    client.close()


def _start(factory: WorkerFactory, url: str, kind: str) -> Program:
    given = {
        "celery": settings_for(url) | SETTINGS,
        "node": {"worker_soft_shutdown_timeout": 1},
        "queues": kind,
    }
    return launch(factory, kind, given)


@pytest.fixture(params=EXECUTION_KINDS)
def worker(execution_app: Celery, request: pytest.FixtureRequest) -> Target:
    """The queue of a worker of one kind."""
    return Target(execution_app, request.param)
