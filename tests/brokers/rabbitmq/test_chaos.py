"""A slice of `make chaos BROKER=rabbitmq`: nothing is lost."""

import sys

import pytest

from tests.brokers.rabbitmq.chaos import ChaosRun
from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.server import RabbitServer
from tests.support.proxy import Proxy

TASKS = 900
# So often that the server has crashed before all tasks are sent.
FAULT_EVERY_S = 0.7


@pytest.mark.timeout(900)
def test_kills_cuts_and_restarts_lose_nothing(own_fleet: Fleet, own_server: RabbitServer) -> None:
    with Proxy(own_server.port) as proxy:
        outcome = ChaosRun(own_server, own_fleet, proxy, lambda _: None).run(TASKS, FAULT_EVERY_S)

    sys.stdout.write(f"\n{outcome}\n")
    assert outcome.sent == TASKS
    assert outcome.lost == ()
    assert {"crash", "restart", "kill python"} <= set(outcome.faults)
