"""Chains, groups and chords: tasks of either language, and of both in turn, make the same workflows."""

from typing import Any

import pytest
from celery import uuid
from celery.result import GroupResult

from .flows import Flow, Makers
from .workers import RESULT_WITHIN_S


def test_a_chain_hands_each_result_on(flow: Flow) -> None:
    assert flow.run(flow.chain(flow.add(1, 2), flow.add(10), flow.add(100))) == 113


def test_a_chain_takes_partial_arguments(flow: Flow) -> None:
    assert flow.run(flow.chain(flow.add(2), flow.add(10)), 1) == 13


def test_a_chain_of_chains_is_one_chain(flow: Flow) -> None:
    assert (
        flow.run(flow.chain(flow.chain(flow.add(1, 2), flow.add(3)), flow.chain(flow.add(10), flow.add(100))))
        == 116
    )


def test_a_chain_of_one_is_its_task(flow: Flow) -> None:
    assert flow.run(flow.chain(flow.add(1, 2))) == 3


def test_an_empty_chain_sends_nothing(flow: Flow) -> None:
    assert flow.chain().apply_async() is None


def test_an_immutable_step_of_a_chain_gets_nothing(flow: Flow) -> None:
    assert flow.run(flow.chain(flow.add(1, 2), flow.si("basic.add", 10, 20), flow.add(1))) == 31


def test_a_chain_ends_in_a_group(flow: Flow) -> None:
    assert flow.run(flow.chain(flow.add(1, 2), flow.group(flow.add(10), flow.add(20)))) == [13, 23]


def test_a_chain_of_groups_joins_each_with_a_task(flow: Flow) -> None:
    first, second = (flow.group(flow.add(n), flow.add(n)) for n in (10, 20))
    steps = [flow.add(1, 1), first, flow.s("canvas.tsum"), second, flow.s("canvas.tsum")]
    assert flow.run(flow.chain(*steps)) == 88


def test_a_group_right_after_a_group_gets_all_results(flow: Flow) -> None:
    workflow = flow.chain(
        flow.group(flow.add(1, 1), flow.add(2, 2)), flow.group(flow.s("canvas.tsum"), flow.s("canvas.tsum"))
    )
    assert flow.run(workflow) == [6, 6]


def test_an_empty_group_in_a_chain_is_left_out(flow: Flow) -> None:
    assert flow.run(flow.chain(flow.add(1, 2), flow.group(), flow.add(3))) == 6


def test_a_group_gives_the_results_in_order(flow: Flow) -> None:
    assert flow.run(flow.group(flow.add(n, n) for n in range(10))) == [2 * n for n in range(10)]


def test_a_group_in_a_group_is_part_of_it(flow: Flow) -> None:
    assert flow.run(flow.group(flow.add(1, 1), flow.group(flow.add(2, 2), flow.add(3, 3)))) == [2, 4, 6]


def test_an_empty_group_is_done_at_once(flow: Flow) -> None:
    assert flow.group().apply_async().get(timeout=RESULT_WITHIN_S) == []


def test_a_group_of_one_gives_a_list(flow: Flow) -> None:
    assert flow.run(flow.group([flow.add(1, 2)])) == [3]


def test_a_group_takes_partial_arguments(flow: Flow) -> None:
    assert flow.run(flow.group(flow.add(1), flow.add(2)), 10) == [11, 12]


def test_the_tasks_of_a_group_know_it_and_their_index(flow: Flow) -> None:
    result: Any = flow.group(flow.s("canvas.place"), flow.s("canvas.place")).apply_async()
    assert [(place["group"], place["group_index"]) for place in result.get(timeout=RESULT_WITHIN_S)] == [
        (result.id, 0),
        (result.id, 1),
    ]


def test_a_chord_gives_its_body_the_results_in_order(flow: Flow) -> None:
    header = [flow.add(n, n) for n in range(7)]
    assert flow.run(flow.chord(header, flow.s("canvas.collect"))) == [[2 * n for n in range(7)]]


def test_a_group_with_a_task_after_it_is_a_chord(flow: Flow) -> None:
    assert flow.run(flow.group(flow.add(1, 1), flow.add(2, 2)) | flow.s("canvas.tsum")) == 6


def test_the_body_of_a_chord_may_be_of_either_language(flow: Flow) -> None:
    for queue in ("py-flow", "js-flow"):
        header = [flow.add(1, 1), flow.add(2, 2)]
        assert flow.run(flow.chord(header, flow.s("canvas.tsum", queue=queue))) == 6


