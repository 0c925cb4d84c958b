"""A slice of `make chaos BROKER=rabbitmq`: nothing is lost."""

import sys

import pytest

from tests.brokers.rabbitmq.chaos import ChaosRun
from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.server import RabbitServer
from tests.support.proxy import Proxy

TASKS = 600


@pytest.mark.timeout(900)
def test_kills_cuts_and_restarts_lose_nothing(own_fleet: Fleet, own_server: RabbitServer) -> None:
    with Proxy(own_server.port) as proxy:
        outcome = ChaosRun(own_server, own_fleet, proxy, lambda _: None).run(TASKS)

    sys.stdout.write(f"\n{outcome}\n")
    assert outcome.sent == TASKS
    assert outcome.lost == ()
