"""URLs, queues that were there before, wrong settings, several servers, TLS."""

import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from kombu import Connection, Exchange, Queue

from scripts import server
from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker, RabbitNode
from tests.brokers.rabbitmq.tls import CERTIFICATES, REASONS, listen, url_behind_tls
from tests.brokers.throughput import CLASSIC


def test_classic_queues_of_stock_celery_are_served(fleet: Fleet, broker: Broker) -> None:
    with Connection(broker.url) as connection, connection.channel() as channel:
        Queue("jobs", Exchange("jobs", type="direct"), routing_key="jobs")(channel).declare()
    fleet.node()

    stock = {"task_create_missing_queue_type": "classic", "task_create_missing_queue_exchange_type": "direct"}
    plain = {"task_default_queue_type": "classic", "task_default_exchange_type": "direct"}
    with client(broker, stock=True, **stock, **plain) as app:
        assert app.send_task("tests.add", [1, 2], queue="jobs").get(timeout=RESULT_WITHIN_S) == 3
        assert app.send_task("tests.now", queue="jobs", countdown=1.5).get(timeout=RESULT_WITHIN_S)
        retried = app.send_task("tests.retry", [1.1], queue="jobs").get(timeout=RESULT_WITHIN_S)
    assert retried["retries"] == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_uses_a_classic_queue_as_it_is(fleet: Fleet, broker: Broker, kind: str) -> None:
    with Connection(broker.url) as connection, connection.channel() as channel:
        Queue("jobs", Exchange("jobs", type="direct"), routing_key="jobs")(channel).declare()
    start = fleet.node if kind == "node" else fleet.python
    start(**(CLASSIC if kind == "python" else {}))

    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
        sent = time.time()
        ran = app.send_task("tests.now", countdown=1.5).get(timeout=RESULT_WITHIN_S)
    assert ran - sent >= 1.5


def test_a_queue_is_quorum_and_kept_without_a_worker(fleet: Fleet, broker: Broker) -> None:
    with client(broker) as app:
        result = app.send_task("tests.add", [1, 2], queue="jobs")
        listed = broker.server.ctl("list_queues", "-p", broker.vhost, "name", "type")
        assert ["jobs", "quorum"] in [line.split() for line in listed.splitlines()]

        fleet.node()
        assert result.get(timeout=RESULT_WITHIN_S) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_server_of_a_list_is_tried(fleet: Fleet, broker: Broker, kind: str) -> None:
    nobody = f"amqp://guest:guest@127.0.0.1:{server.free_port()}/x"
    fleet.start(kind, url=f"{nobody};{broker.url}")
    with client(replace(broker, url=f"{nobody};{broker.url}")) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_password_is_one_clear_line(fleet: Fleet, broker: Broker, kind: str) -> None:
    worker = fleet.start(kind, url=broker.url.replace("guest:guest", "guest:wrong"), wait=False)

    assert worker.wait() == 1
    [line] = [
        line for line in worker.log.splitlines() if "ACCESS_REFUSED" in line or "refused" in line.lower()
    ]
    assert "guest:**@" in line
    assert "wrong" not in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_a_virtual_host_may_have_a_slash(fleet: Fleet, broker: Broker, kind: str) -> None:
    vhost = f"{broker.vhost}/{kind}"
    broker.server.add_vhosts([vhost])
    broker = replace(broker, url=broker.server.url_of(quote(vhost, safe="")))
    fleet.start(kind, url=broker.url)
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
    broker.server.ctl("delete_vhost", vhost)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CERTIFICATES)
def test_certificates_of_amqps_are_checked(
    tmp_path: Path, fleet: Fleet, broker: Broker, kind: str, case: str
) -> None:
    url = url_behind_tls(broker, tmp_path, case)

    worker = fleet.start(kind, url=url, wait=case == "good")

    if case == "good":
        with client(replace(broker, url=url)) as app:
            assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
    else:
        worker.wait_for_log(REASONS[case])
        if kind == "node":
            assert worker.wait() == 1
        assert "ready." not in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_each_server_of_a_list_is_checked_by_its_own_name(
    rabbit: RabbitNode, tmp_path: Path, fleet: Fleet, broker: Broker, kind: str
) -> None:
    port, certificate = listen(rabbit, tmp_path, "IP:127.0.0.1")
    nobody = f"amqps://guest:guest@127.0.0.2:{server.free_port()}/{broker.vhost}"
    url = f"{nobody}?ssl_ca_certs={certificate};amqps://guest:guest@127.0.0.1:{port}/{broker.vhost}"
    url += f"?ssl_ca_certs={certificate}"

    fleet.start(kind, url=url)

    with client(replace(broker, url=url)) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
