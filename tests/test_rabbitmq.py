"""A short slice of `make test-brokers`: both workers on RabbitMQ, where this machine has its server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers.rabbitmq.fleet import RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.rabbitmq.packages import RELEASES, find
from tests.brokers.rabbitmq.server import RabbitServer
from tests.support.valkey import ValkeyServer


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitServer]:
    found = [installation for version in sorted(RELEASES, reverse=True) if (installation := find(version))]
    if not found:
        pytest.skip("no RabbitMQ server here: make test-brokers unpacks one")
    server = RabbitServer(found[0], tmp_path_factory.mktemp("rabbitmq"))
    yield server
    server.close()


@pytest.mark.parametrize("kind", ["node", "python"])
def test_a_worker_runs_tasks_on_rabbitmq(
    kind: str, rabbit: RabbitServer, module_valkey: ValkeyServer, tmp_path: Path
) -> None:
    rabbit.add_vhosts([kind])
    broker = Broker(rabbit, rabbit.url_of(kind), module_valkey.url)
    fleet = Fleet(broker, tmp_path)
    try:
        fleet.start(kind)
        with client(broker) as app:
            assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
            assert app.send_task("tests.retry", [0.3]).get(timeout=RESULT_WITHIN_S)["retries"] == 2
    finally:
        fleet.close()
