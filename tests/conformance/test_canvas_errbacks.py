"""Errbacks are called once, wherever their workflow fails, after the failure is stored."""

from typing import Any

import pytest
from celery.exceptions import ChordError
from redis import Redis

from tests.support.waiting import wait_until

from .flows import Flow, Makers, for_node_workers, for_our_workers
from .ledger import Ledger
from .metas import stored_meta
from .workers import RESULT_WITHIN_S

REPLACEMENTS = ("a chord", "a group", "a chord whose body is a chain", "a chord whose body is a chord")
POSITIONS = ("alone", "first of a chain", "last of a chain", "before a group", "body of a chord")


def _error(flow: Flow, result: Any) -> Any:
    return flow.app.AsyncResult(result.id).get(timeout=RESULT_WITHIN_S, propagate=False)


def _fail(flow: Flow, message: str = "no", **options: Any) -> Any:
    return flow.si("errors.fail", message, **options)


def _failing(flow: Flow, shape: str) -> Any:
    """A workflow of which one task fails."""
    makers: Makers = {
        "a chord": lambda: flow.chord([_fail(flow)], flow.s("canvas.tsum")),
        "a group": lambda: flow.group(flow.si("basic.add", 1, 1), _fail(flow)),
        "a chord whose body is a chain": lambda: flow.chord(
            [_fail(flow)], flow.chain(flow.s("canvas.tsum"), flow.add(1))
        ),
        "a chord whose body is a chord": lambda: flow.chord(
            [_fail(flow)], flow.chord([flow.s("canvas.tsum"), flow.s("canvas.tsum")], flow.s("canvas.tsum"))
        ),
    }
    return makers[shape]()


def _placed(flow: Flow, task: Any, position: str) -> Any:
    """The task in a workflow whose other tasks succeed."""
    echo = "basic.echo"
    makers: Makers = {
        "alone": lambda: task,
        "first of a chain": lambda: flow.chain(task, flow.s(echo)),
        "last of a chain": lambda: flow.chain(flow.add(1, 1), task),
        "before a group": lambda: flow.chain(task, flow.group(flow.s(echo), flow.s(echo))),
        "body of a chord": lambda: flow.chord([flow.add(1, 1), flow.add(2, 2)], task),
    }
    return makers[position]()


def _calls(flow: Flow, ledger: Ledger, workflow: Any) -> int:
    """How often the errback of a run is called: another run has called its own by the time of the look."""
    for run in ("first", "second"):
        workflow.clone().apply_async(link_error=_note(flow, ledger, run))
        ledger.wait_for("note", label=run)
    return len(ledger.entries("note", "first"))


def _note(flow: Flow, ledger: Ledger, label: str) -> Any:
    """An errback."""
    return flow.si("work.note", [ledger.path, label])


@pytest.mark.difference("Errbacks of a chord's body that is a chain or a chord")
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("shape", REPLACEMENTS)
@for_our_workers
def test_an_errback_of_a_replaced_task_is_called_once(
    flow: Flow, ledger: Ledger, shape: str, position: str
) -> None:
    replaced = flow.si("canvas.replace", dict(_failing(flow, shape)))
    assert _calls(flow, ledger, _placed(flow, replaced, position)) == 1


@pytest.mark.parametrize("shape", REPLACEMENTS)
@for_node_workers
def test_an_errback_of_a_chord_is_called_once_for_a_replaced_part(
    flow: Flow, ledger: Ledger, shape: str
) -> None:
    replaced = flow.si("canvas.replace", dict(_failing(flow, shape)))
    workflow = flow.chord([replaced, flow.add(2, 2)], flow.s("canvas.collect"))
    assert _calls(flow, ledger, workflow) == 1


@pytest.mark.parametrize(
    "shape",
    [
        "chain",
        "chain in a group",
        "chord and a task",
        "chord and a chain",
        "chord",
        "chain in a chord",
        "group and a task",
    ],
)
@for_our_workers
def test_an_errback_of_the_first_task_of_a_body_is_called(flow: Flow, ledger: Ledger, shape: str) -> None:
    body = flow.s("canvas.tsum").on_error(flow.s("canvas.on_failed_id", ledger.path))
    steps, total = flow.chain(body, flow.add(1)), flow.s("canvas.tsum")
    makers: Makers = {
        "chain": lambda: flow.chord([_fail(flow)], steps),
        "chain in a group": lambda: flow.chord([_fail(flow)], flow.group(steps, flow.s("canvas.tsum"))),
        "chord and a task": lambda: flow.chord([_fail(flow)], body) | flow.add(1),
        "chord and a chain": lambda: flow.chord(
            [_fail(flow)], flow.chain(flow.chord([body], total), flow.chain(flow.add(1), flow.add(1)))
        ),
        "chord": lambda: flow.chord([_fail(flow)], flow.chord([body, flow.s("canvas.tsum")], total)),
        "chain in a chord": lambda: flow.chord(
            [_fail(flow)], flow.chord([steps, flow.s("canvas.tsum")], total)
        ),
        "group and a task": lambda: (
            flow.chord([_fail(flow)], flow.group(body, flow.s("canvas.tsum"))) | total
        ),
    }
    makers[shape]().apply_async()
    [failed] = wait_until(ledger.entries, RESULT_WITHIN_S, "a call of the errback")
    error = flow.app.AsyncResult(failed.event).get(timeout=RESULT_WITHIN_S, propagate=False)
    assert isinstance(error, ChordError if shape in ("chain", "chord and a task") else ValueError)


