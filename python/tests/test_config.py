"""The environment becomes Celery's settings, or one line that says what is wrong."""

import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery_reliable.environment import ConfigError

from py_workers.config import Variables, celery_settings, delivery_options

ROOT = Path(__file__).resolve().parents[2]
URL = "expected a URL that begins with redis://, rediss:// or redis+socket://"
ROUTES = "expected pattern=queue pairs separated by commas"

SettingsOf = Callable[[dict[str, str]], dict[str, Any]]
VARIABLES = [f"JOBS_{field.upper()}" for field in Variables.model_fields]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("JOBS_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> SettingsOf:
    """Celery's settings in an environment with these variables."""

    def read(variables: dict[str, str]) -> dict[str, Any]:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        settings = celery_settings()
        for name in variables:
            monkeypatch.delenv(name)
        return settings

    return read


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
def test_a_variable_that_is_no_celery_setting_is_read_too(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, value: object
) -> None:
    monkeypatch.setenv(variable, text)

    assert getattr(Variables.read(), variable.removeprefix("JOBS_").lower()) == value


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("JOBS_BROKER_URL", "amqp://localhost", URL),
        ("JOBS_BROKER_URL", "localhost:6379", URL),
        ("JOBS_BROKER_URL", "redis://localhost:port/0", URL),
        ("JOBS_BROKER_URL", "redis://localhost:99999", URL),
        ("JOBS_BROKER_URL", "redis://localhost/zero", URL),
        ("JOBS_BROKER_URL", "redis:///0", URL),
        ("JOBS_RESULT_BACKEND", "rpc://", URL),
        ("JOBS_TASK_ROUTES", "py_workers.*", ROUTES),
        ("JOBS_TASK_ROUTES", "a=b=c", ROUTES),
        ("JOBS_TASK_ROUTES", "a=b,,c=d", ROUTES),
        ("JOBS_DEFAULT_QUEUE", "one,two", "expected the name of a queue"),
        ("JOBS_RESULT_EXPIRES_S", "1 day", "expected a whole number of seconds"),
        ("JOBS_RESULT_EXPIRES_S", "-1", "expected a whole number of seconds"),
        ("JOBS_LEASE_S", "abc", "expected a number of seconds, for example 60"),
        ("JOBS_LEASE_S", "0", "expected a number of seconds"),
        ("JOBS_LEASE_S", "nan", "expected a number of seconds"),
        ("JOBS_MAX_DELIVERIES", "1.5", "expected a whole number, for example 5"),
        ("JOBS_TASK_TIME_LIMIT_S", "30m", "expected a whole number of seconds"),
        ("JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "-5", "expected a whole number of seconds"),
        ("JOBS_GLOBAL_KEYPREFIX", "a b", "expected a text without spaces"),
        ("JOBS_LOG_LEVEL", "loud", "expected one of debug, info, warning, error, critical"),
        ("JOBS_PY_QUEUES", "a,,b", "expected queue names separated by commas"),
        ("JOBS_PY_CONCURRENCY", "0", "expected a whole number of at least 1"),
        ("JOBS_PY_DELIVERY", "Stock", "expected one of reliable, stock"),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(
    settings_of: SettingsOf, variable: str, text: str, expected: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({variable: text})

    line = str(caught.value)
    assert line.startswith(f"{variable}='{text}': {expected}")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("redis://h?nope=3", "unknown parameter 'nope'; known are virtual_host, socket_timeout"),
        ("redis://h?socket_timout=3", "(did you mean 'socket_timeout'?)"),
        ("redis://h?socket_timeout=soon", "socket_timeout='soon': expected seconds, more than 0"),
        ("redis://h?socket_timeout=0", "socket_timeout='0': expected seconds, more than 0"),
        ("redis://h?socket_timeout=", "socket_timeout='': expected seconds, more than 0"),
        ("redis://h?socket_keepalive=maybe", "socket_keepalive='maybe': expected true or false"),
        ("redis://h?virtual_host=x", "virtual_host='x': the database is a number"),
        ("redis://h?ssl_ca_certs=/a", "ssl_ca_certs is for rediss://"),
        ("redis://h?password=hunter2", "user and password stand before the '@'"),
    ],
)
@pytest.mark.parametrize("variable", ["JOBS_BROKER_URL", "JOBS_RESULT_BACKEND"])
def test_a_parameter_that_means_nothing_is_refused_by_name(
    settings_of: SettingsOf, variable: str, text: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({variable: text})

    assert problem in str(caught.value)
    assert "hunter2" not in str(caught.value)


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
        ("rediss://:p%40w@h:1/2?ssl_ca_certs=/a/b.pem", "rediss://:p%40w@h:1/2?ssl_ca_certs=/a/b.pem"),
        ("redis://[::1]/1", "redis://[::1]/1"),
    ],
)
def test_what_is_no_option_of_a_url_stays_as_it_was(settings_of: SettingsOf, text: str, url: str) -> None:
    settings = settings_of({"JOBS_BROKER_URL": text, "JOBS_RESULT_BACKEND": text})

    assert settings["broker_url"] == settings["result_backend"] == url


