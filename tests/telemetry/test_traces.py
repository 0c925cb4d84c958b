"""Traces: one trace over clients and workers of both languages, with nothing set but OTEL_* variables."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import chain, chord, signature

from tests.conformance.workers import client_for
from tests.support.collector import Collector, Span
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory
from tests.telemetry.shop import WITHIN_S, Shop, opened
from tests.telemetry.traced_tasks import NODE_CLIENT, TASKS

# More than one attempt to export takes.
STALL_S = 12.0
STOPS_WITHIN_S = 15.0
# Of a Python worker's pool, and its parent.
PROCESSES = 3


class Tracing(Shop):
    """Its workers export their spans to a collector."""

    def __init__(self, folder: Path, factory: WorkerFactory, url: str, collector: Collector) -> None:
        super().__init__(folder, factory, url, TASKS, {**collector.variables, "JOBS_LOG_FORMAT": "json"})
        self.collector = collector
        self.names: dict[str, str] = {}

    def task(self, language: str, name: str, *args: object, queue: str | None = None) -> Any:
        """The signature of a task."""
        full_name = self.name_of(language, name)
        return signature(full_name, args=args, queue=queue or f"{language}-queue", app=self.app)

    def send(self, language: str, name: str, *args: object, queue: str | None = None) -> Any:
        task = self.task(language, name, *args, queue=queue)
        result = task.delay()
        self.names[result.id] = task.task
        return result

    def runs_of(self, result: Any, count: int = 1) -> list[Span]:
        """Waits for the spans of a task's runs, the first one first."""
        name = f"run/{self.names[result.id]}"
        return self.collector.wait_for(name, count, messaging__message__id=result.id)


@pytest.fixture(scope="module")
def tracing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracing]:
    collector = Collector()
    yield from opened(tmp_path_factory, lambda folder, factory, url: Tracing(folder, factory, url, collector))
    collector.close()


def _ancestors(span: Span, spans: list[Span]) -> list[str]:
    """The names of the spans above one, the nearest first."""
    by_id = {other.id: other for other in spans}
    names = []
    while (above := by_id.get(span.parent)) is not None:
        names.append(above.name)
        span = above
    return names


def test_one_trace_from_a_node_client_over_both_workers(tracing: Tracing) -> None:
    client = tracing.clone / "node/client.mjs"
    client.write_text(NODE_CLIENT)
    program = tracing.factory.command(
        ["node", client], {**tracing.env, "JOBS_BROKER_URL": tracing.url}, tracing.clone / "node", wait=False
    )
    program.wait_for_log(r"^4$", WITHIN_S)

    [root] = tracing.collector.wait_for("POST /orders")
    wait_until(lambda: len(tracing.collector.of(root.trace)) == 10, WITHIN_S, "ten spans")
    spans = tracing.collector.of(root.trace)
    last = [span for span in spans if span.name == "in py"][-1]
    longest = max((span for span in spans), key=lambda span: len(_ancestors(span, spans)))
    py, js = "py_workers.tasks.shop.orders.step", "js_workers.tasks.shop.orders.step"
    assert [longest.name, *_ancestors(longest, spans)] == [
        "in py",
        f"run/{py}",
        f"apply_async/{py}",
        f"run/{js}",
        f"apply_async/{js}",
        f"run/{py}",
        f"apply_async/{py}",
        "POST /orders",
    ]
    assert last.service == "py_workers"
    kinds = {
        (span.name.split("/")[0], span.service, span.kind) for span in spans if "/orders" not in span.name
    }
    assert kinds == {
        ("apply_async", "web", "PRODUCER"),
        ("apply_async", "py_workers", "PRODUCER"),
        ("apply_async", "js_workers", "PRODUCER"),
        ("run", "py_workers", "CONSUMER"),
        ("run", "js_workers", "CONSUMER"),
        ("in py", "py_workers", "INTERNAL"),
        ("in js", "js_workers", "INTERNAL"),
    }
    assert tracing.collector.paths == {"/v1/traces"}


