"""What `install` changes of an app, and what it leaves alone."""

import ssl
from types import SimpleNamespace
from typing import Any

import celery
import pytest
from celery import Celery
from celery.app import amqp as stock
from celery.exceptions import ImproperlyConfigured
from celery.worker.consumer.connection import Connection as ConnectionStep

import celery_reliable
from celery_reliable.connection import Connection
from celery_reliable.consumer import Consumer
from celery_reliable.transport import SentinelTransport, TlsTransport, Transport


def installed(settings: dict[str, Any] | None = None, **options: Any) -> Celery:
    app = Celery("install_test", set_as_current=False)
    app.config_from_object({"broker_url": "redis://:hunter2@host:6380/3"} | (settings or {}))
    celery_reliable.install(app, **options)
    return app


def test_tasks_are_acknowledged_late_and_retried_after_a_lost_process() -> None:
    app = installed()

    @app.task
    def function() -> None: ...

    task: Any = function

    assert task.acks_late
    assert task.retry_on_worker_lost


@pytest.mark.parametrize("name", ["task_acks_late", "task_retry_on_worker_lost"])
def test_what_the_app_said_is_kept(name: str) -> None:
    assert installed({name: False}).conf[name] is False


def test_task_reject_on_worker_lost_prevents_the_retry() -> None:
    app = installed({"task_reject_on_worker_lost": True})

    assert not app.conf.task_retry_on_worker_lost


def test_options_are_added_to_those_of_the_transport() -> None:
    app = installed({"broker_transport_options": {"socket_timeout": 5}}, lease_s=10)

    assert app.conf.broker_transport_options == {"health_check_interval": 4, "socket_timeout": 5, "lease_s": 10}


def test_the_app_says_how_often_its_subscriptions_are_asked() -> None:
    app = installed({"broker_transport_options": {"health_check_interval": 30}})

    assert app.conf.broker_transport_options == {"health_check_interval": 30}


def test_logs_show_the_url_as_it_was_given_without_its_password() -> None:
    app = installed()
    pool: Any = app.pool

    assert app.connection().as_uri() == "redis://:**@host:6380/3"
    assert app.connection().info()["transport"] == "redis"
    assert pool.connection.as_uri() == "redis://:**@host:6380/3"


def test_stats_tell_no_password_of_a_socket() -> None:
    app = installed({"broker_url": "redis+socket://:s3cret@/run/valkey.sock"})
    blueprint: Any = Consumer.Blueprint()
    consumer: Any = SimpleNamespace(connection=app.connection())
    consumer.steps = [ConnectionStep(SimpleNamespace())]

    told = blueprint.info(consumer)

    assert "/run/valkey.sock" in told["broker"]["hostname"]
    assert "s3cret" not in str(told)


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
def test_a_pooled_connection_keeps_the_transport_when_it_switches(scheme: str) -> None:
    app = installed({"broker_url": f"{scheme}://a:1;{scheme}://b:2"})
    with app.producer_or_acquire() as producer:
        before = type(producer.connection.transport)

        producer.connection.maybe_switch_next()

        assert type(producer.connection.transport) is before


@pytest.mark.parametrize("scheme", ["redis", "rediss", "sentinel"])
def test_the_transport_stays_when_the_next_server_of_a_list_is_tried(scheme: str) -> None:
    connection = installed({"broker_url": f"{scheme}://a:1;{scheme}://b:2"}).connection_for_read()
    before = type(connection.transport)

    connection.maybe_switch_next()

    # All sentinels are asked at each attempt, with the first URL's password and database.
    assert (connection.hostname, connection.port) == (("a", 1) if scheme == "sentinel" else ("b", 2))
    assert type(connection.transport) is before
    assert connection.as_uri().startswith(f"{scheme}://")


def test_a_broker_that_is_no_redis_keeps_its_own_transport() -> None:
    connection = installed({"broker_url": "memory://"}).connection_for_read()

    assert type(connection.transport).__module__ == "kombu.transport.memory"


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("memory://", "memory"),
        ("sqs://key:secret@", "sqs"),
        ("redis://a;redis://b", ""),
        ("redis+socket:///tmp/redis.sock", ""),
        ("amqps://a", ""),
        ("pyamqp://a", ""),
        ("sentinel://a", ""),
        ("localhost", ""),
    ],
)
def test_a_worker_says_that_it_does_not_know_its_broker(
    url: str, scheme: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(celery_reliable, "persist", lambda _: None)
    app = installed({"broker_url": url})

    celery_reliable._wait_for_servers(SimpleNamespace(app=app))

    warned = [record.getMessage() for record in caplog.records if "cannot make" in record.getMessage()]
    assert len(warned) == (1 if scheme else 0)
    assert all(f"a broker with {scheme}:// " in text and "secret" not in text for text in warned)


@pytest.mark.parametrize("url", ["rediss://host", "redis://host;rediss://host"])
def test_a_tls_certificate_is_checked_unless_the_app_disables_it(url: str) -> None:
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

    with pytest.raises(TypeError, match="already has connections"):
        celery_reliable.install(app)


def test_installing_twice_does_no_harm() -> None:
    app = installed(lease_s=10)

    celery_reliable.install(app, max_deliveries=2)

    assert app.conf.broker_transport_options == {"health_check_interval": 4, "lease_s": 10, "max_deliveries": 2}


def test_an_app_that_has_bound_a_task_is_refused() -> None:
    app = Celery("bound", set_as_current=False)

    @app.task
    def job() -> None: ...

    assert job.name

    with pytest.raises(TypeError, match=r"has bound tasks already \(test_install\.job\)"):
        celery_reliable.install(app)


def test_an_app_that_is_finalized_is_refused() -> None:
    app = Celery("finalized", set_as_current=False)
    app.finalize()

    with pytest.raises(TypeError, match="has bound tasks already"):
        celery_reliable.install(app)


def test_bound_tasks_are_accepted_if_task_acks_late_is_set() -> None:
    app = Celery("said", set_as_current=False)
    app.conf.task_acks_late = False
    app.finalize()

    celery_reliable.install(app)

    assert app.conf.task_acks_late is False


def test_an_app_that_has_made_its_result_backend_is_refused() -> None:
    app = Celery("backend", backend="redis://host/0", set_as_current=False)
    assert app.backend

    with pytest.raises(TypeError, match="has already created its result backend"):
        celery_reliable.install(app)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="leas_s"):
        installed(leas_s=10)


@pytest.mark.parametrize(
    "wrong", [{"lease_s": "10"}, {"lease_s": 0}, {"max_deliveries": 1.5}, {"dead_letter_limit": 0}]
)
def test_an_option_of_another_type_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{next(iter(wrong))}'] is .*: expected a"):
        installed(**wrong)


@pytest.mark.parametrize("version", ["5.5.3", "5.6.0", "5.8.0rc1"])
def test_another_celery_is_refused_in_one_line(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery, "__version__", version)

    with pytest.raises(ImproperlyConfigured, match=rf"works with Celery 5\.7, and {version} is installed: pip"):
        installed()