@for_our_workers
def test_an_errback_that_a_header_shares_is_called_once(flow: Flow, ledger: Ledger) -> None:
    """The group is the body of a chord that fails, and with the task after it the header of another."""
    for run in ("first", "second"):
        failing = flow.chord([_fail(flow)], flow.group(flow.s("canvas.tsum"), flow.s("canvas.tsum")))
        failing.link_error(_note(flow, ledger, run))
        flow.chain(failing, flow.s("canvas.collect")).apply_async()
        ledger.wait_for("note", label=run)
    assert len(ledger.entries("note", "first")) == 1


@for_our_workers
def test_a_chord_that_never_ran_shares_no_errback_with_its_header(flow: Flow, ledger: Ledger) -> None:
    """Celery links a chord's errback to chords in its header, and to each task of a group as its body."""
    total = "canvas.tsum"
    for run in ("first", "second", "third"):
        nested = flow.chord([flow.add(1, 1)], flow.s(total))
        body = flow.chord([nested, flow.add(1, 1)], flow.group(flow.s(total), flow.s(total)))
        body.link_error(_note(flow, ledger, run))
        flow.chord([_fail(flow)], body).apply_async()
        ledger.wait_for("note", 2, label=run)
    assert [len(ledger.entries("note", run)) for run in ("first", "second")] == [2, 2]


@pytest.mark.parametrize("position", ["second", "middle", "last", "in a header"])
@for_our_workers
def test_an_errback_of_a_step_whose_arguments_do_not_fit_is_called_once(
    flow: Flow, ledger: Ledger, position: str
) -> None:
    """The worker that would send the step knows its parameters, and refuses to send it."""
    echo = "basic.echo"
    makers: Makers = {
        "second": lambda: flow.chain(flow.add(1, 1), flow.add(1, 1)),
        "middle": lambda: flow.chain(
            flow.add(1, 1), flow.s(echo), flow.add(1, 1), flow.s(echo), flow.s(echo)
        ),
        "last": lambda: flow.chain(flow.add(1, 1), flow.chain(flow.s(echo), flow.add(1, 1))),
        "in a header": lambda: flow.chord(
            [flow.chain(flow.add(1, 1), flow.add(1, 1), flow.s(echo)), flow.add(1, 1)], flow.s(echo)
        ),
    }
    assert _calls(flow, ledger, makers[position]()) == 1


@pytest.mark.difference("Errbacks of a task that is replaced by a chord with a group as body")
@for_our_workers
def test_an_errback_is_called_for_each_body_task_in_python_only(flow: Flow, ledger: Ledger) -> None:
    body = flow.group(flow.s("canvas.tsum"), flow.s("canvas.tsum"))
    replaced = flow.si("canvas.replace", dict(flow.chord([_fail(flow)], body)))
    if flow.kind == "js":
        assert _calls(flow, ledger, replaced) == 1
    else:
        replaced.apply_async(link_error=_note(flow, ledger, "failed"))
        assert len(ledger.wait_for("note", 2)) == 2


@for_node_workers
def test_an_errback_of_nested_chords_is_called_once(flow: Flow, ledger: Ledger) -> None:
    """Also where the inner one fails before the client has sent all of the outer one."""
    errback, errors = _note(flow, ledger, "failed"), []
    for width in range(0, 40, 2):
        inner = flow.chord([flow.add(1, 1), _fail(flow)], flow.s("canvas.tsum"))
        workflow: Any = flow.chord([inner, *(flow.add(2, 2) for _ in range(width))], flow.s("canvas.collect"))
        workflow.link_error(errback)
        errors.append(_error(flow, workflow.apply_async()))

    assert {str(error).count("ChordError") for error in errors} == {1}
    assert len(ledger.wait_for("note", 20)) == 20, "once for each"