def test_a_chord_in_a_chain_goes_on_with_its_body(flow: Flow) -> None:
    header = flow.group(flow.add(10), flow.add(20))
    assert (
        flow.run(flow.chain(flow.add(1, 1), flow.chord(header, flow.s("canvas.tsum")), flow.add(100))) == 134
    )


def test_a_chain_of_chords_hands_each_bodys_result_on(flow: Flow) -> None:
    first = flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum"))
    second = flow.chord([flow.add(10), flow.add(20)], flow.s("canvas.collect"))
    assert flow.run(flow.chain(first, second)) == [[16, 26]]


def test_a_chain_in_a_chords_header_counts_by_its_last_task(flow: Flow) -> None:
    header = [
        flow.chain(flow.add(1, 1), flow.add(10)),
        flow.add(2, 2),
        flow.chain(flow.add(3, 3), flow.add(30), flow.add(1)),
    ]
    assert flow.run(flow.chord(header, flow.s("canvas.collect"))) == [[12, 4, 37]]


def test_a_group_whose_last_step_is_a_chord(flow: Flow) -> None:
    inner = flow.chord([flow.add(3), flow.add(4)], flow.s("canvas.tsum"))
    assert flow.run(flow.group(flow.add(1, 1), flow.chain(flow.add(2, 2), inner))) == [2, 15]


def test_a_chord_of_one(flow: Flow) -> None:
    assert flow.run(flow.chord([flow.add(1, 2)], flow.s("canvas.tsum"))) == 3


def test_a_chord_without_a_header_runs_its_body(flow: Flow) -> None:
    assert flow.run(flow.chord([], flow.s("canvas.tsum"))) == 0


def test_chords_in_the_header_of_a_chord(flow: Flow) -> None:
    inner = [flow.chord([flow.add(n, n), flow.add(n, n)], flow.s("canvas.tsum")) for n in (1, 2)]
    assert flow.run(flow.chord(inner, flow.s("canvas.collect"))) == [[4, 8]]


def test_a_chord_as_the_body_of_a_chord(flow: Flow) -> None:
    inner = flow.chord([flow.s("canvas.tsum"), flow.s("canvas.tsum")], flow.s("canvas.collect"))
    assert flow.run(flow.chord([flow.add(1, 1), flow.add(2, 2)], inner)) == [[6, 6]]


def test_a_group_in_a_chords_header_is_part_of_it(flow: Flow) -> None:
    header = [flow.add(1, 1), flow.group(flow.add(2, 2), flow.add(3, 3))]
    assert sorted(flow.run(flow.chord(header, flow.s("canvas.collect")))[0]) == [2, 4, 6]


def test_a_chain_ending_in_a_group_gives_a_chord_a_list(flow: Flow) -> None:
    header = [flow.add(1, 1), flow.chain(flow.add(2, 2), flow.group(flow.add(10), flow.add(20)))]
    assert flow.run(flow.chord(header, flow.s("canvas.collect"))) == [[2, [14, 24]]]


def test_a_chords_body_may_be_a_chain(flow: Flow) -> None:
    body = flow.chain(flow.s("canvas.tsum"), flow.add(10), flow.add(100))
    assert flow.run(flow.chord([flow.add(1, 1), flow.add(2, 2)], body)) == 116


def test_a_chords_body_may_be_a_group(flow: Flow) -> None:
    body = flow.group(flow.s("canvas.tsum"), flow.s("canvas.collect"))
    assert flow.run(flow.chord([flow.add(1, 1), flow.add(2, 2)], body)) == [6, [[2, 4]]]


@pytest.mark.long
def test_a_chord_a_thousand_tasks_wide(flow: Flow) -> None:
    result: Any = flow.chord([flow.add(n, n) for n in range(1000)], flow.s("canvas.tsum")).apply_async()
    assert result.get(timeout=60) == 999_000


def test_the_root_and_the_parent_of_each_task(flow: Flow) -> None:
    tasks = [flow.s("canvas.place") for _ in range(4)]
    workflow = flow.chain(tasks[0], flow.group(tasks[1], tasks[2]), tasks[3])
    result: Any = workflow.apply_async()
    body = result.get(timeout=RESULT_WITHIN_S)
    header = body["args"][0]
    first = header[0]["args"][0]
    assert {place["root_id"] for place in (first, *header, body)} == {first["id"]}
    assert [first["parent_id"], *(place["parent_id"] for place in header)] == [None, first["id"], first["id"]]
    assert body["parent_id"] in {place["id"] for place in header}
    assert [result.id, result.parent.parent.id] == [body["id"], first["id"]]


