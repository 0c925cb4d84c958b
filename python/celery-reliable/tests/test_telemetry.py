"""Telemetry is what the environment asks for, and costs nothing without it."""

import subprocess
import sys
from types import SimpleNamespace

import pytest
from celery.app.task import Context

from celery_reliable import sentry, traces

TRACE = "0af7651916cd43dd8448eb211c80319c"
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
PROGRAM = """
import os, sys
os.environ.update({variables!r})
from celery import Celery, signals
from celery_reliable import telemetry
telemetry._is_installed = lambda name: {installed!r}
app = Celery("shop")
telemetry.use_telemetry(app)
from types import SimpleNamespace
instance = SimpleNamespace(app=app, pool_cls="celery.concurrency.prefork:TaskPool")
import logging
logging.basicConfig(format="%(message)s", stream=sys.stdout)
signals.celeryd_after_setup.send("worker", instance=instance)
print(sorted(name for name in ("opentelemetry.sdk.trace", "sentry_sdk", "requests") if name in sys.modules))
"""


def run(variables: dict[str, str], installed: bool = True) -> list[str]:
    """What a program prints that starts a worker's app with these variables."""
    program = PROGRAM.format(variables=variables, installed=installed)
    clean = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=clean, timeout=60
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("variables", "asking"),
    [
        ({}, None),
        ({"OTEL_SERVICE_NAME": "shop"}, None),
        (ENDPOINT, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, None),
        ({"OTEL_TRACES_EXPORTER": "console"}, "OTEL_TRACES_EXPORTER"),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, None),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "True"}, None),
    ],
)
def test_traces_are_asked_for_by_a_variable(variables: dict[str, str], asking: str | None) -> None:
    assert traces.asking_variable(variables) == asking


def test_reports_are_asked_for_by_the_dsn() -> None:
    assert sentry.asking_variable({"SENTRY_DSN": "http://key@127.0.0.1/1"}) == "SENTRY_DSN"
    assert sentry.asking_variable({"SENTRY_DSN": ""}) is None


def test_nothing_is_imported_unless_asked_for() -> None:
    assert run({}) == ["[]"]


def test_a_missing_package_is_one_line_with_the_command() -> None:
    lines = run({**ENDPOINT, "SENTRY_DSN": "http://key@127.0.0.1/1"}, installed=False)

    packages = "opentelemetry-distro opentelemetry-exporter-otlp-proto-http opentelemetry-instrumentation-celery"
    assert lines == [
        "OTEL_EXPORTER_OTLP_ENDPOINT is set, but nothing is traced: "
        f'{packages.replace(" ", " and ")} is not installed (make py-add PKG="{packages}")',
        'SENTRY_DSN is set, but no errors are reported: sentry-sdk is not installed (make py-add PKG="sentry-sdk")',
        "[]",
    ]


@pytest.mark.parametrize(
    ("traceparent", "found"),
    [
        (f"00-{TRACE}-b7ad6b7169203331-03", TRACE),
        (f"cc-{TRACE}-b7ad6b7169203331-01-more", TRACE),
        (TRACE, None),
        ("", None),
        (None, None),
        (7, None),
        ([TRACE], None),
    ],
)
def test_a_task_has_the_trace_of_its_message(traceparent: object, found: str | None) -> None:
    assert traces.trace_id(Context({"id": "a", "traceparent": traceparent})) == found
    assert traces.trace_id(SimpleNamespace(request_dict={"traceparent": traceparent})) == found
