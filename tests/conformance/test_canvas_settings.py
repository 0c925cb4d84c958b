"""What settings and task options do to workflows."""

from typing import Any

from .flows import Flow
from .workers import RESULT_WITHIN_S, Kind, StartWorker


def test_task_inherit_parent_priority_reaches_the_next_task(
    kind: Kind, start: StartWorker, own_flows: tuple[Flow, Flow]
) -> None:
    start(kind, celery={"task_inherit_parent_priority": True})
    for flow in own_flows:
        last = flow.run(flow.chain(flow.s("canvas.place", priority=3), flow.s("canvas.place")))
        assert [last["priority"], last["args"][0]["priority"]] == [3, 3]


def test_a_priority_that_no_list_has_reaches_the_next_task_limited(
    kind: Kind, start: StartWorker, own_flows: tuple[Flow, Flow]
) -> None:
    start(kind, celery={"task_inherit_parent_priority": True})
    flow, _ = own_flows
    last = flow.run(flow.chain(flow.s("canvas.place", priority=20), flow.s("canvas.place")))
    assert [min(last["priority"], 9), last["args"][0]["priority"]] == [9, 20]


def test_the_next_task_does_not_inherit_the_priority_by_default(flow: Flow) -> None:
    last = flow.run(flow.chain(flow.s("canvas.place", priority=3), flow.s("canvas.place")))
    assert [last["priority"], last["args"][0]["priority"]] == [0, 3]


def test_a_part_whose_result_is_ignored_counts_all_the_same(flow: Flow) -> None:
    header = [flow.s("basic.forgotten"), flow.add(1, 1)]
    assert flow.run(flow.chord(header, flow.s("canvas.collect"))) == [["nobody asks", 2]]


def test_an_extended_result_says_what_ran_where(
    kind: Kind, start: StartWorker, own_flows: tuple[Flow, Flow]
) -> None:
    start(kind, celery={"result_extended": True})
    for flow in own_flows:
        result: Any = flow.chain(flow.add(1, 2), flow.add(10)).apply_async()
        assert result.get(timeout=RESULT_WITHIN_S) == 13
        assert [result.name, result.args, result.kwargs, result.queue, result.retries] == [
            "conformance.basic.add",
            [3, 10],
            {},
            "jobs",
            0,
        ]
        assert "@" in result.worker
        # Celery sends the next task of a chain before it stores the result of this one.
        result.parent.get(timeout=RESULT_WITHIN_S)
        assert [child.id for child in result.parent.children] == [result.id]