def test_the_result_of_a_chord_leads_to_its_header(flow: Flow) -> None:
    result: Any = flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum")).apply_async()
    assert result.get(timeout=RESULT_WITHIN_S) == 6
    assert isinstance(result.parent, GroupResult)
    assert result.parent.get(timeout=RESULT_WITHIN_S) == [2, 4]


def test_several_callbacks_are_one_group_among_the_children(flow: Flow) -> None:
    result: Any = flow.add(1, 2, link=[flow.add(10), flow.add(20)]).apply_async()
    assert result.get(timeout=RESULT_WITHIN_S) == 3
    [child] = result.children
    assert isinstance(child, GroupResult)
    assert child.get(timeout=RESULT_WITHIN_S) == [13, 23]


def test_what_a_linked_workflow_sends_first_is_a_child(flow: Flow) -> None:
    place, end = flow.s("canvas.place"), flow.s("canvas.collect")
    workflows = [
        flow.chain(place, end),
        flow.group(place, place),
        flow.chain(flow.group(place, place), end),
        flow.chord([place, place], end),
        flow.chord([], flow.si("canvas.place")),
        flow.chord([], flow.chord([], flow.si("canvas.place"))),
        flow.chord([], flow.group(flow.si("canvas.place"), flow.si("canvas.place"))),
    ]
    for workflow, is_group in zip(workflows, (False, True, True, True, False, False, True), strict=True):
        result: Any = flow.add(1, 2, link=workflow).apply_async()
        result.get(timeout=RESULT_WITHIN_S)
        [child] = result.children
        sent = child.results if is_group else [child]
        assert (len(sent), child.parent) == (2 if is_group else 1, None)
        assert [task.get(timeout=RESULT_WITHIN_S)["id"] for task in sent] == [task.id for task in sent]


def test_a_workflow_may_be_linked_to_a_task(flow: Flow) -> None:
    ids = [uuid(), uuid(), uuid()]
    workflows = [
        flow.chain(flow.add(1), flow.add(10, task_id=ids[0])),
        flow.group(flow.add(2, task_id=ids[1])),
        flow.chord([flow.add(3), flow.add(4)], flow.s("canvas.tsum", task_id=ids[2])),
    ]
    for task_id, workflow, expected in zip(ids, workflows, (14, 5, 13), strict=True):
        assert flow.add(1, 2, link=workflow).apply_async().get(timeout=RESULT_WITHIN_S) == 3
        if task_id != ids[2]:  # a chord's body gets its own id when it is sent
            assert flow.app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S) == expected


@pytest.mark.parametrize("kind", ["chain", "group"])
def test_a_callback_that_is_an_empty_workflow_sends_nothing(flow: Flow, kind: str) -> None:
    empty = flow.chain() if kind == "chain" else flow.group()
    result: Any = flow.add(1, 2, link=empty).apply_async()
    assert (result.get(timeout=RESULT_WITHIN_S), result.children) == (3, [])


@pytest.mark.parametrize("kind", ["chain", "group", "chord"])
def test_a_callback_of_a_workflow_is_called(flow: Flow, kind: str) -> None:
    task_id = uuid()
    callback = flow.s("canvas.collect", task_id=task_id)
    makers: Makers = {
        "chain": lambda: flow.chain(flow.add(1, 1), flow.add(1)),
        "group": lambda: flow.group(flow.add(1, 1), flow.add(2, 2)),
        "chord": lambda: flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum")),
    }
    workflow = makers[kind]()
    workflow.link(callback)
    workflow.apply_async()
    expected: Any = {"chain": [3], "group": [], "chord": [6]}[kind]
    assert flow.app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S) == expected


def test_priority_and_headers_of_a_workflow_reach_each_task(flow: Flow) -> None:
    workflow = flow.chain(flow.s("canvas.place"), flow.s("canvas.place")).set(
        priority=3, headers={"tenant": "shop"}
    )
    last: Any = workflow.apply_async()
    places = [last.get(timeout=RESULT_WITHIN_S), last.parent.get(timeout=RESULT_WITHIN_S)]
    assert [(place["priority"], place["headers"]) for place in places] == [(0, None), (3, {"tenant": "shop"})]