@pytest.mark.difference("A task of a header that replaces itself by a chord")
@pytest.mark.parametrize("shape", ["chain", "group"])
@for_node_workers
def test_a_part_that_is_a_chord_counts_whatever_its_body_is(flow: Flow, shape: str) -> None:
    total = flow.s("canvas.tsum")
    body: Any = (
        flow.chain(total, flow.add(1)) if shape == "chain" else flow.group(total, flow.s("canvas.tsum"))
    )
    replaced = flow.s("canvas.replace", dict(flow.chord([flow.add(1, 1), flow.add(2, 2)], body)))
    [results] = flow.run(flow.chord([replaced, flow.add(5, 5)], flow.s("canvas.collect")))
    assert results == [7 if shape == "chain" else [6, 6], 10]


def test_an_errback_is_a_child_of_the_body_that_failed(flow: Flow, ledger: Ledger) -> None:
    body = flow.s("canvas.tsum").on_error(flow.s("canvas.on_failed_id", ledger.path))
    result: Any = flow.chord([flow.add(1, 2), flow.add(3, 4), _fail(flow)], body).apply_async()
    assert isinstance(_error(flow, result), ChordError)
    wait_until(lambda: result.children, 30, "the children of the body")
    [children] = result.children
    [errback] = children.children
    assert errback.get(timeout=RESULT_WITHIN_S) is None
    assert len(ledger.entries(result.id)) == 1


def test_a_group_as_body_fails_with_the_join_error(flow: Flow) -> None:
    nested = flow.chain(flow.add(1, 1), flow.group(_fail(flow), flow.add(1)))
    body = flow.group(flow.s("canvas.tsum"), flow.s("canvas.collect"))
    result: Any = flow.chord([nested, flow.add(2, 2)], body).apply_async()
    errors = [_error(flow, member) for member in result.results]
    assert [(type(error), str(error)) for error in errors] == [
        (ChordError, "Join error: ValueError('no')")
    ] * 2


@for_node_workers
def test_a_join_error_names_the_first_part_of_the_header(flow: Flow) -> None:
    """Of several parts that have failed, a Python worker names any."""
    late, early = _fail(flow, "first", countdown=0.5), _fail(flow, "second")
    nested = flow.chain(flow.add(1, 1), flow.group(flow.add(1), flow.add(2)))
    result: Any = flow.chord([late, early, nested], flow.s("canvas.collect")).apply_async()
    assert str(_error(flow, result)) == "Join error: ValueError('first')"


def test_a_step_that_never_ran_is_stored_as_celery_stores_it(flow: Flow, flow_redis: Redis) -> None:
    result: Any = flow.chord(
        [flow.chain(_fail(flow), flow.add(1)), flow.add(1, 1)], flow.s("canvas.tsum")
    ).apply_async()
    assert isinstance(_error(flow, result), ChordError)
    step = result.parent.results[0]
    never_ran, body = stored_meta(flow_redis, step.id), stored_meta(flow_redis, result.id)
    keys = ["status", "result", "traceback", "children", "date_done"]
    assert [*never_ran] == [*keys, "group_id", "task_id"]
    assert [*body] == [*keys, "task_id"]
    assert [type(meta["traceback"]) for meta in (never_ran, body)] == [str, str]
    assert never_ran["group_id"] == result.parent.id


@pytest.mark.difference("A group at the end of a chain that fails")
@for_node_workers
def test_a_group_ending_a_failed_chain_fails_in_javascript_only(flow: Flow) -> None:
    """A Python worker leaves it, and a chord around it, waiting."""
    failing = flow.chain(_fail(flow), flow.group(flow.add(1), flow.add(2)))
    result: Any = failing.apply_async()
    assert [type(_error(flow, member)) for member in result.results] == [ValueError, ValueError]
    around: Any = flow.chord([failing.clone(), flow.add(1, 1)], flow.s("canvas.collect")).apply_async()
    assert isinstance(_error(flow, around), ChordError)


@pytest.mark.difference("A group in a chord's header, or in a group after a task")
def test_a_python_client_reverses_a_group_in_a_header(flow: Flow) -> None:
    """A JavaScript client keeps it as it is written, for workers of either language."""
    header = [flow.group(flow.add(1, 1), flow.add(2, 2)), flow.add(3, 3)]
    in_group = [2, 4] if flow.js else [4, 2]
    assert flow.run(flow.chord(header, flow.s("canvas.collect"))) == [[*in_group, 6]]


@pytest.mark.difference("The order of storing a state and reporting it")
@for_node_workers
def test_a_callback_finds_the_result_stored_in_javascript_only(flow: Flow) -> None:
    """A Python worker stores it when the next task is on its way: it may find nothing."""
    state = flow.s("context.state_of_parent")
    assert [flow.run(flow.chain(flow.add(1, 1), state.clone())) for _ in range(10)] == ["SUCCESS"] * 10
