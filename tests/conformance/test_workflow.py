"""Callbacks and errbacks follow their task, within one language and across both."""

from datetime import UTC, datetime
from typing import Any

import pytest
from celery import uuid
from celery.result import AsyncResult

from .flows import Flow, Settle
from .ledger import Ledger
from .workers import RESULT_WITHIN_S


def test_a_callback_gets_the_result(flow: Flow) -> None:
    result: Any = flow.add(1, 2, link=flow.add(10)).apply_async()
    assert result.get(timeout=RESULT_WITHIN_S) == 3
    [child] = result.children or []
    assert isinstance(child, AsyncResult)
    assert child.get(timeout=RESULT_WITHIN_S) == 13


def test_several_callbacks_are_all_called(flow: Flow) -> None:
    ids = [uuid(), uuid()]
    links = [flow.add(10, task_id=task_id) for task_id in ids]
    flow.run(flow.add(1, 2, link=links))
    assert [_result(flow, task_id) for task_id in ids] == [13, 13]


def test_an_immutable_callback_gets_nothing(flow: Flow) -> None:
    task_id = uuid()
    flow.run(flow.add(1, 2, link=flow.si("basic.add", 10, 20, task_id=task_id)))
    assert _result(flow, task_id) == 30


def test_a_callback_descends_from_its_task(flow: Flow) -> None:
    task_id = uuid()
    result: Any = flow.add(1, 2, link=flow.s("context.lineage", task_id=task_id)).apply_async()
    expected = {"result": 3, "id": task_id, "root_id": result.id, "parent_id": result.id}
    assert _result(flow, task_id) == expected


def test_an_errback_gets_the_id_of_the_failed_task(flow: Flow) -> None:
    task_id = uuid()
    errback = flow.s("basic.echo", task_id=task_id)
    result: Any = flow.s("errors.fail", "no", link_error=errback).apply_async()
    assert _result(flow, task_id) == result.id


def test_success_calls_no_errback_and_failure_calls_no_callback(
    flow: Flow, ledger: Ledger, settle: Settle
) -> None:
    queue = flow.queue
    note = flow.si("work.note", [ledger.path, "called"], queue=queue)
    with pytest.raises(ValueError, match="no"):
        flow.run(flow.s("errors.fail", "no", link=note))
    flow.run(flow.add(1, 2, link_error=note))

    settle(flow, queue)
    assert ledger.entries() == []


def test_an_errback_is_called_once_when_the_retries_are_used_up(flow: Flow, ledger: Ledger) -> None:
    task_id = uuid()
    note = flow.si("work.note", [ledger.path, "failed"], task_id=task_id)
    flow.s("retries.give_up_with", "no", link_error=note).apply_async()
    _result(flow, task_id)
    assert ledger.labels("note") == ["failed"]


def test_the_result_of_a_chain_leads_to_those_before_it(flow: Flow) -> None:
    result: Any = flow.chain(flow.add(1, 2), flow.add(10), flow.add(20)).apply_async()
    assert result.get(timeout=RESULT_WITHIN_S) == 33
    assert result.parent.get(timeout=RESULT_WITHIN_S) == 13


def test_a_chain_ends_with_the_first_failure(flow: Flow, ledger: Ledger, settle: Settle) -> None:
    queue = flow.queue
    after = flow.si("work.record", ledger.path, "after", queue=queue)
    result: Any = flow.chain(flow.s("errors.fail", "stop"), after).apply_async()
    with pytest.raises(ValueError, match="stop"):
        result.parent.get(timeout=RESULT_WITHIN_S)

    settle(flow, queue)
    assert ledger.entries() == []


def test_a_chain_crosses_the_languages_and_comes_back(flow: Flow) -> None:
    for here, there in (("py-flow", "js-flow"), ("js-flow", "py-flow")):
        last = flow.s("context.lineage", queue=here)
        result: Any = flow.chain(flow.add(1, 2, queue=here), flow.add(10, queue=there), last).apply_async()
        assert result.get(timeout=RESULT_WITHIN_S) == {
            "result": 13,
            "id": result.id,
            "root_id": result.parent.parent.id,
            "parent_id": result.parent.id,
        }


def test_typed_values_cross_a_chain_unharmed(flow: Flow) -> None:
    steps = [
        flow.s("basic.make_typed", queue="py-flow"),
        flow.s("basic.echo", queue="js-flow"),
        flow.s("basic.kind", queue="py-flow"),
    ]
    assert flow.run(flow.chain(*steps)) == {
        name: name for name in ("datetime", "date", "time", "decimal", "uuid", "bytes")
    }


def test_a_callback_of_the_other_language_is_called(flow: Flow) -> None:
    for here, there in (("py-flow", "js-flow"), ("js-flow", "py-flow")):
        task_id = uuid()
        flow.run(flow.add(1, 2, queue=here, link=flow.add(10, queue=there, task_id=task_id)))
        assert _result(flow, task_id) == 13


def test_the_eta_of_a_step_keeps_its_microseconds(flow: Flow) -> None:
    eta = datetime.now(UTC).replace(microsecond=123457)
    assert flow.run(flow.chain(flow.add(1, 2), flow.s("context.show", eta=eta)))["eta"] == eta.isoformat()


def _result(flow: Flow, task_id: str) -> Any:
    return flow.app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S)