def test_both_languages_give_a_run_the_same_attributes(tracing: Tracing) -> None:
    python, node = (tracing.runs_of(tracing.send(language, "step", 1))[0] for language in ("py", "js"))

    of_python = set(python.attributes) - {"celery.delivery_info"}
    assert of_python <= set(node.attributes)
    conventions = {name for name in node.attributes if name not in of_python}
    assert conventions == {
        "messaging.client.id",
        "messaging.destination.name",
        "messaging.message.conversation_id",
        "messaging.operation.name",
        "messaging.operation.type",
        "messaging.system",
    }
    for name in ("celery.action", "celery.state"):
        assert python.attributes[name] == node.attributes[name]


@pytest.mark.parametrize("language", ["py", "js"])
def test_the_parts_and_the_body_of_a_chord_share_its_trace(tracing: Tracing, language: str) -> None:
    parts = [tracing.task("py", "step"), tracing.task("js", "step")]
    first = tracing.task("js", "step", 0)
    result = chain(first, chord(parts, tracing.task(language, "total"))).delay()
    assert result.get(timeout=WITHIN_S) == 4

    name = f"run/{language}_workers.tasks.shop.orders.total"
    [body] = tracing.collector.wait_for(name, messaging__message__id=result.id)
    wait_until(lambda: len(_runs(tracing, body.trace)) == 4, WITHIN_S, "four runs of one trace")
    spans = tracing.collector.of(body.trace)
    assert {_ancestors(run, spans)[-1] for run in _runs(tracing, body.trace) if run.parent} == {
        "run/js_workers.tasks.shop.orders.step"
    }


def _runs(tracing: Tracing, trace: str) -> list[Span]:
    return [span for span in tracing.collector.of(trace) if span.name.startswith("run/")]


@pytest.mark.parametrize(("language", "name"), [("py", "flaky"), ("js", "flaky"), ("js", "flaky_thread")])
def test_a_retry_is_a_child_of_the_run_before_it(tracing: Tracing, language: str, name: str) -> None:
    result = tracing.send(language, name)
    assert result.get(timeout=WITHIN_S) == "done"

    first, second = sorted(
        tracing.runs_of(result, 2), key=lambda run: run.attributes.get("celery.retries", 0)
    )
    assert (first.attributes["celery.state"], second.attributes["celery.state"]) == ("RETRY", "SUCCESS")
    assert "busy" in first.attributes["celery.retry.reason"]
    assert first.status == "UNSET"
    assert first.trace == second.trace
    assert f"run/{tracing.names[result.id]}" in _ancestors(second, tracing.collector.of(first.trace))


@pytest.mark.parametrize(("language", "kind"), [("py", "ValueError"), ("js", "RangeError")])
def test_a_failure_has_status_and_exception(tracing: Tracing, language: str, kind: str) -> None:
    result = tracing.send(language, "fail")
    result.get(timeout=WITHIN_S, propagate=False)

    [run] = tracing.runs_of(result)
    assert (run.status, run.attributes["celery.state"]) == ("ERROR", "FAILURE")
    [exception] = run.exceptions
    assert "no stock" in str(exception)
    if language == "js":
        assert (exception["exception.type"], run.attributes["error.type"]) == (kind, kind)


def test_a_task_over_its_time_limit_fails_its_span(tracing: Tracing) -> None:
    result = tracing.send("js", "slow")
    result.get(timeout=WITHIN_S, propagate=False)

    [run] = tracing.runs_of(result)
    assert (run.status, run.attributes["error.type"]) == ("ERROR", "TimeLimitExceeded")


def test_a_task_in_a_thread_sends_within_its_span(tracing: Tracing) -> None:
    result = tracing.send("js", "thread_step", 1)
    assert result.get(timeout=WITHIN_S) == 2

    [run] = tracing.runs_of(result)
    name = "run/py_workers.tasks.shop.orders.step"
    wait_until(
        lambda: [s for s in tracing.collector.of(run.trace) if s.name == name], WITHIN_S, "the task it sent"
    )
    spans = tracing.collector.of(run.trace)
    [sent] = [span for span in spans if span.name == name]
    assert _ancestors(sent, spans) == ["apply_async/py_workers.tasks.shop.orders.step", run.name]


