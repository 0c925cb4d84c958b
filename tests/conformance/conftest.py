"""Fixtures of the conformance tests.

`target` is a worker of each kind in turn, shared by all tests that only need one to be there; `both` is one
of each. `start` starts a worker with other settings, on the test's own server.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.support.valkey import ValkeyServer, served
from tests.support.workers import WorkerFactory

from . import external, matrix
from .control import control_server, controlled, gate, one, running  # noqa: F401
from .events import event_app, event_programs, event_server, monitor, watched  # noqa: F401
from .executions import execution_app, execution_programs, execution_server, worker  # noqa: F401
from .flower import cluster, flower, shown  # noqa: F401
from .flows import (  # noqa: F401
    flow,
    flow_app,
    flow_redis,
    flow_server,
    js_canvas,
    own_flows,
    settle,
    settle_own,
)
from .ledger import Ledger
from .pools import autoscaled
from .workers import KINDS, Kind, StartWorker, Target, client_for, close_client, factory_on, wait_until_ready

ONE_THREAD = {"worker_thread_concurrency": 1}


def pytest_configure(config: pytest.Config) -> None:
    external.configure(config)
    matrix.configure(config)
    rule = "difference(rule): shows a row of celery-js's table of differences"
    config.addinivalue_line("markers", rule)
    config.addinivalue_line(
        "markers", "on_redis: looks into a Redis server, or has one of its own, whatever --broker says"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    external.deselect_others(config, items)
    matrix.leave_out(config, items)
    matrix.mark(items)


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "shared-valkey")


@pytest.fixture(scope="session")
def both(
    shared_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Kind, Target]]:
    """A worker of each kind, each on its own queue, started at the same time."""
    factory = WorkerFactory(shared_valkey.url, tmp_path_factory.mktemp("shared-workers"))
    start = StartWorker(factory, shared_valkey.url, python_pool="prefork")
    client = client_for(shared_valkey.url)
    targets = {kind: Target(client, f"{kind}-queue") for kind in KINDS}
    own = {Kind.PYTHON: autoscaled(4), Kind.NODE: {"folders": ["js_pool_tasks"], "node": ONE_THREAD}}
    programs = [start(kind, queues=target.queue, wait=False, **own[kind]) for kind, target in targets.items()]
    wait_until_ready(programs)
    yield targets
    close_client(client)
    factory.close()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """The language of the worker."""
    return Kind(request.param)


@pytest.fixture
def target(both: dict[Kind, Target], kind: Kind) -> Target:
    return both[kind]


@pytest.fixture
def shared_redis(shared_valkey: ValkeyServer) -> Iterator[Redis]:
    client = shared_valkey.client
    yield client
    client.close()


@pytest.fixture
def workers(valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerFactory]:
    """Starts workers; its environment names the broker under test."""
    factory = factory_on(valkey.url, tmp_path_factory.mktemp("workers"))
    yield factory
    factory.close()


@pytest.fixture
def start(valkey: ValkeyServer, workers: WorkerFactory) -> Iterator[StartWorker]:
    """`start(kind, queues=..., concurrency=..., celery={...}, node={...})` on the test's own server."""
    start = StartWorker(workers, valkey.url)
    yield start
    for program in start.started:
        program.kill()  # an orderly stop would take seconds, and its own tests look at it


@pytest.fixture
def queue(valkey: ValkeyServer) -> Iterator[Target]:
    """The queue "jobs" of the test's own server."""
    client = client_for(valkey.url)
    yield Target(client, "jobs")
    close_client(client)


@pytest.fixture
def redis(valkey: ValkeyServer) -> Iterator[Redis]:
    client = valkey.client
    yield client
    client.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")
