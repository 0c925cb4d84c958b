"""Failures in workflows, and who learns of them."""

from typing import Any

import pytest
from celery import uuid
from celery.exceptions import ChordError
from redis import Redis

from .flows import Flow, Makers, Settle, for_node_workers, for_our_workers
from .ledger import Ledger
from .workers import RESULT_WITHIN_S

FAILS = ("task", "chain", "group", "chord header", "chord body")


def _error(flow: Flow, task_id: str) -> Any:
    return flow.app.AsyncResult(task_id).get(timeout=RESULT_WITHIN_S, propagate=False)


def _failing(flow: Flow, where: str) -> tuple[Any, list[str]]:
    """A workflow, and the ids of the tasks that raise an error themselves."""
    task_id = uuid()
    fail = flow.si("errors.fail", "no", task_id=task_id)
    makers: Makers = {
        "task": lambda: fail,
        "chain": lambda: flow.chain(flow.add(1, 1), fail, flow.add(1)),
        "group": lambda: flow.group(flow.add(1, 1), fail),
        "chord header": lambda: flow.chord([flow.add(1, 1), fail], flow.s("canvas.tsum")),
        "chord body": lambda: flow.chord([flow.add(1, 1), flow.add(2, 2)], fail),
    }
    workflow = makers[where]()
    return workflow, [task_id]


def test_a_failed_part_fails_the_body_with_a_chord_error_naming_it(
    flow: Flow, ledger: Ledger, settle: Settle
) -> None:
    task_id, queue = uuid(), flow.queue
    header = [flow.add(1, 1), flow.s("errors.fail", "no", task_id=task_id), flow.add(2, 2)]
    body = flow.s("canvas.count", ledger.path, "body", queue=queue)
    error = _error(flow, flow.chord(header, body).apply_async().id)
    assert isinstance(error, ChordError)
    assert str(error) == f"Dependency {task_id} raised ValueError('no')"

    settle(flow, queue)
    assert ledger.entries() == []


def test_what_comes_after_a_failed_chord_fails_too(flow: Flow) -> None:
    workflow = flow.chain(
        flow.group(flow.add(1, 1), flow.s("errors.fail", "no")), flow.s("canvas.tsum"), flow.add(1)
    )
    assert isinstance(_error(flow, workflow.apply_async().id), ChordError)


def test_a_failing_step_before_a_chord_fails_its_body(flow: Flow) -> None:
    steps = [flow.s("errors.fail", "no"), flow.group(flow.add(1), flow.add(2)), flow.s("canvas.collect")]
    error = _error(flow, flow.chain(*steps).apply_async().id)
    assert isinstance(error, ValueError)


def test_a_failing_chain_in_a_header_fails_the_body(flow: Flow) -> None:
    header = [flow.chain(flow.si("errors.fail", "no"), flow.si("basic.add", 1, 1)), flow.add(2, 2)]
    result: Any = flow.chord(header, flow.s("canvas.tsum")).apply_async()
    error = _error(flow, result.id)
    assert isinstance(error, ChordError)
    assert str(error).endswith("raised ValueError('no')")


def test_a_group_as_body_fails_with_what_the_part_failed_with(flow: Flow) -> None:
    ids = [uuid(), uuid()]
    body = flow.group(flow.s("canvas.tsum", task_id=ids[0]), flow.s("canvas.collect", task_id=ids[1]))
    flow.chord([flow.add(1, 1), flow.s("errors.fail", "no")], body).apply_async()
    assert [type(_error(flow, task_id)) for task_id in ids] == [ValueError, ValueError]


def test_a_failing_task_of_a_nested_group_fails_the_body(flow: Flow) -> None:
    inner = flow.chain(flow.add(2, 2), flow.group(flow.add(10), flow.si("errors.fail", "no")))
    result: Any = flow.chord([flow.add(1, 1), inner], flow.s("canvas.collect")).apply_async()
    error = _error(flow, result.id)
    assert isinstance(error, ChordError)
    assert str(error) == "Join error: ValueError('no')"