@pytest.mark.parametrize(("language", "name"), [("py", "step"), ("js", "step"), ("js", "thread_step")])
def test_every_line_about_a_running_task_has_its_trace_id(tracing: Tracing, language: str, name: str) -> None:
    result = tracing.send(language, name, 1)
    [run] = tracing.runs_of(result)
    program = tracing.python if language == "py" else tracing.node

    def lines() -> list[dict[str, Any]]:
        found = [
            json.loads(line) for line in program.log.splitlines() if result.id in line and line[0] == "{"
        ]
        return found if len(found) == 3 else []

    received, stepping, succeeded = wait_until(lines, WITHIN_S, "three lines")
    assert "trace_id" not in received  # nobody had begun a trace
    assert [line["trace_id"] for line in (stepping, succeeded)] == [run.trace] * 2


def test_a_received_task_has_the_trace_id_of_its_sender(tracing: Tracing) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    parent = f"00-{trace}-b7ad6b7169203331-03"
    for language, program in (("py", tracing.python), ("js", tracing.node)):
        result = tracing.task(language, "step", 1).apply_async(headers={"traceparent": parent})
        received = rf'^{{.*"trace_id":"(\w+)".*{result.id}\] received'
        assert program.wait_for_log(received, WITHIN_S)[1] == trace
        [run] = tracing.collector.wait_for(
            f"run/{language}_workers.tasks.shop.orders.step", messaging__message__id=result.id
        )
        assert (run.trace, run.parent) == (trace, "b7ad6b7169203331")


@pytest.mark.parametrize("pool", ["solo", "threads"])
def test_python_pools_without_processes_are_traced(tracing: Tracing, pool: str) -> None:
    worker = tracing.start_python(f"{pool}-queue", arguments=("--pool", pool))
    result = tracing.send("py", "step", 1, queue=f"{pool}-queue")

    [run] = tracing.runs_of(result)
    assert run.service == "py_workers"
    assert worker.stop() == 0


@pytest.mark.parametrize("kind", ["prefork", "threads", "node"])
def test_a_silent_collector_neither_stalls_a_worker_nor_fills_its_log(tracing: Tracing, kind: str) -> None:
    """It listens and never answers. The spans are more than one export takes."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        language, queue = ("js", "js-away") if kind == "node" else ("py", f"{kind}-away")
        if kind == "node":
            worker = tracing.start_node({**endpoint, "JOBS_JS_QUEUES": queue})
        else:
            worker = tracing.start_python(queue, endpoint, ("--pool", kind))
        group = [tracing.send(language, "step", n, queue=queue) for n in range(600)]
        for n, result in enumerate(group):
            assert result.get(timeout=WITHIN_S) == n + 1
        time.sleep(STALL_S)

        began = time.monotonic()
        assert worker.stop() == 0
        assert time.monotonic() - began < STOPS_WITHIN_S

        # Raises BlockingIOError if no worker has tried to connect.
        silent.settimeout(0)
        silent.accept()[0].close()

    lines = [line for line in worker.log.splitlines() if "xport" in line]
    assert len(lines) <= PROCESSES, lines


def test_workers_export_their_last_spans_before_they_end(
    tracing: Tracing, tmp_path: Path, valkey: ValkeyServer
) -> None:
    late = {"OTEL_BSP_SCHEDULE_DELAY": "60000"}
    factory = WorkerFactory(valkey.url, tmp_path / "workers")
    app = client_for(valkey.url)
    try:
        for language, worker in (
            ("py", tracing.start_python(env=late, factory=factory)),
            ("js", tracing.start_node(late, factory)),
        ):
            task = tracing.task(language, "step", 1).clone(app=app)
            result = app.send_task(task.task, [1], queue=f"{language}-queue")
            assert result.get(timeout=WITHIN_S) == 2
            assert worker.stop() == 0
            tracing.collector.wait_for(f"run/{task.task}", messaging__message__id=result.id)
    finally:
        factory.close()
