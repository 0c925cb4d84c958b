"""A JavaScript program that closes its app on RabbitMQ ends with 0, although nothing else keeps it alive."""

from pathlib import Path

from tests.brokers import idle
from tests.brokers.rabbitmq.fleet import Fleet
from tests.brokers.rabbitmq.node import Broker

STEPS = {
    "nothing": "",
    "sent": 'await app.sendTask("tests.add", [1, 2]);',
    "sent before": 'await app.sendTask("tests.add", [1, 2]); await idle();',
    "got a result": 'await (await app.sendTask("tests.add", [1, 2])).get({ timeout: 30 });',
    "asked workers": "await app.control.ping({ timeout: 1 });",
    "heard events": "await app.events.receiver({ handlers: { '*': () => {} } }).start(); await idle();",
    "ran a worker": 'const own = app.worker({ queues: ["own"] }); await own.start(); await own.stop();',
}


def test_closing_ends_an_idle_program(fleet: Fleet, broker: Broker, tmp_path: Path) -> None:
    fleet.node()

    found = {name: idle.run(steps, tmp_path, broker.url, broker.results) for name, steps in STEPS.items()}

    assert found == dict.fromkeys(STEPS, idle.GOOD)
