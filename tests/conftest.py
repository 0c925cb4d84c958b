"""Fixtures of the spanning tests.

`valkey`, `python_worker`, `node_worker` and `celery_client` are a test's own; with the prefix `module_` they
are shared by the tests of a file, for those that only need some worker to be there.
"""

from collections.abc import Callable, Iterator

import pytest
from celery import Celery

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

ROUTES = {"py_workers.*": {"queue": "py-queue"}, "js_workers.*": {"queue": "js-queue"}}

StartWorker = Callable[..., Program]


@pytest.fixture
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server that answers; `url`, `client`, `stop()`, `start()`, `restart()`, `kill()`."""
    yield from _server(tmp_path_factory)


@pytest.fixture(scope="module")
def module_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from _server(tmp_path_factory)


@pytest.fixture
def workers(valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkerFactory]:
    yield from _workers(valkey, tmp_path_factory)


@pytest.fixture(scope="module")
def module_workers(
    module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WorkerFactory]:
    yield from _workers(module_valkey, tmp_path_factory)


@pytest.fixture
def python_worker(workers: WorkerFactory) -> StartWorker:
    """`python_worker(queues=..., env=..., app=...)` starts a Celery worker and waits until it is ready."""
    return workers.python


@pytest.fixture
def node_worker(workers: WorkerFactory) -> StartWorker:
    """`node_worker(env=..., script=...)` starts a Node worker and waits until it is ready."""
    return workers.node


@pytest.fixture(scope="module")
def module_python_worker(module_workers: WorkerFactory) -> StartWorker:
    return module_workers.python


@pytest.fixture(scope="module")
def module_node_worker(module_workers: WorkerFactory) -> StartWorker:
    return module_workers.node


@pytest.fixture
def celery_client(valkey: ValkeyServer) -> Iterator[Celery]:
    """A Celery app that has no tasks, only the routes: it sends by name and waits for results."""
    yield from _client(valkey)


@pytest.fixture(scope="module")
def module_celery_client(module_valkey: ValkeyServer) -> Iterator[Celery]:
    yield from _client(module_valkey)


def _server(folders: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    server = ValkeyServer(folders.mktemp("valkey"))
    yield server
    server.close()


def _workers(server: ValkeyServer, folders: pytest.TempPathFactory) -> Iterator[WorkerFactory]:
    factory = WorkerFactory(server.url, folders.mktemp("workers"))
    yield factory
    factory.close()


def _client(server: ValkeyServer) -> Iterator[Celery]:
    app = Celery("spanning_tests", broker=server.url, backend=server.url, set_as_current=False)
    app.conf.update(task_routes=ROUTES, task_default_queue="py-queue", accept_content=["json"])
    yield app
    app.close()
