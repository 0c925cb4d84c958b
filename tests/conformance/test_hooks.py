"""A task's handlers are called when Celery calls them, in its order and with its arguments."""

import json
from typing import Any

import pytest
from celery.result import AsyncResult

from tests.support.waiting import wait_until

from .ledger import Ledger
from .workers import Target


def observe(worker: Target, ledger: Ledger, outcome: str, raising: str = "") -> "AsyncResult[Any]":
    """Send the task that is observed."""
    return worker.send("hooks.observed", (ledger.path, outcome, raising), {"tag": 1, "queue": worker.queue})


def course(ledger: Ledger, result: "AsyncResult[Any]") -> list[tuple[str, Any]]:
    """Return a task's calls of handlers in order, without the task's arguments."""
    return [(entry.event, _notes(entry.label, result.id)) for entry in ledger.entries()]


def _notes(label: str, task_id: str) -> Any:
    if not label.startswith("["):
        return label
    return ["ID" if value == task_id else value for value in json.loads(label)]


def stored_now(result: "AsyncResult[Any]") -> "AsyncResult[Any]":
    """The same result, read again: an AsyncResult keeps the first final state that it reads."""
    return result.app.AsyncResult(result.id)


def handlers(ledger: Ledger) -> list[str]:
    return [entry.event for entry in ledger.entries() if entry.event != "task_internal_error"]


def call_of(ledger: Ledger, handler: str, result: "AsyncResult[Any]") -> Any:
    [entry] = ledger.wait_for(handler)
    return _notes(entry.label, result.id)


def test_success_handlers_are_called_after_the_result_is_stored(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "succeed")
    assert result.get(timeout=30) == "succeed"
    ledger.wait_for("after_return")
    args, kwargs = ["succeed", ""], {"tag": 1, "queue": worker.queue}
    assert course(ledger, result) == [
        ("before_start", ["ID", args, kwargs, 0]),
        ("run", "succeed"),
        ("on_success", ["succeed", "ID", args, kwargs, "SUCCESS"]),
        ("after_return", ["SUCCESS", "succeed", "ID", args, kwargs, None, "ID"]),
    ]


def test_failure_handlers_get_the_error_and_its_traceback(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "fail")
    with pytest.raises(ValueError, match=r"^no$"):
        result.get(timeout=30)
    ledger.wait_for("after_return")
    args, kwargs = ["fail", ""], {"tag": 1, "queue": worker.queue}
    assert course(ledger, result) == [
        ("before_start", ["ID", args, kwargs, 0]),
        ("run", "fail"),
        ("on_failure", ["ValueError: no", "ID", args, kwargs, True]),
        ("after_return", ["FAILURE", "ValueError: no", "ID", args, kwargs, None, "ID"]),
    ]


def test_on_retry_gets_the_reason_and_end_handlers_run_once(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "retry")
    assert result.get(timeout=30) == "retry"
    ledger.wait_for("after_return")
    ledger.wait_for("on_retry")
    args, kwargs = ["retry", ""], {"tag": 1, "queue": worker.queue}
    told = course(ledger, result)
    # The retry is sent before this handler is called, so it may begin first.
    told.remove(("on_retry", ["ConnectionError: later", "ID", args, kwargs, True, 0]))
    assert told == [
        ("before_start", ["ID", args, kwargs, 0]),
        ("run", "retry"),
        ("before_start", ["ID", args, kwargs, 1]),
        ("run", "retry"),
        ("on_success", ["retry", "ID", args, kwargs, "SUCCESS"]),
        ("after_return", ["SUCCESS", "retry", "ID", args, kwargs, None, "ID"]),
    ]


def test_an_ignored_task_calls_no_handler_after_it(worker: Target, ledger: Ledger) -> None:
    observe(worker, ledger, "ignore")
    ledger.wait_for("run")
    assert observe(worker, ledger, "succeed").get(timeout=30) == "succeed"
    ledger.wait_for("after_return")
    assert handlers(ledger).count("on_success") == handlers(ledger).count("after_return") == 1
    assert "on_failure" not in handlers(ledger)


def test_a_rejected_task_fails_without_calling_its_handlers(worker: Target, ledger: Ledger) -> None:
    error = observe(worker, ledger, "reject").get(timeout=30, propagate=False)
    assert type(error).__name__ == "Reject"
    assert observe(worker, ledger, "succeed").get(timeout=30) == "succeed"

    ledger.wait_for("after_return")
    rejected, after_it = ["before_start", "run"], ["before_start", "run", "on_success", "after_return"]
    assert handlers(ledger) == rejected + after_it


def test_on_replace_gets_the_signature_with_the_tasks_id(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "replace")
    assert result.get(timeout=30) == "other"
    assert course(ledger, result)[1:] == [
        ("run", "replace"),
        ("on_replace", ["conformance.basic.echo", True]),
    ]


def test_an_error_in_on_replace_fails_the_task(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "replace", "on_replace")
    with pytest.raises(RuntimeError, match=r"^on_replace failed$"):
        result.get(timeout=30)
    ledger.wait_for("after_return")
    assert handlers(ledger) == ["before_start", "run", "on_replace", "on_failure", "after_return"]


def test_an_error_in_before_start_fails_the_task_before_it_runs(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "succeed", "before_start")
    with pytest.raises(RuntimeError, match=r"^before_start failed$"):
        result.get(timeout=30)
    ledger.wait_for("after_return")
    assert handlers(ledger) == ["before_start", "on_failure", "after_return"]
    assert call_of(ledger, "on_failure", result)[0] == "RuntimeError: before_start failed"


@pytest.mark.parametrize("raising", ["on_success", "after_return"])
def test_an_error_in_after_return_leaves_the_result_as_it_is(
    worker: Target, ledger: Ledger, raising: str
) -> None:
    result = observe(worker, ledger, "succeed", raising)
    assert result.get(timeout=30) == "succeed"
    ledger.wait_for("after_return")
    assert handlers(ledger) == ["before_start", "run", "on_success", "after_return"]
    assert result.state == "SUCCESS"


def test_an_error_in_on_failure_replaces_the_tasks_error(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "fail", "on_failure")
    _, again = ledger.wait_for("on_failure", 2)
    assert _notes(again.label, result.id)[0] == "RuntimeError: on_failure failed"
    wait_until(lambda: isinstance(stored_now(result).result, RuntimeError), 30, "the handler's error")
    assert handlers(ledger) == ["before_start", "run", "on_failure", "on_failure"]


def test_an_error_in_on_retry_is_the_failure_until_the_retry_ran(worker: Target, ledger: Ledger) -> None:
    result = observe(worker, ledger, "retry", "on_retry")
    assert call_of(ledger, "on_failure", result)[0] == "RuntimeError: on_retry failed"
    ledger.wait_for("after_return")
    wait_until(lambda: stored_now(result).state == "SUCCESS", 30, "the retry's result")
    assert handlers(ledger)[:4] == ["before_start", "run", "on_retry", "on_failure"]
