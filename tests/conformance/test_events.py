"""Workers of both languages send Celery's task events with Celery's fields."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery
from kombu.utils.uuid import uuid

from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

from .event_shapes import TASK, assert_shapes, shape
from .events import WITHIN_S, Monitor, Watched, start_telling
from .ledger import Ledger
from .workers import Target


def test_a_success_sends_received_started_and_succeeded_events(watched: Watched) -> None:
    types = ["task-received", "task-started", "task-succeeded"]
    received, started, succeeded = events = watched.course("basic.add", 1, 2, types=types)
    assert_shapes(events)
    assert [received["name"], received["args"], received["kwargs"]] == [
        "conformance.basic.add",
        "(1, 2)",
        "{}",
    ]
    assert [received["root_id"], received["retries"]] == [received["uuid"], 0]
    assert succeeded["result"] == "3"
    assert 0 <= succeeded["runtime"] < 10
    assert len({(event["hostname"], event["pid"]) for event in events}) == 1
    assert received["timestamp"] <= started["timestamp"] <= succeeded["timestamp"]


def test_the_event_of_a_success_is_sent_after_its_result_is_stored(watched: Watched) -> None:
    result = watched.target.send("basic.echo", ("here",))
    watched.monitor.wait_for("task-succeeded", uuid=result.id)
    assert result.result == "here"


def test_a_failure_is_told_of_with_its_error_and_traceback(watched: Watched) -> None:
    types = ["task-received", "task-started", "task-failed"]
    events = watched.course("errors.refuse", 402, "no money", types=types)
    assert_shapes(events)
    assert events[-1]["exception"] == "GatewayError(402, 'no money')"
    assert "refuse" in events[-1]["traceback"]


def test_a_retry_sends_an_event_with_its_reason_and_a_new_message(watched: Watched) -> None:
    result = watched.target.send("retries.retry_until", (1,))
    watched.monitor.wait_for("task-succeeded", uuid=result.id)
    events = [event for event in watched.monitor.of(result.id) if event["type"] != "task-received"]
    # The second attempt may start before the event about the end of the first one.
    assert sorted(event["type"] for event in events) == [
        *("task-retried", "task-started"),
        *("task-started", "task-succeeded"),
    ]
    assert_shapes(events)
    [retried] = [event for event in events if event["type"] == "task-retried"]
    assert retried["exception"] == "ConnectionError('attempt 0')"
    # The worker sends an event when it sends the retry, and when it receives it, as for any other task.
    watched.monitor.wait_for("task-received", uuid=result.id, retries=1)
    watched.monitor.wait_for("task-sent", uuid=result.id, retries=1)
    retries = [
        event for event in watched.monitor.events if event.get("retries") and event["uuid"] == result.id
    ]
    assert sorted(event["type"] for event in retries) == ["task-received", "task-sent"]
    assert all(event["eta"] for event in retries)


def test_a_rejection_sends_a_failed_event_too(watched: Watched, ledger: Ledger) -> None:
    types = ["task-received", "task-started", "task-failed", "task-rejected"]
    events = watched.course("hooks.observed", ledger.path, "reject", "", types=types)
    assert_shapes(events)
    assert [events[2]["exception"], events[3]["requeue"]] == ["reject requeue=False: not here", False]


def test_a_requeued_message_sends_rejected_and_received_events(watched: Watched, ledger: Ledger) -> None:
    types = [
        "task-received",
        "task-started",
        "task-rejected",
        "task-received",
        "task-started",
        "task-succeeded",
    ]
    events = watched.course("outcomes.reject_once", ledger.path, types=types)
    assert_shapes(events)
    assert events[2]["requeue"] is True


def test_an_unacknowledged_failure_also_sends_a_rejected_event(watched: Watched, ledger: Ledger) -> None:
    types = ["task-received", "task-started", "task-rejected", "task-failed"]
    assert_shapes(watched.course("outcomes.fail_unacknowledged", ledger.path, types=types))


def test_an_expired_task_is_told_of_as_revoked_alone(watched: Watched) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    [revoked] = watched.course("basic.add", 1, 2, types=["task-revoked"], expires=past)
    assert_shapes([revoked])
    assert [revoked["terminated"], revoked["signum"], revoked["expired"]] == [False, None, True]


def test_a_revoked_task_sends_an_event(watched: Watched) -> None:
    revoked = watched.target.send("basic.add", (1, 2), countdown=0.8)
    watched.monitor.wait_for("task-received", uuid=revoked.id)
    revoked.revoke()
    event = watched.monitor.wait_for("task-revoked", uuid=revoked.id)
    assert_shapes([event])
    assert [event["terminated"], event["expired"]] == [False, False]
    assert [event["type"] for event in watched.monitor.of(revoked.id)] == ["task-received", "task-revoked"]


def test_a_terminated_task_is_told_of_with_the_signal(watched: Watched, tmp_path: Path) -> None:
    running = watched.target.send("outcomes.tracked", (str(tmp_path / "gate"),))
    watched.monitor.wait_for("task-started", uuid=running.id)
    running.revoke(terminate=True, signal="SIGTERM")
    event = watched.monitor.wait_for("task-revoked", uuid=running.id)
    assert_shapes([event], signum="number")
    assert [event["terminated"], event["signum"], event["expired"]] == [True, 15, False]


def test_a_task_with_an_eta_sends_received_and_started_events(watched: Watched) -> None:
    types = ["task-received", "task-started", "task-succeeded"]
    eta = datetime.now(UTC) + timedelta(seconds=0.5)
    received, started, _ = watched.course("basic.add", 1, 2, types=types, eta=eta, expires=60)
    assert_shapes([received], eta="text", expires="text")
    assert datetime.fromisoformat(received["eta"]) == eta
    assert received["timestamp"] < eta.timestamp() <= started["timestamp"] + 0.01


def test_an_unknown_task_sends_a_failed_event_without_a_traceback(watched: Watched) -> None:
    [failed] = watched.course("events.no_such_task", types=["task-failed"])
    assert shape(failed) == TASK | {"exception": "text"}
    assert failed["exception"] == "NotRegistered('conformance.events.no_such_task')"


def test_a_task_that_sends_no_events_is_not_told_of(watched: Watched) -> None:
    quiet = watched.target.send("events.quiet")
    assert quiet.get(timeout=WITHIN_S) == "quiet"
    later = watched.target.send("basic.add", (1, 2))
    watched.monitor.wait_for("task-succeeded", uuid=later.id)
    assert watched.monitor.of(quiet.id) == []


def test_a_task_sends_events_of_its_own(watched: Watched) -> None:
    result = watched.target.send("events.tell", (3,))
    event = watched.monitor.wait_for("task-progress", uuid=result.id)
    assert shape(event) == TASK | {"done": "number"}
    assert event["done"] == 3
    assert event["hostname"] == watched.hostname


def test_a_task_in_a_workflow_is_told_of_with_its_family(watched: Watched) -> None:
    first = watched.target.signature("basic.add", (1, 2), task_id=uuid())
    last = watched.target.signature("basic.add", (3,), task_id=uuid())
    (first | last).apply_async()
    received = watched.monitor.wait_for("task-received", uuid=last.id)
    assert_shapes([received], parent_id="text")
    assert [received["root_id"], received["parent_id"]] == [first.id, first.id]


@pytest.mark.difference("The events of a far eta")
def test_a_far_eta_is_received_at_once_by_stock_workers_only(
    event_app: Celery, event_server: ValkeyServer, monitor: Monitor, workers: WorkerFactory
) -> None:
    lease_s = 0.5
    program = start_telling(workers, event_server.url, "js", queue="far", lease_s=lease_s)
    program.wait_for_log(r"ready\.", timeout_s=30)
    eta = datetime.now(UTC) + timedelta(seconds=2)
    results = [Target(event_app, queue).send("basic.add", (1, 2), eta=eta) for queue in ("py", "far")]
    for result in results:
        monitor.wait_for("task-succeeded", uuid=result.id)
    program.kill()
    courses = [monitor.of(result.id) for result in results]
    for course in courses:
        assert [event["type"] for event in course] == ["task-received", "task-started", "task-succeeded"]
    by_python, by_node = (course[0]["timestamp"] for course in courses)
    assert by_python < eta.timestamp() - lease_s <= by_node
