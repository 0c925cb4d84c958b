"""A stand-in for an OpenTelemetry collector (OTLP over HTTP): keeps the spans that programs export."""

from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.http_sink import HttpSink
from tests.support.waiting import wait_until

ARRIVES_WITHIN_S = 20.0


@dataclass(frozen=True)
class Span:
    """One span; `parent` is "" for the first span of a trace."""

    name: str
    service: str
    kind: str
    trace: str
    id: str
    parent: str
    status: str
    attributes: dict[str, Any] = field(repr=False)
    exceptions: list[dict[str, Any]] = field(repr=False)


class Collector:
    """Receives spans at `endpoint`, the value of OTEL_EXPORTER_OTLP_ENDPOINT."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.paths: set[str] = set()
        self._sink = HttpSink(self._receive, b"")
        self.endpoint = f"http://{self._sink.address}"
        # Exports soon, so that no test waits for the five seconds of the default.
        self.variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": self.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}

    def of(self, trace: str) -> list[Span]:
        """The spans of a trace that have arrived."""
        return [span for span in self.spans if span.trace == trace]

    def wait_for(self, name: str, count: int = 1, **attributes: object) -> list[Span]:
        """Waits for spans of a name with these attributes; `__` in their names stands for a dot."""
        wanted = {key.replace("__", "."): value for key, value in attributes.items()}

        def found() -> list[Span] | None:
            spans = [
                span
                for span in tuple(self.spans)
                if span.name == name and wanted.items() <= span.attributes.items()
            ]
            return spans if len(spans) >= count else None

        return wait_until(found, ARRIVES_WITHIN_S, f"{count} spans {name} {wanted}") or []

    def close(self) -> None:
        self._sink.close()

    def _receive(self, path: str, body: bytes) -> None:
        self.paths.add(path)
        if path == "/v1/traces":
            self.spans += _spans_of(ExportTraceServiceRequest.FromString(body))


def _spans_of(request: Any) -> list[Span]:
    return [
        _span_of(span, _attributes(resource.resource.attributes).get("service.name", ""))
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _span_of(span: Any, service: str) -> Span:
    return Span(
        name=span.name,
        service=service,
        kind=type(span).SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        status=type(span.status).StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_"),
        attributes=_attributes(span.attributes),
        exceptions=[_attributes(event.attributes) for event in span.events if event.name == "exception"],
    )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}
