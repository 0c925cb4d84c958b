"""Workflows that tasks make: in their own place, as parts of their chord, as children or as data."""

from typing import Any

import pytest
from celery import uuid
from celery.exceptions import ImproperlyConfigured
from celery.result import AsyncResult, GroupResult

from .flows import Flow, Makers
from .ledger import Ledger
from .workers import RESULT_WITHIN_S


def test_a_task_is_replaced_by_another_which_has_its_id(flow: Flow) -> None:
    result: Any = flow.s("canvas.replace", dict(flow.s("canvas.place"))).apply_async()
    place = result.get(timeout=RESULT_WITHIN_S)
    assert [place["id"], place["root_id"], place["parent_id"]] == [result.id, result.id, result.id]
    assert place["nesting"] == 1


def test_a_task_is_replaced_by_a_chain(flow: Flow) -> None:
    assert flow.run(flow.s("canvas.replace", dict(flow.chain(flow.add(1, 1), flow.add(10))))) == 12


def test_a_task_is_replaced_by_a_group(flow: Flow) -> None:
    assert flow.run(flow.s("canvas.replace", dict(flow.group(flow.add(1, 1), flow.add(2, 2))))) == [2, 4]


def test_a_task_is_replaced_by_a_chord(flow: Flow) -> None:
    replacement = flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum"))
    assert flow.run(flow.s("canvas.replace", dict(replacement))) == 6


def test_a_task_is_replaced_by_a_chain_that_ends_in_a_group(flow: Flow) -> None:
    replacement = flow.chain(flow.add(1, 1), flow.group(flow.add(10), flow.add(20)))
    assert flow.run(flow.s("canvas.replace", dict(replacement))) == [12, 22]


def test_a_replacement_may_be_replaced(flow: Flow) -> None:
    inner = flow.s("canvas.replace", dict(flow.s("canvas.place")))
    assert flow.run(flow.s("canvas.replace", dict(inner)))["nesting"] == 2


def test_a_task_is_not_replaced_by_an_empty_chain(flow: Flow) -> None:
    with pytest.raises(ImproperlyConfigured, match="Cannot replace with an empty chain"):
        flow.run(flow.s("canvas.replace_by_nothing"))


def test_what_follows_a_replaced_task_follows_its_replacement(flow: Flow) -> None:
    inner = flow.si("canvas.replace", dict(flow.chain(flow.add(1, 1), flow.add(10))))
    assert flow.run(flow.chain(flow.add(1, 1), inner, flow.add(100))) == 112


def test_a_replaced_part_of_a_chord_counts_once(flow: Flow) -> None:
    for replacement in (
        flow.add(1, 1),
        flow.group(flow.add(1), flow.add(2)),
        flow.chain(flow.add(1, 1), flow.add(1)),
    ):
        if replacement.subtask_type == "group":
            replacement = flow.group(flow.add(1, 1), flow.add(2, 2))
        header = [flow.s("canvas.replace", dict(replacement)), flow.add(5, 5)]
        [results] = flow.run(flow.chord(header, flow.s("canvas.collect")))
        assert results[1] == 10
        assert results[0] in (2, [2, 4], 3)


def test_callbacks_of_a_replaced_task_get_the_replacements_result(flow: Flow) -> None:
    for replacement in (flow.add(1, 1), flow.chain(flow.add(1, 1), flow.add(10)), flow.group(flow.add(1, 1))):
        task_id = uuid()
        link = flow.s("canvas.collect", task_id=task_id)
        flow.s("canvas.replace", dict(replacement), link=link).apply_async()
        assert flow.app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S) in ([2], [12], [[2]])


def test_errbacks_of_a_replaced_task_are_those_of_its_replacement(flow: Flow, ledger: Ledger) -> None:
    errback = flow.si("work.note", [ledger.path, "failed"])
    replacement = dict(flow.si("errors.fail", "no"))
    flow.s("canvas.replace", replacement, link_error=errback).apply_async()
    ledger.wait_for("note")


def test_a_running_part_adds_another_to_its_chord(flow: Flow) -> None:
    header = [flow.s("canvas.extend", dict(flow.add(20, 20))), flow.add(1, 1)]
    [results] = flow.run(flow.chord(header, flow.s("canvas.collect")))
    assert sorted(map(str, results)) == ["2", "40", "extended"]


def test_a_task_outside_of_a_chord_cannot_extend_one(flow: Flow) -> None:
    with pytest.raises(ValueError, match="Current task is not member of any chord"):
        flow.run(flow.s("canvas.extend", dict(flow.add(1, 1))))


@pytest.mark.parametrize("shape", ["task", "chain", "group", "chord"])
def test_a_workflow_that_a_task_sends_is_among_its_children(flow: Flow, shape: str) -> None:
    makers: Makers = {
        "task": lambda: (flow.add(1, 1), 2),
        "chain": lambda: (flow.chain(flow.add(1, 1), flow.add(10)), 2),
        "group": lambda: (flow.group(flow.add(1, 1), flow.add(2, 2)), [2, 4]),
        "chord": lambda: (flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum")), [2, 4]),
    }
    workflow, expected = makers[shape]()
    result: Any = flow.s("canvas.apply", dict(workflow)).apply_async()
    result.get(timeout=RESULT_WITHIN_S)
    [child] = result.children
    assert isinstance(child, GroupResult if shape in ("group", "chord") else AsyncResult)
    assert child.get(timeout=RESULT_WITHIN_S) == expected


def test_tasks_of_a_workflow_sent_by_a_task_descend_from_it(flow: Flow) -> None:
    inner = flow.group(flow.s("canvas.place"), flow.s("canvas.place"))
    result: Any = flow.s("canvas.apply", dict(inner)).apply_async()
    result.get(timeout=RESULT_WITHIN_S)
    places = result.children[0].get(timeout=RESULT_WITHIN_S)
    assert {(place["root_id"], place["parent_id"]) for place in places} == {(result.id, result.id)}


def test_a_workflow_is_built_in_a_task(flow: Flow) -> None:
    result: Any = flow.s("canvas.build", "conformance.basic.add", flow.queue, [1, 2, 3]).apply_async()
    (body_id, _parent), _ = result.get(timeout=RESULT_WITHIN_S)
    assert flow.app.AsyncResult(body_id).get(timeout=RESULT_WITHIN_S) == 12


def test_a_returned_result_is_stored_as_its_tuple(flow: Flow) -> None:
    returned = flow.run(flow.s("canvas.apply", dict(flow.add(1, 1))))
    (task_id, parent), members = returned
    assert [parent, members] == [None, None]
    assert flow.app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S) == 2


@pytest.mark.parametrize("shape", ["chain", "group", "chord"])
def test_a_returned_workflow_is_data_that_can_rebuild_it(flow: Flow, shape: str) -> None:
    makers: Makers = {
        "chain": lambda: flow.chain(flow.add(1, 1), flow.add(10)),
        "group": lambda: flow.group(flow.add(1, 1), flow.add(2, 2)),
        "chord": lambda: flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum")),
    }
    workflow = makers[shape]()
    returned = flow.run(flow.s("canvas.give_back", dict(workflow)))
    rebuilt = flow.rebuilt(returned)
    assert rebuilt.subtask_type == shape
    assert flow.run(rebuilt) == {"chain": 12, "group": [2, 4], "chord": 6}[shape]
