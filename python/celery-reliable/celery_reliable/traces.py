"""Traces of tasks: ``opentelemetry-instrumentation-celery``, started where tasks run.

A parent must not start the SDK before it forks, because its children would lack the SDK's threads. So each pool process
starts its own, as the instrumentation's documentation requires.
"""

import importlib
import logging
import os
import re
import sys
import time
from collections.abc import Mapping
from threading import Thread

from celery import signals
from celery.app.task import Context

from celery_reliable.types import App, TaskRequest, Worker

PACKAGES = ("opentelemetry-distro", "opentelemetry-exporter-otlp-proto-http", "opentelemetry-instrumentation-celery")
LOST = "nothing is traced"

# A program that sets one of them wants its spans exported.
_ASKING = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
# OpenTelemetry's specification has this protocol as the default, and its Node SDK too; the distribution for Python has
# gRPC. Metrics and logs would go to the same place.
_DEFAULTS = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
}
_SDK = "opentelemetry.instrumentation.auto_instrumentation"
# How long the last spans may take: the collector may be away.
FLUSH_S = 5.0
# Loggers of the SDK that log each attempt to reach a collector.
_REPEATING = (
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.exporter.otlp.proto.grpc.exporter",
    "opentelemetry.sdk._shared_internal",
)
MINUTE_S = 60.0
# The W3C's header: version, trace, span, flags.
_TRACEPARENT = re.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def asking_variable(environment: Mapping[str, str]) -> str | None:
    """Return the variable that asks for traces, None without one."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if is_off or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    return next((name for name in _ASKING if environment.get(name)), None)


def connect(app: App) -> None:
    """Start the SDK in each process of an app that runs tasks, and in beat."""
    for name, value in {**_DEFAULTS, **_service_name(app, os.environ)}.items():
        os.environ[name] = os.environ.get(name) or value

    def on_worker(instance: Worker, **_: object) -> None:
        if instance.app is not app:
            return
        importlib.import_module(_SDK)  # once, before the pool forks
        if not _is_prefork(instance.pool_cls):
            _start()

    signals.celeryd_after_setup.connect(on_worker, weak=False)
    signals.worker_process_init.connect(_start, weak=False)
    signals.beat_init.connect(_start, weak=False)
    signals.worker_process_shutdown.connect(_flush, weak=False)
    signals.worker_shutdown.connect(_end, weak=False)


def trace_id(request: TaskRequest) -> str | None:
    """Return the id of the trace that a task belongs to: that of its span if it runs here, else of its sender's.

    ``request``: what the task reads as ``self.request``, or the worker's own request.
    """
    if isinstance(request, Context) and (running := _active_trace_id()) is not None:
        return running
    headers = vars(request) if isinstance(request, Context) else getattr(request, "request_dict", {})
    found = _TRACEPARENT.match(str(headers.get("traceparent")))
    return found[1] if found else None


def _active_trace_id() -> str | None:
    if "opentelemetry.sdk" not in sys.modules:
        return None
    from opentelemetry import trace

    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


def _service_name(app: App, environment: Mapping[str, str]) -> dict[str, str]:
    attributes = environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return {} if "service.name=" in attributes.replace(" ", "") else {"OTEL_SERVICE_NAME": app.main}


def _is_prefork(pool_cls: str | type) -> bool:
    module = pool_cls if isinstance(pool_cls, str) else pool_cls.__module__
    return "prefork" in module or "processes" in module


def _start(**_: object) -> None:
    from opentelemetry import trace

    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):  # else `opentelemetry-instrument` has one
        importlib.import_module(_SDK).initialize()
    for name in _REPEATING:
        logging.getLogger(name).addFilter(_OncePerMinute())


class _OncePerMinute(logging.Filter):
    """Passes the first line, and one a minute later at the earliest."""

    _next_at = 0.0

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - the base class passes it
        now = time.monotonic()
        if now < self._next_at:
            return False
        self._next_at = now + MINUTE_S
        return True


def _flush(**_: object) -> None:
    _call("force_flush")


def _end(**_: object) -> None:
    """Also keep Python's exit from waiting for the collector."""
    _call("shutdown")


def _call(method: str) -> None:
    from opentelemetry import trace

    call = getattr(trace.get_tracer_provider(), method, None)
    if call is None:
        return
    calling = Thread(target=call, daemon=True)
    calling.start()
    calling.join(FLUSH_S)
