"""Built-in tasks of workflows, and what clients do with the results of workflows."""

from typing import Any

import pytest
from celery.result import GroupResult, result_from_tuple

from .flows import Flow
from .workers import RESULT_WITHIN_S


@pytest.mark.parametrize("method", ["map", "starmap"])
def test_one_message_runs_a_task_with_many_arguments(flow: Flow, method: str) -> None:
    queue = flow.queue
    task: Any = flow.s("basic.echo") if method == "map" else flow.add()
    if method == "map":
        workflow: Any = flow.map(task, [1, 2, 3])
        expected = [1, 2, 3]
    else:
        workflow = flow.starmap(task, [(1, 1), (2, 2)])
        expected = [2, 4]
    assert workflow.set(queue=queue).apply_async().get(timeout=RESULT_WITHIN_S) == expected


def test_chunks_are_a_group_of_lists(flow: Flow) -> None:
    task: Any = flow.add()
    workflow = flow.chunks(task, zip(range(5), range(5), strict=True), 2)
    result: Any = workflow.apply_async(queue=flow.queue)
    assert result.get(timeout=RESULT_WITHIN_S) == [[0, 2], [4, 6], [8]]


def test_chunks_in_a_chain_are_made_by_the_worker(flow: Flow) -> None:
    task: Any = flow.add()
    inner = flow.chunks(task, [(1, 1), (2, 2), (3, 3)], 2).set(queue=flow.queue)
    made = flow.run(flow.chain(flow.add(1, 1), inner))
    assert [len(made), len(made[1])] == [2, 2]


def test_accumulate_gives_all_its_arguments_or_one(flow: Flow) -> None:
    accumulate = flow.named("celery.accumulate", 1, 2, 3, queue=flow.queue)
    assert flow.run(accumulate) == [1, 2, 3]
    assert flow.run(accumulate.clone(kwargs={"index": 1})) == 2


def test_a_group_result_is_saved_and_restored(flow: Flow) -> None:
    result: Any = flow.group(flow.add(1, 1), flow.add(2, 2)).apply_async()
    result.save()
    restored = GroupResult.restore(result.id, app=flow.app)
    assert restored is not None
    assert restored.join(timeout=RESULT_WITHIN_S) == [2, 4]
    assert [restored.successful(), restored.failed(), restored.completed_count()] == [True, False, 2]
    restored.delete()
    assert GroupResult.restore(result.id, app=flow.app) is None


def test_the_results_of_a_group_come_as_its_tasks_end(flow: Flow) -> None:
    result: Any = flow.group(flow.add(1, 1), flow.add(2, 2)).apply_async()
    ids = [child.id for child in result]
    metas = dict(result.iter_native(timeout=RESULT_WITHIN_S))
    assert [metas[task_id]["result"] for task_id in ids] == [2, 4]


def test_a_returned_result_is_rebuilt_from_its_tuple(flow: Flow) -> None:
    workflow = flow.chord([flow.add(1, 1), flow.add(2, 2)], flow.s("canvas.tsum"))
    result: Any = result_from_tuple(flow.run(flow.s("canvas.apply", dict(workflow))), app=flow.app)
    assert result.get(timeout=RESULT_WITHIN_S) == 6
    assert result.parent.get(timeout=RESULT_WITHIN_S) == [2, 4]


def test_a_forgotten_result_does_not_exist(flow: Flow) -> None:
    result: Any = flow.add(1, 1).apply_async()
    result.get(timeout=RESULT_WITHIN_S)
    assert result.exists()
    result.forget()
    forgotten: Any = flow.app.AsyncResult(result.id)
    assert not forgotten.exists()


def test_collect_follows_the_children(flow: Flow) -> None:
    inner = flow.group(flow.add(1, 1), flow.add(2, 2))
    result: Any = flow.s("canvas.apply", dict(inner)).apply_async()
    result.get(timeout=RESULT_WITHIN_S)
    [child] = result.children
    child.get(timeout=RESULT_WITHIN_S)
    values = [value for _, value in result.collect()]
    assert values[1:] == [[2, 4], 2, 4]
