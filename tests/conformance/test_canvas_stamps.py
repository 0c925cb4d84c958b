"""Stamps travel with every part of a workflow."""

from typing import Any

from celery import uuid

from .flows import Flow
from .workers import RESULT_WITHIN_S


def test_stamps_reach_every_task(flow: Flow) -> None:
    callback_id = uuid()
    single = flow.chain(flow.s("canvas.place"), flow.s("canvas.place"))
    single.stamp(tenant="shop")
    last = flow.run(single)
    assert [last["stamps"], last["args"][0]["stamps"]] == [{"tenant": "shop"}] * 2
    members = flow.group(
        flow.s("canvas.place"), flow.s("canvas.place", link=flow.s("canvas.place", task_id=callback_id))
    )
    members.stamp(tenant="shop")
    assert [place["stamped_headers"] for place in flow.run(members)] == [["tenant"]] * 2
    linked = flow.app.AsyncResult(callback_id).get(timeout=RESULT_WITHIN_S)
    assert linked["stamps"] == {"tenant": "shop"}


def test_stamps_of_a_chord_reach_its_header_and_body(flow: Flow) -> None:
    def made() -> Any:
        return flow.chord([flow.s("canvas.place"), flow.s("canvas.place")], flow.s("canvas.place"))

    stamped, visited = made(), made()
    stamped.stamp(tenant="shop")
    flow.stamp_by_visitor(visited, tenant="shop")
    for workflow, of_the_body in ((stamped, {}), (visited, {"tenant": "shop"})):
        body = flow.run(workflow)
        assert [place["stamps"] for place in body["args"][0]] == [{"tenant": "shop"}] * 2
        assert body["stamps"] == of_the_body


def test_stamps_outlive_a_retry(flow: Flow) -> None:
    task = flow.s("canvas.stamps_after_retry")
    task.stamp(tenant="shop")
    assert flow.run(task)["stamps"] == {"tenant": "shop"}


def test_the_stamps_of_a_callback_join_those_of_the_task_before_it(flow: Flow) -> None:
    callback_id = uuid()
    callback = flow.s("canvas.place", task_id=callback_id)
    callback.stamp(step="second")
    task = flow.add(1, 1, link=callback)
    task.stamp(tenant="shop")
    task.apply_async()
    place = flow.app.AsyncResult(callback_id).get(timeout=RESULT_WITHIN_S)
    assert place["stamps"] == {"tenant": "shop", "step": "second"}
