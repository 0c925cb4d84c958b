"""One system for all tests of the containers: building and starting it takes most of their time."""

import os
from collections.abc import Iterator

import pytest
from celery import Celery

from tests.compose.system import System
from tests.support import docker


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Images built by `make build-...-worker`, containers started by `make workers_up`."""
    assert docker.is_there(), "no Docker engine answers: start one, and see that `docker info` works"
    system = System(f"jobs-test-{os.getpid()}", tmp_path_factory.mktemp("ledger"))
    try:
        yield system
    finally:
        system.compose("down", "--volumes", "--remove-orphans")


@pytest.fixture
def running(system: System) -> System:
    """The system with every container up, one of each, and healthy."""
    system.run("make", "workers_up", f"PORT={system.port}")
    return system


@pytest.fixture
def client(system: System) -> Iterator[Celery]:
    """A client on this machine, with the template's routes."""
    app = Celery("compose_tests", broker=system.url, backend=system.url, set_as_current=False)
    routes = {"py_workers.*": {"queue": "py-queue"}, "js_workers.*": {"queue": "js-queue"}}
    app.conf.update(task_routes=routes, broker_transport_options={"socket_timeout": 5})
    yield app
    app.close()
