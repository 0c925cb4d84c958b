"""URLs, queues that were there before, wrong settings, several servers, TLS."""

import re
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue

from scripts import server
from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.server import Broker, RabbitServer


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


def test_a_queue_is_quorum_and_kept_without_a_worker(fleet: Fleet, broker: Broker) -> None:
    with client(broker) as app:
        result = app.send_task("tests.add", [1, 2], queue="jobs")
        listed = broker.server.ctl("list_queues", "-p", broker.url.rsplit("/", 1)[1], "name", "type")
        assert ["jobs", "quorum"] in [line.split() for line in listed.splitlines()]

        fleet.node()
        assert result.get(timeout=RESULT_WITHIN_S) == 3


def test_the_next_server_of_a_list_is_tried(fleet: Fleet, broker: Broker) -> None:
    nobody = f"amqp://guest:guest@127.0.0.1:{server.free_port()}/x"
    fleet.node(url=f"{nobody};{broker.url}")
    with client(broker) as app:
        assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3


def test_a_wrong_password_is_one_clear_line(fleet: Fleet, broker: Broker) -> None:
    worker = fleet.node(url=broker.url.replace("guest:guest", "guest:wrong"), wait=False)

    assert worker.wait() == 1
    [line] = [
        line for line in worker.log.splitlines() if "ACCESS_REFUSED" in line or "refused" in line.lower()
    ]
    assert "guest:**@" in line
    assert "wrong" not in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_time_limit_over_the_brokers_timeout_is_warned_of(fleet: Fleet, kind: str) -> None:
    setting = {"node": "taskTimeLimit", "python": "task_time_limit"}[kind]
    start: Any = {"node": fleet.node, "python": fleet.python}[kind]

    equal, longer = (start(**{setting: limit_s}) for limit_s in (1800, 1801))

    assert "consumer_timeout" not in equal.log
    assert re.search(rf"{setting} is 1801 s, .* after 1800 s unless its consumer_timeout", longer.log)


@pytest.mark.parametrize("trusts", [True, False])
def test_certificates_of_amqps_are_checked(
    rabbit: RabbitServer, tmp_path: Path, fleet: Fleet, broker: Broker, trusts: bool
) -> None:
    certificate, key = _certificate(tmp_path)
    port = server.free_port()
    files = rabbit.keep(certificate), rabbit.keep(key)
    options = f'[{{certfile,"{files[0]}"}},{{keyfile,"{files[1]}"}}]'
    rabbit.ctl(
        "eval", f'rabbit_networking:start_ssl_listener({{"127.0.0.1", {port}, inet}}, {options}, 2, 1).'
    )
    query = f"?ssl_ca_certs={certificate}" if trusts else ""
    url = f"amqps://guest:guest@127.0.0.1:{port}/{broker.url.rsplit('/', 1)[1]}{query}"

    worker = fleet.node(url=url, wait=trusts)

    if trusts:
        with client(broker) as app:
            assert app.send_task("tests.add", [1, 2]).get(timeout=RESULT_WITHIN_S) == 3
    else:
        assert worker.wait() == 1
        assert "self-signed" in worker.log or "self signed" in worker.log


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    key.chmod(0o644)
    ssl.create_default_context(cafile=str(certificate))
    return certificate, key
