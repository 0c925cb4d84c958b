"""What a worker shows: where it listens, and metrics whose number has a limit."""

import math
import re
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from celery_reliable.health_address import read_address
from celery_reliable.keys import Keys
from celery_reliable.measuring import MOST_SEEN, Measuring
from celery_reliable.metrics.tasks import TaskMetrics, waited_s
from celery_reliable.options import read_options
from celery_reliable.tally import Tally


def request_of(name: str, properties: Any = None) -> Any:
    message = SimpleNamespace(properties=properties or {})
    return SimpleNamespace(task=SimpleNamespace(name=name), message=message, eta=None)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (8080, "http://127.0.0.1:8080"),
        ("0.0.0.0:80", "http://0.0.0.0:80"),
        ("[::1]:80", "http://[::1]:80"),
        ("/run/health.sock", "unix:/run/health.sock"),
    ],
)
def test_an_address_is_a_port_a_host_and_a_port_or_a_socket(given: object, shown: str) -> None:
    assert str(read_address(given)) == shown


@pytest.mark.parametrize("given", ["health.sock", "host:", "70000", "", "a b:80"])
def test_a_wrong_address_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(ValueError, match="expected a port, a host and a port, or the path of a socket"):
        read_address(given)


def test_pairs_and_exceptions_over_the_limit_count_as_other() -> None:
    registry = CollectorRegistry()
    metrics = TaskMetrics("host", lambda _request: "q")
    registry.register(metrics)

    for i in range(600):
        metrics.listener(request_of(f"task{i}"), "task-received", {})
    for i in range(50):
        metrics.listener(request_of("task0"), "task-failed", {"exception": f"E{i}('x')"})

    text = generate_latest(registry).decode()
    assert len(re.findall(r"^celery_task_received_total\{", text, re.MULTILINE)) == 501
    assert 'celery_task_received_total{hostname="host",name="other",queue_name="other"} 100.0' in text
    assert len(re.findall(r'^celery_task_failed_total\{.*name="task0",', text, re.MULTILINE)) == 21


def test_tasks_that_have_not_run_have_counters_of_0_and_no_histograms() -> None:
    registry = CollectorRegistry()
    metrics = TaskMetrics("host", lambda _request: "q")
    registry.register(metrics)

    for _ in range(2):
        metrics.consumes(["q"], ["add", "celery.chord"])

    shown = re.findall(r"^celery_task_\w+\{.*", generate_latest(registry).decode(), re.MULTILINE)
    assert len(shown) == 8
    assert all('name="add"' in line and line.endswith("} 0.0") for line in shown)
    metrics.listener(request_of("add"), "task-started", {})
    metrics.listener(request_of("add"), "task-succeeded", {"runtime": 0.02})
    text = generate_latest(registry).decode()
    assert len(re.findall(r'^celery_task_(?:runtime|queue_wait_time)_count\{.*name="add"', text, re.MULTILINE)) == 2


def test_an_app_with_too_many_tasks_shows_those_that_have_run() -> None:
    registry = CollectorRegistry()
    metrics = TaskMetrics("host", lambda _request: "q")
    registry.register(metrics)

    metrics.consumes(["q"], [f"task{i}" for i in range(300)])
    metrics.consumes(["q", "other"], [f"task{i}" for i in range(300)])
    metrics.listener(request_of("more"), "task-received", {})

    text = generate_latest(registry).decode()
    assert len(re.findall(r'^celery_task_received_total\{.*queue_name="q"\} 0\.0', text, re.MULTILINE)) == 300
    assert 'queue_name="other"' not in text
    assert 'celery_task_received_total{hostname="host",name="more",queue_name="q"} 1.0' in text


def test_sent_tasks_over_the_limit_count_as_other() -> None:
    registry = CollectorRegistry()
    metrics = TaskMetrics("host", lambda _request: "q")
    registry.register(metrics)

    for i in range(600):
        metrics.sent(f"task{i}", "q")
    metrics.sent("task0", "q")

    text = generate_latest(registry).decode()
    assert len(re.findall(r"^celery_task_sent_total\{", text, re.MULTILINE)) == 501
    assert 'celery_task_sent_total{hostname="host",name="other",queue_name="other"} 100.0' in text
    assert 'celery_task_sent_total{hostname="host",name="task0",queue_name="q"} 2.0' in text


@pytest.mark.parametrize("text", ["\ud800", "a\nb", "\x00", "x" * 201])
def test_a_text_that_cannot_be_a_label_counts_as_other(text: str) -> None:
    registry, tally = CollectorRegistry(), Tally()
    metrics = TaskMetrics("host", lambda _request: text)
    registry.register(metrics)

    metrics.sent(text, "q")
    metrics.sent("task", text)
    metrics.listener(request_of("task"), "task-received", {})
    tally.bury("q", text)
    tally.bury(text, "reason", 2)

    shown = generate_latest(registry).decode()
    assert 'celery_task_sent_total{hostname="host",name="other",queue_name="other"} 2.0' in shown
    assert 'celery_task_received_total{hostname="host",name="other",queue_name="other"} 1.0' in shown
    assert tally.dead == {("q", "other"): 1, ("other", "reason"): 2}


def test_reasons_of_dead_letters_have_a_limit() -> None:
    tally = Tally()

    for i in range(200):
        tally.bury("q", f"reason {i}")

    assert len(tally.dead) == 51
    assert tally.dead["q", "other"] == 150


def test_a_timestamp_that_cannot_be_a_time_is_ignored() -> None:
    wrong: list[Any] = ["now", None, True, {}, 0, -5, 10**400, -(10**400), math.inf, -math.inf, math.nan]

    assert {waited_s(request_of("t", {"timestamp": given})) for given in wrong} == {None}
    assert waited_s(request_of("t", {"timestamp": 4e9})) == 0


def test_messages_without_a_time_are_remembered_by_a_hash_and_up_to_a_number() -> None:
    measuring = Measuring(cast("Any", None), read_options({}, Keys()))
    ends = [f'"delivery_tag": "{"x" * 8_000}{i}"'.encode() for i in range(MOST_SEEN + 1)]

    assert [measuring._since(end, float(now)) for now, end in enumerate(ends[:3])] == [0.0, 1.0, 2.0]
    assert measuring._since(ends[1], 9.0) == 1.0
    for end in ends:
        measuring._since(end, 10.0)

    assert len(measuring._seen) == MOST_SEEN
    assert max(map(len, measuring._seen)) <= 32
