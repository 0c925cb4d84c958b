"""Receivers of signals are called with Celery's arguments, at the same moments."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.result import AsyncResult
from kombu.utils.uuid import uuid

from .ledger import Ledger
from .workers import Kind, StartWorker, Target

RUN_SIGNALS = ("task_prerun", "task_postrun", "task_success", "task_retry", "task_failure")


def told(ledger: Ledger, result: "AsyncResult[Any] | None" = None) -> list[tuple[str, list[Any]]]:
    """The signals so far, in order, and what their receivers noted."""
    task_id = result.id if result else None
    return [
        (entry.event, ["ID" if task_id and value == task_id else value for value in json.loads(entry.label)])
        for entry in ledger.entries()
    ]


def test_the_signals_of_a_success_are_sent_in_celerys_order(worker: Target, ledger: Ledger) -> None:
    result = worker.send("signals.observed", (ledger.path, "fine"))
    assert result.get(timeout=30) == "fine"
    ledger.wait_for("task_postrun")
    assert told(ledger, result) == [
        ("task_received", ["ID", "fine"]),
        ("task_prerun", ["ID", "conformance.signals.observed", "ID", "fine", {}]),
        ("task_success", ["conformance.signals.observed", "fine", True]),
        ("task_postrun", ["ID", "fine", "SUCCESS"]),
    ]


def test_the_signals_of_a_failure_carry_the_error(worker: Target, ledger: Ledger) -> None:
    result = worker.send("signals.observed", (ledger.path, "fail"))
    with pytest.raises(ValueError, match=r"^no$"):
        result.get(timeout=30)
    ledger.wait_for("task_postrun")
    assert told(ledger, result)[2:] == [
        ("task_failure", ["ID", "ValueError: no", "fail", {}, True]),
        ("task_postrun", ["ID", "ValueError: no", "FAILURE"]),
    ]


def test_the_signal_of_a_retry_carries_its_reason(worker: Target, ledger: Ledger) -> None:
    result = worker.send("signals.observed", (ledger.path, "retry"))
    assert result.get(timeout=30) == "retry"
    ledger.wait_for("task_postrun", 2)
    # The retry is received as soon as it is sent, though its countdown is not over.
    signals = [signal for signal in told(ledger, result) if signal[0] in RUN_SIGNALS]
    assert [name for name, _ in signals] == [
        *("task_prerun", "task_retry", "task_postrun"),
        *("task_prerun", "task_success", "task_postrun"),
    ]
    assert signals[1][1] == ["ID", "ConnectionError: later", True]
    assert signals[2][1][2] == "RETRY"


def test_a_receiver_that_raises_stops_nothing(worker: Target, ledger: Ledger) -> None:
    result = worker.send("signals.observed", (ledger.path, "receiver fails"))
    assert result.get(timeout=30) == "receiver fails"
    ledger.wait_for("task_postrun")
    assert [name for name, _ in told(ledger)][1:] == ["task_prerun", "task_success", "task_postrun"]


def test_the_signal_of_an_expired_task_says_so(worker: Target, ledger: Ledger) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    result = worker.send("signals.observed", (ledger.path, "late"), expires=past)
    ledger.wait_for("task_revoked")
    assert told(ledger, result) == [("task_revoked", ["ID", False, None, True])]


def test_the_signal_of_a_terminated_task_has_the_number_of_its_signal(worker: Target, ledger: Ledger) -> None:
    result = worker.send("signals.observed", (ledger.path, "hang"))
    ledger.wait_for("task_prerun")
    result.revoke(terminate=True, signal="SIGTERM")
    [entry] = ledger.wait_for("task_revoked")
    assert json.loads(entry.label) == [result.id, True, 15, False]


def test_an_unknown_task_sends_an_event(worker: Target, ledger: Ledger) -> None:
    result = worker.send("signals.no_such_task", headers={"ledger": ledger.path})
    ledger.wait_for("task_unknown")
    assert told(ledger, result) == [("task_unknown", ["conformance.signals.no_such_task", "ID"])]


def test_a_message_without_a_task_sends_an_event(worker: Target, ledger: Ledger) -> None:
    with worker.app.connection_for_write() as connection:
        producer = connection.Producer()
        headers = {"ledger": ledger.path, "id": uuid()}
        producer.publish({"no": "task"}, headers=headers, routing_key=worker.queue, serializer="json")
    ledger.wait_for("task_rejected")
    assert told(ledger) == [("task_rejected", [])]


def test_a_handler_that_breaks_is_an_internal_error(worker: Target, ledger: Ledger) -> None:
    result = worker.send("hooks.observed", (ledger.path, "fail", "on_failure"))
    [entry] = ledger.wait_for("task_internal_error")
    assert json.loads(entry.label) == [result.id, "RuntimeError: on_failure failed"]


def test_publish_signals_surround_a_message_and_can_add_headers(worker: Target, ledger: Ledger) -> None:
    sent = worker.send("signals.send", (ledger.path, worker.queue))
    assert sent.get(timeout=30) is not None
    ledger.wait_for("task_postrun")
    before, after = (entry for entry in told(ledger) if entry[0].endswith("_publish"))
    assert before == (
        "before_task_publish",
        ["conformance.signals.observed", "", worker.queue, "headers"],
    )
    assert after == ("after_task_publish", ["yes", "", worker.queue, "headers"])
    [success] = ledger.entries("task_success")
    assert json.loads(success.label)[1] == "yes"


def test_signals_report_the_start_and_stop_of_a_worker(
    start: StartWorker, kind: Kind, ledger: Ledger
) -> None:
    program = start(kind, ledger=ledger.path)
    program.stop(timeout_s=20)
    assert told(ledger) == [
        ("celeryd_init", []),
        ("worker_init", []),
        ("worker_ready", []),
        ("worker_shutting_down", ["SIGTERM", "Warm"]),
        ("worker_shutdown", []),
    ]