def test_a_part_that_expired_fails_the_body(flow: Flow) -> None:
    header = [flow.add(1, 1), flow.add(2, 2, expires=-1)]
    error = _error(flow, flow.chord(header, flow.s("canvas.tsum")).apply_async().id)
    assert isinstance(error, ChordError)
    assert "TaskRevokedError" in str(error)


@pytest.mark.parametrize("where", FAILS)
def test_an_errback_with_one_argument_is_sent_with_the_failed_id(
    flow: Flow, where: str, ledger: Ledger
) -> None:
    workflow, ids = _failing(flow, where)
    workflow.link_error(flow.s("canvas.on_failed_id", ledger.path))
    result: Any = workflow.apply_async()
    expected = [result.id] if where == "chord header" else ids
    for task_id in expected:
        # The signature holds the second argument: the id alone comes from the worker.
        assert ledger.wait_for(task_id)[0].label == "sent"


@pytest.mark.parametrize("where", FAILS)
def test_an_errback_that_takes_more_is_called_in_the_worker(flow: Flow, where: str, ledger: Ledger) -> None:
    workflow, ids = _failing(flow, where)
    workflow.link_error(flow.s("canvas.on_failure", ledger.path))
    result: Any = workflow.apply_async()
    task_id = result.id if where == "chord header" else ids[0]
    [entry, *_] = ledger.wait_for(task_id)
    error = "ChordError" if where == "chord header" else "ValueError"
    assert entry.label.startswith(f"{error}: ")
    # A body that never ran has no traceback.
    assert entry.label.endswith("(traceback)") == (where != "chord header")


def test_a_failing_errback_does_not_prevent_storing_the_failure(flow: Flow) -> None:
    errback = flow.s("canvas.on_failure", "/does/not/exist/ledger")
    result: Any = flow.s("errors.fail", "no", link_error=errback).apply_async()
    assert isinstance(_error(flow, result.id), ValueError)


@pytest.mark.difference("A chord that fails in the header of another chord")
@pytest.mark.parametrize("shape", ["task", "chain"])
@for_node_workers
def test_a_failed_inner_chord_fails_the_outer_in_javascript_only(flow: Flow, shape: str) -> None:
    """A Python worker leaves the outer chord waiting."""
    body: Any = flow.s("canvas.tsum") if shape == "task" else flow.chain(flow.s("canvas.tsum"), flow.add(1))
    inner = flow.chord([flow.add(1, 1), flow.si("errors.fail", "no")], body)
    error = _error(flow, flow.chord([inner, flow.add(2, 2)], flow.s("canvas.collect")).apply_async().id)
    assert isinstance(error, ChordError)
    assert "raised ChordError" in str(error)


@pytest.mark.difference("Errbacks of a chord's body that is a chain or a chord")
@for_node_workers
def test_a_failed_step_fails_the_first_task_of_a_body_in_javascript_only(flow: Flow) -> None:
    """A Python worker leaves it pending."""
    first, last = flow.add(1, task_id=uuid()), flow.add(1)
    chord = flow.chord([flow.add(1, 1)], flow.chain(first, last))
    result: Any = flow.chain(flow.si("errors.fail", "no"), chord).apply_async()
    assert isinstance(_error(flow, result.id), ValueError)
    assert isinstance(_error(flow, first["options"]["task_id"]), ValueError)


@pytest.mark.difference("A task that is not registered")
@for_our_workers
@pytest.mark.parametrize("place", ["part", "first of a chain", "compressed"])
def test_an_unregistered_part_fails_its_chord_but_in_stock_python(
    flow: Flow, ledger: Ledger, place: str
) -> None:
    """A stock Python worker leaves the chord waiting."""
    options = {"task_id": uuid(), **({"compression": "gzip"} if place == "compressed" else {})}
    unknown = flow.s("canvas.unknown", link_error=flow.s("canvas.on_failure", ledger.path), **options)
    part = flow.chain(unknown, flow.add(1)) if place == "first of a chain" else unknown
    error = _error(flow, flow.chord([flow.add(1, 1), part], flow.s("canvas.tsum")).apply_async().id)
    assert isinstance(error, ChordError)
    assert "'conformance.canvas.unknown'" in str(error)
    [called] = ledger.wait_for(options["task_id"])
    assert called.label.startswith("NotRegistered:")


