"""What `install` changes of an app, and what it leaves alone."""

import ssl
from typing import Any

import pytest
from celery import Celery
from celery.app import amqp as stock

import celery_reliable
from celery_reliable.connection import Connection
from celery_reliable.transport import SentinelTransport, TlsTransport, Transport


def installed(settings: dict[str, Any] | None = None, **options: Any) -> Celery:
    app = Celery("install_test", set_as_current=False)
    app.config_from_object({"broker_url": "redis://:hunter2@host:6380/3"} | (settings or {}))
    celery_reliable.install(app, **options)
    return app


def test_tasks_are_acknowledged_late_and_retried_when_their_process_was_lost() -> None:
    app = installed()

    @app.task
    def function() -> None: ...

    task: Any = function

    assert task.acks_late
    assert task.retry_on_worker_lost


@pytest.mark.parametrize("name", ["task_acks_late", "task_retry_on_worker_lost"])
def test_what_the_app_said_is_kept(name: str) -> None:
    assert installed({name: False}).conf[name] is False


def test_an_app_that_puts_tasks_of_lost_processes_back_does_not_retry_them() -> None:
    app = installed({"task_reject_on_worker_lost": True})

    assert not app.conf.task_retry_on_worker_lost


def test_options_are_added_to_those_of_the_transport() -> None:
    app = installed({"broker_transport_options": {"socket_timeout": 5}}, lease_s=10)

    assert app.conf.broker_transport_options == {"socket_timeout": 5, "lease_s": 10}


def test_logs_show_the_url_as_it_was_given_without_its_password() -> None:
    app = installed()
    pool: Any = app.pool

    assert app.connection().as_uri() == "redis://:**@host:6380/3"
    assert app.connection().info()["transport"] == "redis"
    assert pool.connection.as_uri() == "redis://:**@host:6380/3"


@pytest.mark.parametrize(
    ("url", "transport"),
    [
        ("redis://host/1", Transport),
        ("rediss://host/1", TlsTransport),
        ("redis+socket:///tmp/valkey.sock?virtual_host=1", Transport),
        ("sentinel://host:26379", SentinelTransport),
        ("redis://a;redis://b", Transport),
        (["rediss://a", "rediss://b"], TlsTransport),
    ],
)
def test_the_scheme_of_the_url_chooses_the_transport(url: Any, transport: type) -> None:
    connection = installed({"broker_url": url}).connection_for_read()

    assert type(connection.transport) is transport
    assert type(connection.clone().transport) is transport


@pytest.mark.parametrize("scheme", ["redis", "rediss", "sentinel"])
def test_the_transport_stays_when_the_next_server_of_a_list_is_tried(scheme: str) -> None:
    connection = installed({"broker_url": f"{scheme}://a:1;{scheme}://b:2"}).connection_for_read()
    before = type(connection.transport)

    connection.maybe_switch_next()

    assert (connection.hostname, connection.port) == ("b", 2)
    assert type(connection.transport) is before
    assert connection.as_uri().startswith(f"{scheme}://")


def test_a_broker_that_is_no_redis_keeps_its_own_transport() -> None:
    connection = installed({"broker_url": "memory://"}).connection_for_read()

    assert type(connection.transport).__module__ == "kombu.transport.memory"


@pytest.mark.parametrize("url", ["rediss://host", "redis://host;rediss://host"])
def test_the_certificate_of_a_tls_server_is_checked_unless_the_app_says_otherwise(url: str) -> None:
    def of(**settings: Any) -> Connection:
        connection: Any = installed({"broker_url": url, **settings}).connection_for_read()
        assert isinstance(connection, Connection)
        if ";" in url:
            connection.maybe_switch_next()
        return connection

    assert of().ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    assert of(broker_use_ssl={"ssl_cert_reqs": ssl.CERT_NONE}).ssl == {"ssl_cert_reqs": ssl.CERT_NONE}


def test_an_app_that_has_made_its_connections_is_refused() -> None:
    app = Celery("late", set_as_current=False)
    assert type(app.amqp) is stock.AMQP

    with pytest.raises(TypeError, match="has made connections already"):
        celery_reliable.install(app)


def test_installing_twice_does_no_harm() -> None:
    app = installed(lease_s=10)

    celery_reliable.install(app, max_deliveries=2)

    assert app.conf.broker_transport_options == {"lease_s": 10, "max_deliveries": 2}
