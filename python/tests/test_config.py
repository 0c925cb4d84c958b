"""Variables of the environment become Celery's settings."""

import ssl

import pytest

from py_workers.config import Variables, delivery_options
from tests.conftest import SettingsOf


def test_without_an_environment_every_variable_has_its_default(settings_of: SettingsOf) -> None:
    settings = settings_of({})

    assert settings["broker_url"] == settings["result_backend"] == "redis://127.0.0.1:6379/0"
    assert settings["task_routes"] == {
        "py_workers.*": {"queue": "py-queue"},
        "js_workers.*": {"queue": "js-queue"},
    }
    assert settings["task_default_queue"] == "py-queue"
    assert settings["result_expires"] == 86400
    assert settings["task_time_limit"] == 1800
    assert settings["worker_soft_shutdown_timeout"] == 25
    assert settings["worker_concurrency"] == 2
    assert settings["broker_transport_options"]["global_keyprefix"] == ""


@pytest.mark.parametrize(
    ("variable", "text", "setting", "value"),
    [
        ("JOBS_BROKER_URL", "redis://:secret@broker:6380/3", "broker_url", "redis://:secret@broker:6380/3"),
        ("JOBS_RESULT_BACKEND", "redis://[::1]/1", "result_backend", "redis://[::1]/1"),
        ("JOBS_TASK_ROUTES", "a=q, b.* = r", "task_routes", {"a": {"queue": "q"}, "b.*": {"queue": "r"}}),
        ("JOBS_DEFAULT_QUEUE", "slow", "task_default_queue", "slow"),
        ("JOBS_RESULT_EXPIRES_S", "0", "result_expires", 0),
        ("JOBS_TASK_TIME_LIMIT_S", "0", "task_time_limit", None),
        ("JOBS_TASK_TIME_LIMIT_S", "90", "task_time_limit", 90),
        ("JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "5", "worker_soft_shutdown_timeout", 5),
        ("JOBS_GLOBAL_KEYPREFIX", "blue:", "result_backend_transport_options", {"global_keyprefix": "blue:"}),
        ("JOBS_PY_CONCURRENCY", "8", "worker_concurrency", 8),
        ("JOBS_HEALTH_ADDRESS", "0.0.0.0:8080", "worker_health_address", "0.0.0.0:8080"),
        ("JOBS_HEALTH_ADDRESS", "", "worker_health_address", None),
    ],
)
def test_a_variable_becomes_a_celery_setting(
    settings_of: SettingsOf, variable: str, text: str, setting: str, value: object
) -> None:
    assert settings_of({variable: text})[setting] == value


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("JOBS_LEASE_S", "2.5", 2.5),
        ("JOBS_MAX_DELIVERIES", "0", 0),
        ("JOBS_DEAD_LETTER_LIMIT", "7", 7),
        ("JOBS_DEAD_LETTER_MAX_AGE_S", "0", 0),
        ("JOBS_MESSAGE_SIZE_LIMIT", "1000", 1000),
        ("JOBS_LOG_LEVEL", "debug", "debug"),
        ("JOBS_PY_QUEUES", "py-queue, slow", ("py-queue", "slow")),
    ],
)
def test_a_variable_that_is_not_a_celery_setting_is_read_too(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, value: object
) -> None:
    monkeypatch.setenv(variable, text)

    assert getattr(Variables.read(), variable.removeprefix("JOBS_").lower()) == value


def test_the_parameters_of_a_url_are_typed_and_honoured(settings_of: SettingsOf) -> None:
    query = "?socket_timeout=3&socket_connect_timeout=1.5&socket_keepalive=no&health_check_interval=9"
    query += "&virtual_host=4"
    settings = settings_of(
        {"JOBS_BROKER_URL": f"redis://b{query}", "JOBS_RESULT_BACKEND": f"redis://r{query}"}
    )

    options = settings["broker_transport_options"]
    assert (settings["broker_url"], settings["result_backend"]) == ("redis://b/4", "redis://r/4")
    assert options["socket_timeout"] == settings["redis_socket_timeout"] == 3
    assert options["socket_connect_timeout"] == settings["redis_socket_connect_timeout"] == 1.5
    assert options["socket_keepalive"] is settings["redis_socket_keepalive"] is False
    assert options["health_check_interval"] == settings["redis_backend_health_check_interval"] == 9


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            "redis+socket:///a/b.sock?virtual_host=2&socket_timeout=3",
            "redis+socket:///a/b.sock?virtual_host=2",
        ),
        ("redis+socket://:100%sure@/a.sock", "redis+socket://:100%sure@/a.sock"),
        ("rediss://:p%40w@h:1/2?ssl_ca_certs=/dev/null", "rediss://:p%40w@h:1/2?ssl_ca_certs=/dev/null"),
        ("redis://[::1]/1", "redis://[::1]/1"),
    ],
)
def test_other_parts_of_a_url_stay_unchanged(settings_of: SettingsOf, text: str, url: str) -> None:
    settings = settings_of({"JOBS_BROKER_URL": text, "JOBS_RESULT_BACKEND": text})

    assert settings["broker_url"] == settings["result_backend"] == url


