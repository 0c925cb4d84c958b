"""Wrong variables are refused, each in one line and without secrets."""

import re

import pytest
from celery_reliable.environment import ConfigError

from py_workers.config import Variables
from tests.conftest import SettingsOf

BROKER_URL = (
    "expected a URL that begins with redis://, rediss://, redis+socket://, sentinel://, amqp:// or amqps://"
)
RESULT_URL = (
    "expected a URL that begins with redis://, rediss://, redis+socket://, sentinel:// or db+postgresql://"
)
LEASE = "expected a number of seconds from 0.5 to 1200, for example 60"
TIMEOUT = "expected a whole number of seconds, at most 2073600 (24 days)"
HEALTH_ADDRESS = "expected a port, a host and a port, or the path of a socket"
ROUTES = "expected pattern=queue pairs separated by commas"
VARIABLES = [f"JOBS_{field.upper()}" for field in Variables.model_fields]


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("JOBS_BROKER_URL", "kafka://localhost", BROKER_URL),
        ("JOBS_BROKER_URL", "localhost:6379", BROKER_URL),
        ("JOBS_BROKER_URL", "redis://localhost:port/0", BROKER_URL),
        ("JOBS_BROKER_URL", "redis://localhost:99999", BROKER_URL),
        ("JOBS_BROKER_URL", "redis://localhost/zero", BROKER_URL),
        ("JOBS_BROKER_URL", "redis:///0", BROKER_URL),
        ("JOBS_BROKER_URL", "amqp://localhost:99999", BROKER_URL),
        ("JOBS_RESULT_BACKEND", "amqp://localhost", RESULT_URL),
        ("JOBS_BROKER_URL", "db+postgresql://h/d", BROKER_URL),
        ("JOBS_RESULT_BACKEND", "rpc://", RESULT_URL),
        ("JOBS_RESULT_BACKEND", "db+postgresql://h", RESULT_URL),
        ("JOBS_RESULT_BACKEND", "db+postgresql://h:port/d", RESULT_URL),
        ("JOBS_RESULT_BACKEND", "db+mysql://h/d", RESULT_URL),
        ("JOBS_RESULT_BACKEND", "db+postgresql://h/d?sslmod=require", "unknown parameter 'sslmod'"),
        ("JOBS_RESULT_BACKEND", "db+postgresql://h/d?sslmode=x", "sslmode='x': expected one of disable"),
        ("JOBS_RESULT_BACKEND", "db+postgresql://h/d?host=other", "host='other': expected the folder"),
        ("JOBS_RESULT_BACKEND", "db+postgresql://h/d?sslcert=/c.pem", "sslcert='/c.pem': expected a file"),
        ("JOBS_TASK_ROUTES", "py_workers.*", ROUTES),
        ("JOBS_TASK_ROUTES", "a=b=c", ROUTES),
        ("JOBS_TASK_ROUTES", "a=b,,c=d", ROUTES),
        ("JOBS_DEFAULT_QUEUE", "one,two", "expected the name of a queue"),
        ("JOBS_RESULT_EXPIRES_S", "1 day", "expected a whole number of seconds"),
        ("JOBS_RESULT_EXPIRES_S", "-1", "expected a whole number of seconds"),
        ("JOBS_LEASE_S", "abc", LEASE),
        ("JOBS_LEASE_S", "0", LEASE),
        ("JOBS_LEASE_S", "nan", LEASE),
        ("JOBS_LEASE_S", "0.4", LEASE),
        ("JOBS_LEASE_S", "3600", LEASE),
        ("JOBS_MAX_DELIVERIES", "1.5", "expected a whole number, for example 5"),
        ("JOBS_TASK_TIME_LIMIT_S", "30m", "expected a whole number of seconds"),
        ("JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "-5", TIMEOUT),
        ("JOBS_SOFT_SHUTDOWN_TIMEOUT_S", "2073601", TIMEOUT),
        ("JOBS_GLOBAL_KEYPREFIX", "a b", "expected a string without spaces"),
        ("JOBS_LOG_LEVEL", "loud", "expected one of debug, info, warning, error, critical"),
        ("JOBS_PY_QUEUES", "a,,b", "expected queue names separated by commas"),
        ("JOBS_PY_CONCURRENCY", "0", "expected a whole number of at least 1"),
        ("JOBS_HEALTH_ADDRESS", "health.sock", HEALTH_ADDRESS),
        ("JOBS_HEALTH_ADDRESS", "65536", HEALTH_ADDRESS),
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
        ("redis://h?socket_timout=3", "; did you mean 'socket_timeout'?; known are"),
        ("redis://h?socket_timeout=soon", "socket_timeout='soon': expected seconds, more than 0"),
        ("redis://h?socket_timeout=0", "socket_timeout='0': expected seconds, more than 0"),
        ("redis://h?socket_timeout=", "socket_timeout='': expected seconds, more than 0"),
        ("redis://h?socket_keepalive=maybe", "socket_keepalive='maybe': expected true or false"),
        ("redis://h?virtual_host=x", "virtual_host='x': the database is a number"),
        ("redis://h?ssl_ca_certs=/a", "ssl_ca_certs is for rediss://"),
        ("redis://h?password=hunter2", "user and password belong before the '@'"),
    ],
)
@pytest.mark.parametrize("variable", ["JOBS_BROKER_URL", "JOBS_RESULT_BACKEND"])
def test_an_unknown_or_wrong_url_parameter_is_refused_by_name(
    settings_of: SettingsOf, variable: str, text: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({variable: text})

    assert problem in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_every_variable_refuses_nonsense(settings_of: SettingsOf) -> None:
    for variable in VARIABLES:
        with pytest.raises(ConfigError, match=variable):
            settings_of({variable: "=, ="})


def test_an_unknown_variable_is_refused(settings_of: SettingsOf) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"JOBS_LEASE": "60"})

    assert str(caught.value) == "JOBS_LEASE='60': unknown variable; docs/settings.md lists them all"


@pytest.mark.parametrize(
    "text", ["kafka://user:hunter2@host", "user:hunter2@host", "redis://:hunt@er2@h:x/0"]
)
def test_a_refused_url_is_shown_without_its_password(settings_of: SettingsOf, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"JOBS_BROKER_URL": text})

    assert "**@h" in str(caught.value)
    assert not re.search("hunter2|hunt|er2", str(caught.value))


def test_an_unknown_secret_variable_is_shown_without_its_value(
    settings_of: SettingsOf,
) -> None:
    with pytest.raises(ConfigError, match=r"^JOBS_BROKER_PASSWORD='\*\*': unknown variable"):
        settings_of({"JOBS_BROKER_PASSWORD": "hunter2"})


def test_every_problem_has_its_line(settings_of: SettingsOf) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of({"JOBS_LEASE": "60", "JOBS_LEASE_S": "abc", "JOBS_PY_CONCURRENCY": "0"})

    assert [line.split("=")[0] for line in str(caught.value).splitlines()] == [
        "JOBS_LEASE",
        "JOBS_LEASE_S",
        "JOBS_PY_CONCURRENCY",
    ]
