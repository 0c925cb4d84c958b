"""Fixtures: RabbitMQ of each version, a virtual host for each test, and a Valkey server for results."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.packages import RELEASES, install
from tests.brokers.rabbitmq.server import Broker, RabbitServer
from tests.support.valkey import ValkeyServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=sorted(RELEASES, reverse=True))
def rabbit(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RabbitServer]:
    """A server; unpacked if need be, as `make test-brokers` must have one."""
    try:
        installation = install(request.param)
    except RuntimeError as error:
        pytest.skip(f"RabbitMQ {request.param}: {error}")
    server = RabbitServer(installation, tmp_path_factory.mktemp(f"rabbitmq-{request.param}"))
    yield server
    server.close()


@pytest.fixture
def broker(rabbit: RabbitServer, module_valkey: ValkeyServer) -> Broker:
    """A virtual host of the test's own: `url`, `results`."""
    return Broker(
        rabbit, rabbit.add_vhost(f"test{next(_numbers)}"), f"redis://127.0.0.1:{module_valkey.port}/0"
    )


@pytest.fixture
def fleet(broker: Broker, tmp_path: Path) -> Iterator[Fleet]:
    fleet = Fleet(broker, tmp_path)
    yield fleet
    fleet.close()
