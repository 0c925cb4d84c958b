"""A slice of `make chaos BROKER=rabbitmq`: nothing is lost."""

import sys

import pytest

from tests.brokers.rabbitmq.chaos import ChaosRun
from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.server import Broker
from tests.support.proxy import Proxy

TASKS = 600


@pytest.mark.timeout(900)
def test_kills_cuts_and_restarts_lose_nothing(fleet: Fleet, broker: Broker) -> None:
    with Proxy(broker.server.port) as proxy:
        outcome = ChaosRun(broker, fleet, proxy, lambda _: None).run(TASKS)

    sys.stdout.write(f"\n{outcome}\n")
    assert outcome.sent == TASKS
    assert outcome.lost == ()
