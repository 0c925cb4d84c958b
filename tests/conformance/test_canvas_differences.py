"""Where workflows on a Node worker do more than on a Python worker: rows of the table of differences."""

from typing import Any

import pytest
from celery import Celery
from celery.exceptions import ChordError
from celery.exceptions import TimeoutError as CeleryTimeoutError

from tests.support.programs import Program

from .flows import QUEUES, Flow
from .ledger import Ledger
from .workers import RESULT_WITHIN_S, Kind, StartWorker, Target, wait_until_ready


@pytest.fixture
def py(flow_app: Celery) -> Flow:
    return Flow(flow_app, "py")


@pytest.fixture
def js(flow_app: Celery) -> Flow:
    return Flow(flow_app, "js")


@pytest.mark.difference("A chain as errback")
def test_a_chain_as_errback_runs_in_javascript_only(py: Flow, js: Flow, ledger: Ledger) -> None:
    failed: dict[str, Any] = {}
    for flow in (py, js):
        then = flow.si("work.note", [ledger.path, flow.kind])
        errback = flow.chain(flow.s("canvas.on_failed_id", ledger.path), then)
        failed[flow.kind] = flow.s("errors.fail", "no", link_error=errback).apply_async()
        failed[flow.kind].get(timeout=RESULT_WITHIN_S, propagate=False)

    ledger.wait_for("note")
    assert [entry.event for entry in ledger.entries()] == [failed["js"].id, "note"]
    assert ledger.labels("note") == ["js"]


@pytest.mark.difference("The priority of a chord's body in a chain")
def test_a_chord_body_keeps_its_priority_in_javascript_only(py: Flow, js: Flow) -> None:
    priorities = {}
    for flow in (py, js):
        chord = flow.chord([flow.add(1), flow.add(2)], flow.s("canvas.place", priority=3))
        priorities[flow.kind] = flow.run(flow.chain(flow.add(1, 1), chord))["priority"]

    assert priorities == {"py": 0, "js": 3}


@pytest.mark.difference("The rest of a chain after a failure whose result is ignored")
def test_steps_after_an_ignored_failure_fail_in_javascript_only(py: Flow, js: Flow) -> None:
    last: dict[str, Any] = {}
    for flow in (py, js):
        first = flow.s("errors.fail", "no", ignore_result=True)
        last[flow.kind] = flow.chain(first, flow.add(1)).apply_async()

    with pytest.raises(ValueError, match="no"):
        last["js"].get(timeout=RESULT_WITHIN_S)
    assert last["py"].state == "PENDING"


@pytest.mark.difference("A callback that is linked to a chord and to the chain that ends with it")
def test_a_callback_of_chord_and_chain_runs_twice_in_python_only(py: Flow, js: Flow, ledger: Ledger) -> None:
    for flow in (py, js):
        callback = flow.s("canvas.count", ledger.path, flow.kind)
        chord, other = flow.chord([flow.add(1), flow.add(2)], flow.s("canvas.tsum")), flow.group()
        chord.link(callback)
        workflow = flow.chain(flow.add(1, 1), chord, other)
        workflow.link(callback)
        flow.run(workflow)

    ledger.wait_for("ran", 2, label="py")
    ledger.wait_for("ran", 1, label="js")
    flow.run(js.add(1, 1))
    assert sorted(ledger.labels("ran")) == ["js", "py", "py"]


@pytest.mark.difference("`self.request` of a mapped task")
def test_a_mapped_task_has_a_request_in_javascript_only(py: Flow, js: Flow) -> None:
    ids, sent = {}, {}
    for flow in (py, js):
        result: Any = flow.map(flow.s("context.lineage"), [1]).set(queue=flow.queue).apply_async()
        [lineage] = result.get(timeout=RESULT_WITHIN_S)
        ids[flow.kind], sent[flow.kind] = lineage["id"], result.id

    assert ids == {"py": None, "js": sent["js"]}


@pytest.mark.difference("A task whose result is ignored, in a group within a chord's header")
def test_a_chord_that_waits_for_an_ignored_result_fails_but_in_stock_python(
    start: StartWorker, queue: Target
) -> None:
    flows = [Flow(queue.app, kind) for kind in ("py", "reliable", "js")]
    wait_until_ready([_start_with_one_slot(start, flow) for flow in flows])
    chords = {}
    for flow in flows:
        ignored = flow.si("basic.forgotten", ignore_result=True)
        inner = flow.chord([flow.add(1, 1)], flow.group(ignored, flow.si("basic.add", 1, 1)))
        chords[flow.kind] = flow.chord([flow.add(1, 1), inner], flow.s("canvas.collect")).apply_async()

    for kind in ("reliable", "js"):
        with pytest.raises(ChordError, match="Join error: TimeoutError"):
            chords[kind].get(timeout=RESULT_WITHIN_S)
    behind = {flow.kind: flow.add(1, 1).apply_async() for flow in flows}
    assert [behind[kind].get(timeout=RESULT_WITHIN_S) for kind in ("reliable", "js")] == [2, 2]
    with pytest.raises(CeleryTimeoutError):
        behind["py"].get(timeout=2)
    assert chords["py"].state == "PENDING"


def _start_with_one_slot(start: StartWorker, flow: Flow) -> Program:
    return start(
        Kind.NODE if flow.kind == "js" else Kind.PYTHON,
        queues=QUEUES[flow.kind][0],
        concurrency=1,
        celery={"result_chord_join_timeout": 0.5},
        reliable={} if flow.kind == "reliable" else None,
        wait=False,
    )
