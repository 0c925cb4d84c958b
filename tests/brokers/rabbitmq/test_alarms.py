"""RabbitMQ with an alarm only delivers, and a frozen one does nothing. Nothing waits for them for ever."""

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from celery_reliable.rabbitmq_delivered import BURY_AGAIN_S
from kombu.exceptions import OperationalError

from tests.brokers.rabbitmq.fleet import RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.rabbitmq.server import RabbitServer
from tests.clients.installed import Clients
from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

# What a client waits at most, and what a slow machine takes beside.
GIVES_UP_WITHIN_S = 5 + 2
STOPS_WITHIN_S = 15.0
# A worker leaves a server that has been away for 15 s; each look at a silent one takes some seconds.
LEAVES_WITHIN_S = 15.0 + 15.0


@contextmanager
def alarm(server: RabbitServer) -> Iterator[None]:
    """The server's memory is full, as it says; its monitor does not run on every machine."""
    server.ctl("eval", "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []}).")
    try:
        yield
    finally:
        server.ctl("eval", "rabbit_alarm:clear_alarm({resource_limit, memory, node()}).")


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_worker_goes_on_under_an_alarm(
    own_server: RabbitServer, own_broker: Broker, own_fleet: Fleet, pool: str
) -> None:
    worker = own_fleet.python(worker_pool=pool)
    with client(own_broker) as app:
        results = [app.send_task("tests.sleep", [seconds]) for seconds in (8, 1, 1, 1)]

        with alarm(own_server):
            worker.wait_for_log("The broker takes no messages.*: low on memory")
            assert [result.get(timeout=RESULT_WITHIN_S) for result in results] == [8, 1, 1, 1]
        worker.wait_for_log("The broker is back after")
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3

    assert worker.log.count("takes no messages") == 1
    assert "onnection" not in worker.log.partition("ready.")[2], "a connection was lost"


def test_a_worker_stops_under_an_alarm(
    own_server: RabbitServer, own_broker: Broker, own_fleet: Fleet
) -> None:
    worker = own_fleet.python()
    with client(own_broker) as app:
        results = [app.send_task("tests.sleep", [seconds]) for seconds in (6, 1, 1, 1)]
        with alarm(own_server):
            worker.wait_for_log("The broker takes no messages")

            worker.signal(signal.SIGTERM)

            assert results[0].get(timeout=RESULT_WITHIN_S) == 6
            assert worker.wait(STOPS_WITHIN_S) == 0
    assert wait_until(lambda: own_broker.messages("jobs") == 3, RESULT_WITHIN_S, "the other messages")


def test_a_dead_letter_waits_for_the_end_of_an_alarm(
    own_server: RabbitServer, own_broker: Broker, own_fleet: Fleet
) -> None:
    worker = own_fleet.python()
    with client(own_broker) as app:
        app.send_task("tests.sleep", [6])
        app.send_task("tests.unknown")
        with alarm(own_server):
            worker.wait_for_log("The broker does not take a dead letter of jobs, so this worker holds")
        assert "onnection" not in worker.log.partition("ready.")[2], "a connection was lost"

        wait_until(lambda: own_broker.messages("jobs.dead") == 1, BURY_AGAIN_S + 10, "the dead letter")


@pytest.mark.parametrize("stock", [True, False])
def test_a_client_has_an_error_in_time(own_server: RabbitServer, own_broker: Broker, stock: bool) -> None:
    with client(own_broker, stock=stock) as app:
        app.send_task("tests.add", [1, 2])
        with alarm(own_server):
            for _ in range(2):
                since = time.monotonic()
                with pytest.raises(OperationalError):
                    app.send_task("tests.add", [1, 2])
                assert time.monotonic() - since < GIVES_UP_WITHIN_S

        app.send_task("tests.add", [1, 2])


@pytest.mark.parametrize("stock", [True, False])
def test_a_client_of_a_frozen_broker_has_an_error_in_time(broker: Broker, stock: bool) -> None:
    with Proxy(broker.server.port) as proxy:
        behind = Broker(
            broker.server, broker.url.replace(f":{broker.server.port}/", f":{proxy.port}/"), broker.results
        )
        with client(behind, stock=stock) as app:
            app.send_task("tests.add", [1, 2])
            proxy.freeze()

            for _ in range(2):
                since = time.monotonic()
                with pytest.raises(OperationalError):
                    app.send_task("tests.add", [1, 2])
                assert time.monotonic() - since < GIVES_UP_WITHIN_S

            proxy.release()
            app.send_task("tests.add", [1, 2])


@pytest.mark.parametrize("frozen", ["broker", "results"])
def test_a_stop_does_not_wait_for_a_frozen_server(
    broker: Broker, fleet: Fleet, module_valkey: ValkeyServer, frozen: str
) -> None:
    port = broker.server.port if frozen == "broker" else module_valkey.port
    with Proxy(port) as proxy, client(broker) as app:
        behind = Broker(
            broker.server,
            broker.url.replace(f":{port}/", f":{proxy.port}/"),
            broker.results.replace(f":{port}/", f":{proxy.port}/"),
        )
        fleet.broker = behind
        worker = fleet.python(redis_socket_timeout=5)
        result = app.send_task("tests.sleep", [3])
        worker.wait_for_log("received")
        proxy.freeze()

        worker.signal(signal.SIGTERM)

        code = worker.wait(LEAVES_WITHIN_S)
        lines = re.findall("The worker stops without waiting any longer, as the (.*) is away", worker.log)
        assert (code, lines) == ((1, ["result backend"]) if frozen == "results" else (0, []))
        proxy.release()
        fleet.python()
        assert result.get(timeout=RESULT_WITHIN_S) == 3


CALLS = """
import importlib, sys, time
client = importlib.import_module(sys.argv[1])
double = client.connect(check_contract=False).js.flow.double
for _ in range(2):
    since = time.monotonic()
    try:
        double.apply_async((1,))
    except client.OperationalError:
        print(time.monotonic() - since)
"""


def test_a_generated_client_has_an_error_in_time(
    own_server: RabbitServer, own_broker: Broker, clients: Clients
) -> None:
    env = {"JOBS_BROKER_URL": own_broker.url, "JOBS_RESULT_BACKEND": own_broker.results}

    with alarm(own_server):
        took = clients.run_source("python", CALLS, env)

    first, second = map(float, took.split())
    assert max(first, second) < GIVES_UP_WITHIN_S