def test_a_rejected_part_fails_its_chord(flow: Flow) -> None:
    error = _error(
        flow, flow.chord([flow.add(1, 1), flow.s("canvas.reject")], flow.s("canvas.tsum")).apply_async().id
    )
    assert isinstance(error, ChordError)


def test_task_allow_error_cb_on_chord_header_calls_header_errbacks(flow: Flow, ledger: Ledger) -> None:
    task_id = uuid()
    with flow.setting(task_allow_error_cb_on_chord_header=True):
        workflow = flow.chord(
            [flow.si("errors.fail", "no", task_id=task_id), flow.add(1, 1)], flow.s("canvas.tsum")
        )
        workflow.link_error(flow.si("work.note", [ledger.path, "called"]))
    workflow.apply_async()
    assert len(ledger.wait_for("note", 2)) == 2, "the failed part's and the body's"


def test_an_errback_on_the_header_gets_the_failed_part(flow: Flow, ledger: Ledger) -> None:
    ids = [uuid(), uuid()]
    with flow.setting(task_allow_error_cb_on_chord_header=True):
        header = [flow.si("errors.fail", "no", task_id=ids[0]), flow.add(1, 1)]
        workflow = flow.chord(header, flow.s("canvas.tsum", task_id=ids[1]))
        workflow.link_error(flow.s("canvas.on_failed_id", ledger.path))
        workflow.link_error(flow.s("canvas.on_failure", ledger.path))
    workflow.apply_async()

    for task_id, error in zip(ids, ("ValueError: no", "ChordError: "), strict=True):
        sent, called = sorted(ledger.wait_for(task_id, 2), key=lambda entry: entry.label != "sent")
        assert (sent.label, called.label[: len(error)]) == ("sent", error)
    assert isinstance(_error(flow, ids[0]), ValueError), "an errback that fails would be stored in its place"


@pytest.mark.parametrize("returns", ["a result", "the result of a group"])
@pytest.mark.parametrize("goes_on", ["chain", "callback"])
def test_a_result_that_cannot_be_passed_on_fails_both_tasks(flow: Flow, returns: str, goes_on: str) -> None:
    """Celery stores it, but has no words for it in a message."""
    sent = flow.add(1, 1) if returns == "a result" else flow.group(flow.add(1, 1), flow.add(2, 2))
    first, following = flow.si("canvas.apply", dict(sent)), flow.s("canvas.collect", task_id=uuid())
    if goes_on == "chain":
        last = flow.chain(first, following).apply_async()
        failed = [last.parent.id, last.id]
    else:
        first.link(following)
        failed = [first.apply_async().id]

    assert [type(_error(flow, task_id)).__name__ for task_id in failed] == ["EncodeError"] * len(failed)


def test_an_immutable_step_follows_a_result_that_cannot_be_passed_on(flow: Flow) -> None:
    first = flow.si("canvas.apply", dict(flow.add(1, 1)))
    assert flow.run(flow.chain(first, flow.si("basic.add", 10, 20))) == 30


def test_a_late_copy_of_a_part_does_not_send_a_failed_chords_body(
    flow: Flow, flow_redis: Redis, ledger: Ledger, settle: Settle
) -> None:
    body_id, ids = uuid(), [uuid(), uuid()]
    group_id, queue = uuid(), flow.queue
    flow_redis.set(f"celery-taskset-meta-{group_id}.s", 2, ex=600)
    body = flow.s("canvas.count", ledger.path, "body", task_id=body_id, queue=queue)
    place = {"group_id": group_id, "chord": body}
    flow.s("errors.fail", "no", task_id=ids[0], group_index=0, **place).apply_async()
    part = flow.s("canvas.count", 2, ledger.path, "part", task_id=ids[1], group_index=1, **place)
    part.apply_async().get(timeout=RESULT_WITHIN_S)
    assert isinstance(_error(flow, body_id), ChordError)
    stored: Any = flow_redis.get(f"celery-task-meta-{body_id}")

    part.apply_async()
    ledger.wait_for("ran", 2, label="part")

    settle(flow, queue)
    assert flow_redis.get(f"celery-task-meta-{body_id}") == stored
    assert ledger.labels("ran") == ["part", "part"]
