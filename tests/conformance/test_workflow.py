"""What is linked to a task follows it, within one language and across both."""

from typing import Any

import pytest
from celery import Celery, chain, uuid
from celery.canvas import Signature
from celery.result import AsyncResult

from .ledger import Ledger
from .workers import Kind, Target


def test_a_callback_gets_the_result(target: Target) -> None:
    result = target.send("basic.add", (1, 2), link=target.signature("basic.add", (10,)))
    assert result.get(timeout=10) == 3
    [child] = result.children or []
    assert isinstance(child, AsyncResult)
    assert child.get(timeout=10) == 13


def test_several_callbacks_are_all_called(target: Target) -> None:
    ids = [uuid(), uuid()]
    links = [target.signature("basic.add", (10,), task_id=task_id) for task_id in ids]
    target.call("basic.add", (1, 2), link=links)
    assert [target.app.AsyncResult(task_id).get(timeout=10) for task_id in ids] == [13, 13]


def test_an_immutable_callback_gets_nothing(target: Target) -> None:
    task_id = uuid()
    link = target.signature("basic.add", (10, 20), task_id=task_id).set(immutable=True)
    target.call("basic.add", (1, 2), link=link)
    assert target.app.AsyncResult(task_id).get(timeout=10) == 30


def test_a_callback_descends_from_its_task(target: Target) -> None:
    task_id = uuid()
    result = target.send("basic.add", (1, 2), link=target.signature("context.lineage", task_id=task_id))
    expected = {"result": 3, "id": task_id, "root_id": result.id, "parent_id": result.id}
    assert target.app.AsyncResult(task_id).get(timeout=10) == expected


def test_an_errback_gets_the_id_of_the_failed_task(target: Target) -> None:
    task_id = uuid()
    result = target.send("errors.fail", ("no",), link_error=target.signature("basic.echo", task_id=task_id))
    assert target.app.AsyncResult(task_id).get(timeout=10) == result.id


def test_an_errback_is_not_called_after_a_success_nor_a_callback_after_a_failure(
    target: Target, ledger: Ledger
) -> None:
    note = target.signature("work.note", ([ledger.path, "called"],)).set(immutable=True)
    with pytest.raises(ValueError, match="no"):
        target.call("errors.fail", ("no",), link=note)
    target.call("basic.add", (1, 2), link_error=note)
    target.call("basic.nothing")
    assert ledger.entries() == []


def test_an_errback_is_called_once_when_the_retries_are_used_up(target: Target, ledger: Ledger) -> None:
    task_id = uuid()
    note = target.signature("work.note", ([ledger.path, "failed"],), task_id=task_id).set(immutable=True)
    target.send("retries.give_up_with", ("no",), link_error=note)
    target.app.AsyncResult(task_id).get(timeout=10)
    assert ledger.labels("note") == ["failed"]


def test_the_result_of_a_chain_leads_to_those_before_it(target: Target) -> None:
    steps = [target.signature("basic.add", (1, 2)), *(target.signature("basic.add", (n,)) for n in (10, 20))]
    result = _chain(target.app, *steps)
    assert result.get(timeout=10) == 33
    assert result.parent.get(timeout=10) == 13


def test_a_chain_ends_with_the_first_failure(target: Target, ledger: Ledger) -> None:
    after = target.signature("work.record", (ledger.path, "after")).set(immutable=True)
    result = _chain(target.app, target.signature("errors.fail", ("stop",)), after)
    with pytest.raises(ValueError, match="stop"):
        result.parent.get(timeout=10)
    target.call("basic.nothing")
    assert ledger.entries() == []


def test_a_chain_crosses_the_languages_and_comes_back(both: dict[Kind, Target], kind: Kind) -> None:
    here, there = both[kind], next(target for other, target in both.items() if other != kind)
    steps = [
        here.signature("basic.add", (1, 2)),
        there.signature("basic.add", (10,)),
        here.signature("context.lineage"),
    ]
    result = _chain(here.app, *steps)
    assert result.get(timeout=10) == {
        "result": 13,
        "id": result.id,
        "root_id": result.parent.parent.id,
        "parent_id": result.parent.id,
    }


def test_typed_values_cross_a_chain_unharmed(both: dict[Kind, Target]) -> None:
    python, node = both[Kind.PYTHON], both[Kind.NODE]
    steps = [
        python.signature("basic.make_typed"),
        node.signature("basic.echo"),
        python.signature("basic.kind"),
    ]
    assert _chain(python.app, *steps).get(timeout=10) == {
        name: name for name in ("datetime", "date", "time", "decimal", "uuid", "bytes")
    }


def test_a_callback_of_the_other_language_is_called(both: dict[Kind, Target], kind: Kind) -> None:
    here, there = both[kind], next(target for other, target in both.items() if other != kind)
    task_id = uuid()
    here.call("basic.add", (1, 2), link=there.signature("basic.add", (10,), task_id=task_id))
    assert here.app.AsyncResult(task_id).get(timeout=10) == 13


def _chain(app: Celery, *steps: "Signature[Any]") -> Any:
    return chain(*steps, app=app).apply_async()
