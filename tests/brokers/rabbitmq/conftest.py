"""Fixtures: RabbitMQ of each version, a virtual host for each test, and a Valkey server for results."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest

from tests.brokers import shared
from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.node import Broker, RabbitNode
from tests.brokers.rabbitmq.packages import RELEASES, install
from tests.brokers.rabbitmq.server import RabbitServer
from tests.brokers.rabbitmq.vhosts import Vhosts
from tests.support.valkey import ValkeyServer


@pytest.fixture(scope="session")
def places() -> Iterator[Callable[[str], Vhosts]]:
    """The virtual hosts of a server of a version, which runs until all tests are done."""
    with ExitStack() as stack:
        yield cache(lambda version: Vhosts(stack.enter_context(shared.rabbit(version))))


@pytest.fixture(scope="session", params=sorted(RELEASES, reverse=True))
def version(request: pytest.FixtureRequest) -> str:
    """RabbitMQ's; unpacked if need be, as `make test-brokers` must have one."""
    try:
        return install(request.param).version
    except RuntimeError as error:
        pytest.skip(f"RabbitMQ {request.param}: {error}")


@pytest.fixture(scope="session")
def vhosts(version: str, places: Callable[[str], Vhosts]) -> Vhosts:
    return places(version)


@pytest.fixture(scope="session")
def rabbit(vhosts: Vhosts) -> RabbitNode:
    """A server that other processes use too: it must not stop."""
    return vhosts.server


@pytest.fixture
def broker(vhosts: Vhosts, module_valkey: ValkeyServer) -> Iterator[Broker]:
    """A virtual host of the test's own: `url`, `results`."""
    name = vhosts.take()
    yield Broker(vhosts.server, vhosts.server.url_of(name), module_valkey.url)
    vhosts.give_back(name)


@pytest.fixture
def fleet(broker: Broker, tmp_path: Path) -> Iterator[Fleet]:
    with closing(Fleet(broker, tmp_path)) as fleet:
        yield fleet


@pytest.fixture
def own_server(version: str) -> Iterator[RabbitServer]:
    """A server of the test's own, which may stop and crash."""
    with (
        tempfile.TemporaryDirectory(prefix="rabbitmq-", ignore_cleanup_errors=True) as folder,
        closing(RabbitServer(install(version), Path(folder))) as server,
    ):
        yield server


@pytest.fixture
def own_broker(own_server: RabbitServer, module_valkey: ValkeyServer) -> Broker:
    own_server.add_vhosts(["own"])
    return Broker(own_server, own_server.url_of("own"), module_valkey.url)


@pytest.fixture
def own_fleet(own_broker: Broker, tmp_path: Path) -> Iterator[Fleet]:
    with closing(Fleet(own_broker, tmp_path)) as fleet:
        yield fleet