def test_every_variable_refuses_nonsense(settings_of: SettingsOf) -> None:
    for variable in VARIABLES:
        with pytest.raises(ConfigError, match=variable):
            settings_of({variable: "=, ="})


def test_an_unknown_variable_is_refused(settings_of: SettingsOf) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"JOBS_LEASE": "60"})

    assert str(caught.value) == "JOBS_LEASE='60': unknown variable; docs/settings.md lists them all"


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
def test_what_kubernetes_injects_for_a_service_is_ignored(settings_of: SettingsOf, name: str) -> None:
    assert settings_of({name: "tcp://10.0.0.1:6379"}) == settings_of({})


def test_the_other_languages_variables_are_left_to_it(settings_of: SettingsOf) -> None:
    assert settings_of({"JOBS_JS_CONCURRENCY": "many"}) == settings_of({})


def test_an_empty_variable_has_its_default_and_spaces_do_not_count(settings_of: SettingsOf) -> None:
    settings = settings_of({"JOBS_DEFAULT_QUEUE": "", "JOBS_PY_CONCURRENCY": " 3 "})

    assert settings["task_default_queue"] == "py-queue"
    assert settings["worker_concurrency"] == 3


@pytest.mark.parametrize("text", ["amqp://user:hunter2@host", "user:hunter2@host", "redis://:hunt@er2@h:x/0"])
def test_a_refused_url_is_shown_without_its_password(settings_of: SettingsOf, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"JOBS_BROKER_URL": text})

    assert "**@h" in str(caught.value)
    assert not re.search("hunter2|hunt|er2", str(caught.value))


def test_an_unknown_variable_that_looks_like_a_secret_is_shown_without_its_value(
    settings_of: SettingsOf,
) -> None:
    with pytest.raises(ConfigError, match=r"^JOBS_BROKER_PASSWORD='\*\*': unknown variable"):
        settings_of({"JOBS_BROKER_PASSWORD": "hunter2"})


def test_delivery_is_reliable_unless_stock_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = {"dead_letter_limit": 10_000, "dead_letter_max_age_s": 30 * 86_400, "message_size_limit": 2**26}

    assert delivery_options() == {"lease_s": 60, "max_deliveries": 5} | dead
    monkeypatch.setenv("JOBS_LEASE_S", "10")
    monkeypatch.setenv("JOBS_MAX_DELIVERIES", "3")
    assert delivery_options() == {"lease_s": 10, "max_deliveries": 3} | dead
    monkeypatch.setenv("JOBS_PY_DELIVERY", "stock")
    assert delivery_options() is None


def test_every_problem_has_its_line(settings_of: SettingsOf) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"JOBS_LEASE": "60", "JOBS_LEASE_S": "abc", "JOBS_PY_CONCURRENCY": "0"})

    assert [line.split("=")[0] for line in str(caught.value).splitlines()] == [
        "JOBS_LEASE",
        "JOBS_LEASE_S",
        "JOBS_PY_CONCURRENCY",
    ]


def test_only_json_is_written_and_accepted(settings_of: SettingsOf) -> None:
    settings = settings_of({})

    assert settings["accept_content"] == ["json"]
    assert {settings[f"{what}_serializer"] for what in ("task", "result", "event")} == {"json"}


def test_the_certificate_of_a_tls_server_is_checked(settings_of: SettingsOf) -> None:
    url = "rediss://host/0"
    settings = settings_of({"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": url})

    assert settings["broker_use_ssl"] == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    assert settings["redis_backend_use_ssl"] == {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def test_the_example_files_have_the_defaults_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    files = _settings_of_files("python")

    assert files.keys() == set(VARIABLES)
    monkeypatch.setattr(os, "environ", {})
    defaults = Variables.read()
    monkeypatch.setattr(os, "environ", files)
    assert Variables.read() == defaults


def test_the_documentation_has_the_defaults_of_the_files() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    rows = re.findall(r"^\| `(JOBS_\w+)` \| [^|]+ \| (.+?) \|", text, re.MULTILINE)
    documented = {name: default.strip("`").replace("(empty)", "") for name, default in rows}

    assert documented == _settings_of_files("python") | _settings_of_files("node")


def test_the_node_workers_have_the_defaults_of_the_files() -> None:
    source = (ROOT / "node/js_workers/config.js").read_text()
    defaults = dict(re.findall(r'^\s*(JOBS_\w+): .*\.prefault\("([^"]*)"\)', source, re.MULTILINE))

    assert defaults == _settings_of_files("node")


def test_no_variable_is_in_two_files() -> None:
    files = sorted((ROOT / "configmaps").rglob("*.env"))
    names = [
        name
        for file in files
        for name in re.findall(r"^(?:export )?(JOBS_\w+)=", file.read_text(), re.MULTILINE)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def _settings_of_files(language: str) -> dict[str, str]:
    """What configmaps/ says for a language, read as every make target reads it."""
    command = [sys.executable, "-m", "scripts", "settings", language]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    values: dict[str, str] = json.loads(answer.stdout)
    return values