@pytest.mark.parametrize(
    "name",
    [
        "JOBS_SERVICE_HOST",
        "JOBS_PORT",
        "JOBS_REDIS_SERVICE_HOST",
        "JOBS_REDIS_SERVICE_PORT",
        "JOBS_REDIS_SERVICE_PORT_CLIENT",
        "JOBS_REDIS_PORT",
        "JOBS_REDIS_PORT_6379_TCP",
        "JOBS_REDIS_PORT_6379_TCP_ADDR",
        "JOBS_DNS_PORT_53_UDP_PROTO",
    ],
)
def test_variables_of_kubernetes_services_are_ignored(settings_of: SettingsOf, name: str) -> None:
    assert settings_of({name: "tcp://10.0.0.1:6379"}) == settings_of({})


def test_variables_of_the_other_language_are_ignored(settings_of: SettingsOf) -> None:
    assert settings_of({"JOBS_JS_CONCURRENCY": "many"}) == settings_of({})


def test_an_empty_variable_has_its_default_and_spaces_do_not_count(settings_of: SettingsOf) -> None:
    settings = settings_of({"JOBS_DEFAULT_QUEUE": "", "JOBS_PY_CONCURRENCY": " 3 "})

    assert settings["task_default_queue"] == "py-queue"
    assert settings["worker_concurrency"] == 3


def test_delivery_is_reliable_unless_stock_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = {"dead_letter_limit": 10_000, "dead_letter_max_age_s": 30 * 86_400, "message_size_limit": 2**26}

    assert delivery_options() == {"lease_s": 60, "max_deliveries": 5} | dead
    monkeypatch.setenv("JOBS_LEASE_S", "10")
    monkeypatch.setenv("JOBS_MAX_DELIVERIES", "3")
    assert delivery_options() == {"lease_s": 10, "max_deliveries": 3} | dead
    monkeypatch.setenv("JOBS_PY_DELIVERY", "stock")
    assert delivery_options() is None


def test_only_json_is_written_and_accepted(settings_of: SettingsOf) -> None:
    settings = settings_of({})

    assert settings["accept_content"] == ["json"]
    assert {settings[f"{what}_serializer"] for what in ("task", "result", "event")} == {"json"}


def test_the_certificate_of_a_tls_server_is_checked(settings_of: SettingsOf) -> None:
    url = "rediss://host/0"
    settings = settings_of({"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": url})

    assert settings["broker_use_ssl"] == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    assert settings["redis_backend_use_ssl"] == {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def test_results_may_go_to_postgresql(settings_of: SettingsOf) -> None:
    url = "db+postgresql://user:s%2Fx@db:5433/jobs"

    settings = settings_of({"JOBS_RESULT_BACKEND": url})

    assert settings["result_backend"] == "db+postgresql+psycopg://user:s%2Fx@db:5433/jobs?sslmode=disable"
    assert settings["result_extended"] is True
    assert settings["broker_url"] == "redis://127.0.0.1:6379/0"


def test_a_missing_package_of_postgresql_is_named(
    settings_of: SettingsOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("celery_reliable.database_url.find_spec", lambda _: None)

    with pytest.raises(SystemExit) as caught:
        settings_of({"JOBS_RESULT_BACKEND": "db+postgresql://user:secret@db/jobs"})
    line = str(caught.value)
    assert line.endswith("the package sqlalchemy and psycopg: pip install 'celery-reliable[postgres]'")
    assert "secret" not in line
