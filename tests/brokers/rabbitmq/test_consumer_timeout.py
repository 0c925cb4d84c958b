"""A message that is held for longer than the server's `consumer_timeout` goes to another worker."""

import pytest

from tests.brokers.rabbitmq.fleet import RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.rabbitmq.server import RabbitServer

TIMEOUT_S = 3
# How often a channel looks: a minute by default.
LOOKS_EVERY_MS = 500
REASON = rf"longer than the broker's consumer_timeout of {TIMEOUT_S} s: .* Raise consumer_timeout"


@pytest.mark.timeout(240)
def test_a_node_worker_that_held_a_message_for_too_long_goes_on(
    own_server: RabbitServer, own_broker: Broker, own_fleet: Fleet
) -> None:
    settings = {"consumer_timeout": TIMEOUT_S * 1000, "channel_tick_interval": LOOKS_EVERY_MS}
    sets = [f"application:set_env(rabbit, {name}, {value})" for name, value in settings.items()]
    own_server.ctl("eval", f"{', '.join(sets)}.")
    worker = own_fleet.node()
    with client(own_broker) as app:
        long = app.send_task("tests.sleep", [TIMEOUT_S * 2.5])
        worker.wait_for_log(REASON)

        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
        assert long.get(timeout=RESULT_WITHIN_S) == TIMEOUT_S * 2.5
    assert worker.exit_code is None
