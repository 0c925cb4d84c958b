"""What monitors are told: Celery's events, with Celery's fields, whatever the worker is written in."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu.utils.uuid import uuid

from scripts.paths import ROOT, VENV_PYTHON
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .events import EVENT_KINDS, WITHIN_S, Event, Monitor, Watched, start_telling
from .ledger import Ledger
from .test_js_client import run_js
from .workers import Target, client_for, close_client

# Until that many have answered.
ALL_ANSWER: dict[str, Any] = {"reply": True, "limit": len(EVENT_KINDS), "timeout": 5}
# What Celery says of the next heartbeat when it is asked for one.
ANSWERED_FREQ_S = 5
RECEIVER = Path(__file__).with_name("js_receiver.mjs")

# What each field holds: `local_received` is the receiver's.
COMMON = {
    **{"type": "text", "hostname": "text", "utcoffset": "number", "pid": "number", "clock": "number"},
    **{"timestamp": "number", "local_received": "number"},
}
TASK = COMMON | {"uuid": "text"}
CALL = TASK | {
    **{"name": "text", "args": "text", "kwargs": "text", "root_id": "text", "parent_id": "none"},
    **{"retries": "number", "eta": "none", "expires": "none"},
}
SOFTWARE = COMMON | {"freq": "number", "sw_ident": "text", "sw_ver": "text", "sw_sys": "text"}
FIELDS = {
    "task-sent": CALL | {"queue": "text", "exchange": "text", "routing_key": "text"},
    "task-received": CALL,
    "task-started": TASK,
    "task-succeeded": TASK | {"result": "text", "runtime": "number"},
    "task-failed": TASK | {"exception": "text", "traceback": "text"},
    "task-rejected": TASK | {"requeue": "bool"},
    "task-revoked": TASK | {"terminated": "bool", "signum": "none", "expired": "bool"},
    "task-retried": TASK | {"exception": "text", "traceback": "text"},
    "worker-online": SOFTWARE | {"active": "number", "processed": "number", "loadavg": "numbers"},
}
FIELDS["worker-heartbeat"] = FIELDS["worker-offline"] = FIELDS["worker-online"]


def shape(event: Event) -> dict[str, str]:
    """The fields of an event, and what kind of value each holds."""
    return {name: _kind(value) for name, value in event.items()}


def _kind(value: Any) -> str:
    if isinstance(value, list) and all(_kind(item) == "number" for item in value):
        return "numbers"
    kinds = {bool: "bool", int: "number", float: "number", str: "text", type(None): "none"}
    return kinds.get(type(value), type(value).__name__)


def assert_shapes(events: list[Event], **others: str) -> None:
    """All of them have Celery's fields, with Celery's kinds of values but for `others`."""
    for event in events:
        fields = FIELDS[event["type"]]
        assert shape(event) == fields | {name: kind for name, kind in others.items() if name in fields}


def test_a_success_is_told_of_when_it_is_received_started_and_done(watched: Watched) -> None:
    types = ["task-received", "task-started", "task-succeeded"]
    received, started, succeeded = events = watched.course("basic.add", 1, 2, types=types)
    assert_shapes(events)
    assert [received["name"], received["args"], received["kwargs"]] == [
        "conformance.basic.add",
        "(1, 2)",
        "{}",
    ]
    assert [received["root_id"], received["retries"]] == [received["uuid"], 0]
    assert succeeded["result"] == "3"
    assert 0 <= succeeded["runtime"] < 10
    assert len({(event["hostname"], event["pid"]) for event in events}) == 1
    assert received["timestamp"] <= started["timestamp"] <= succeeded["timestamp"]


def test_whoever_hears_of_a_success_finds_its_result(watched: Watched) -> None:
    result = watched.target.send("basic.echo", ("here",))
    watched.monitor.wait_for("task-succeeded", uuid=result.id)
    assert result.result == "here"


def test_a_failure_is_told_of_with_its_error_and_traceback(watched: Watched) -> None:
    types = ["task-received", "task-started", "task-failed"]
    events = watched.course("errors.refuse", 402, "no money", types=types)
    assert_shapes(events)
    assert events[-1]["exception"] == "GatewayError(402, 'no money')"
    assert "refuse" in events[-1]["traceback"]


def test_a_retry_is_told_of_with_its_reason_and_sent_anew(watched: Watched) -> None:
    result = watched.target.send("retries.retry_until", (1,))
    watched.monitor.wait_for("task-succeeded", uuid=result.id)
    events = [event for event in watched.monitor.of(result.id) if event["type"] != "task-received"]
    assert [event["type"] for event in events] == [
        *("task-started", "task-retried"),
        *("task-started", "task-succeeded"),
    ]
    assert_shapes(events)
    assert events[1]["exception"] == "ConnectionError('attempt 0')"
    # The worker tells of its sending, and when it has the retry, as any other task.
    retries = [
        event for event in watched.monitor.events if event.get("retries") and event["uuid"] == result.id
    ]
    assert sorted(event["type"] for event in retries) == ["task-received", "task-sent"]
    assert all(event["eta"] for event in retries)


def test_a_rejection_is_told_of_as_a_failure_too(watched: Watched, ledger: Ledger) -> None:
    types = ["task-received", "task-started", "task-failed", "task-rejected"]
    events = watched.course("hooks.observed", ledger.path, "reject", "", types=types)
    assert_shapes(events)
    assert [events[2]["exception"], events[3]["requeue"]] == ["reject requeue=False: not here", False]


def test_a_message_that_is_put_back_is_told_of_as_rejected_and_received_again(
    watched: Watched, ledger: Ledger
) -> None:
    types = [
        "task-received",
        "task-started",
        "task-rejected",
        "task-received",
        "task-started",
        "task-succeeded",
    ]
    events = watched.course("outcomes.reject_once", ledger.path, types=types)
    assert_shapes(events)
    assert events[2]["requeue"] is True


def test_a_failure_that_is_not_acknowledged_is_told_of_as_rejected_too(
    watched: Watched, ledger: Ledger
) -> None:
    types = ["task-received", "task-started", "task-rejected", "task-failed"]
    assert_shapes(watched.course("outcomes.fail_unacknowledged", ledger.path, types=types))


def test_an_expired_task_is_told_of_as_revoked_alone(watched: Watched) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    [revoked] = watched.course("basic.add", 1, 2, types=["task-revoked"], expires=past)
    assert_shapes([revoked])
    assert [revoked["terminated"], revoked["signum"], revoked["expired"]] == [False, None, True]


def test_a_revoked_task_is_told_of(watched: Watched) -> None:
    revoked = watched.target.send("basic.add", (1, 2), countdown=0.8)
    watched.monitor.wait_for("task-received", uuid=revoked.id)
    revoked.revoke()
    event = watched.monitor.wait_for("task-revoked", uuid=revoked.id)
    assert_shapes([event])
    assert [event["terminated"], event["expired"]] == [False, False]
    assert [event["type"] for event in watched.monitor.of(revoked.id)] == ["task-received", "task-revoked"]


def test_a_terminated_task_is_told_of_with_the_signal(watched: Watched, tmp_path: Path) -> None:
    running = watched.target.send("outcomes.tracked", (str(tmp_path / "gate"),))
    watched.monitor.wait_for("task-started", uuid=running.id)
    running.revoke(terminate=True, signal="SIGTERM")
    event = watched.monitor.wait_for("task-revoked", uuid=running.id)
    assert_shapes([event], signum="number")
    assert [event["terminated"], event["signum"], event["expired"]] == [True, 15, False]


def test_a_task_with_an_eta_is_told_of_when_it_is_received_and_when_it_starts(watched: Watched) -> None:
    types = ["task-received", "task-started", "task-succeeded"]
    eta = datetime.now(UTC) + timedelta(seconds=0.5)
    received, started, _ = watched.course("basic.add", 1, 2, types=types, eta=eta, expires=60)
    assert_shapes([received], eta="text", expires="text")
    assert datetime.fromisoformat(received["eta"]) == eta
    assert received["timestamp"] < eta.timestamp() <= started["timestamp"] + 0.01


def test_a_task_that_nobody_knows_is_told_of_as_failed_without_a_traceback(watched: Watched) -> None:
    [failed] = watched.course("events.no_such_task", types=["task-failed"])
    assert shape(failed) == TASK | {"exception": "text"}
    assert failed["exception"] == "NotRegistered('conformance.events.no_such_task')"


def test_a_task_that_sends_no_events_is_not_told_of(watched: Watched) -> None:
    quiet = watched.target.send("events.quiet")
    assert quiet.get(timeout=WITHIN_S) == "quiet"
    later = watched.target.send("basic.add", (1, 2))
    watched.monitor.wait_for("task-succeeded", uuid=later.id)
    assert watched.monitor.of(quiet.id) == []


def test_a_task_in_a_workflow_is_told_of_with_its_family(watched: Watched) -> None:
    first = watched.target.signature("basic.add", (1, 2), task_id=uuid())
    last = watched.target.signature("basic.add", (3,), task_id=uuid())
    (first | last).apply_async()
    received = watched.monitor.wait_for("task-received", uuid=last.id)
    assert_shapes([received], parent_id="text")
    assert [received["root_id"], received["parent_id"]] == [first.id, first.id]


def test_a_worker_tells_that_it_is_there_and_what_it_has_to_do(watched: Watched) -> None:
    hostname = watched.hostname
    online = watched.monitor.wait_for("worker-online", hostname=hostname)
    beat = watched.monitor.wait_for("worker-heartbeat", hostname=hostname)
    assert_shapes([online, beat])
    assert [online["freq"], online["active"], online["processed"]] == [2, 0, 0]
    assert len(beat["loadavg"]) == 3
    own = [event["clock"] for event in watched.monitor.events if event["hostname"] == hostname]
    assert own == sorted(set(own)), "it says nothing twice, and counts what it says"


def test_a_javascript_receiver_hears_what_celerys_hears(watched: Watched, event_server: ValkeyServer) -> None:
    command: list[str | Path] = ["node", RECEIVER, event_server.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None
        assert receiver.stdout.readline() == "listening\n"
        types = ["task-received", "task-started", "task-failed"]
        events = watched.course("errors.fail", "no", types=types)
        heard = json.loads(receiver.communicate(timeout=WITHIN_S)[0])
    own = [_as_sent(event) for event in heard if event.get("uuid") == events[0]["uuid"]]
    assert [event for event in own if event["type"] != "task-sent"] == [_as_sent(event) for event in events]


def test_a_receiver_wakes_the_workers(watched: Watched, event_server: ValkeyServer) -> None:
    command: list[str | Path] = ["node", RECEIVER, event_server.url]
    hostname = watched.hostname

    def answers() -> list[Event]:
        events = [event for event in watched.monitor.events if event["hostname"] == hostname]
        return [
            event
            for event in events
            if event["type"] == "worker-heartbeat" and event["freq"] == ANSWERED_FREQ_S
        ]

    before = len(answers())
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receiver:
        wait_until(lambda: len(answers()) > before, WITHIN_S, "a heartbeat that was asked for")
        receiver.communicate(timeout=WITHIN_S)
    assert shape(answers()[-1]) == SOFTWARE, "it says less than one at its time"


def _as_sent(event: Event) -> Event:
    return {name: value for name, value in event.items() if name != "local_received"}


def test_a_client_tells_of_the_tasks_that_it_sends(watched: Watched, event_server: ValkeyServer) -> None:
    call = {"task": "basic.add", "args": [1, 2]}
    [done] = run_js(event_server.url, call, taskDefaultQueue=watched.target.queue, taskSendSentEvent=True)
    python = watched.target.send("basic.add", (1, 2))
    queue = watched.target.queue
    for task_id in (done["id"], python.id):
        sent = watched.monitor.wait_for("task-sent", uuid=task_id)
        assert_shapes([sent])
        assert [sent["queue"], sent["exchange"], sent["routing_key"]] == [queue, "", queue]
        assert [sent["name"], sent["args"], sent["kwargs"]] == ["conformance.basic.add", "(1, 2)", "{}"]
        assert sent["hostname"].startswith(f"gen{sent['pid']}@")


def test_celery_events_prints_them(watched: Watched, event_server: ValkeyServer, tmp_path: Path) -> None:
    command: list[str | Path] = [VENV_PYTHON, "-m", "celery", "-b", event_server.url, "events", "--dump"]
    out = tmp_path / "out"
    with event_server.client as redis, out.open("w") as file:
        receivers = len(redis.client_list(_type="pubsub"))
        dump = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            wait_until(lambda: len(redis.client_list(_type="pubsub")) > receivers, WITHIN_S, "its receiver")
            task_id = watched.target.send("basic.add", (1, 2)).id
            lines = wait_until(lambda: _lines_of(out, task_id, 4), WITHIN_S, "what it prints")
        finally:
            dump.kill()
            dump.wait()
    call = f"conformance.basic.add({task_id}) args=(1, 2) kwargs={{}}"
    assert any(f"task received: {call} " in line for line in lines), lines
    assert any(f"task started: {call} " in line for line in lines), lines
    assert any(f"task succeeded: {call} " in line and "result=3, runtime=" in line for line in lines), lines


def _lines_of(file: Path, task_id: str, count: int) -> list[str] | None:
    lines = [line for line in file.read_text("utf-8").splitlines() if task_id in line]
    return lines if len(lines) >= count else None


@pytest.fixture
def ear(valkey: ValkeyServer) -> Iterator[Monitor]:
    """Hears of workers that a test starts itself."""
    monitor = Monitor(valkey)
    yield monitor
    monitor.close()


def test_workers_that_are_not_to_tell_of_tasks_tell_of_themselves(
    valkey: ValkeyServer, workers: WorkerFactory, ear: Monitor
) -> None:
    programs = [start_telling(workers, valkey.url, kind, tasks=False) for kind in EVENT_KINDS]
    client = client_for(valkey.url)
    for program in programs:
        program.wait_for_log(r"ready\.", timeout_s=30)
    _run_on_all(client)
    assert _answers(client.control.enable_events(**ALL_ANSWER)) == ["task events enabled"]
    assert _answers(client.control.enable_events(**ALL_ANSWER)) == ["task events already enabled"]
    told = _run_on_all(client)
    for task_id in told:
        ear.wait_for("task-succeeded", uuid=task_id)
    assert _answers(client.control.disable_events(**ALL_ANSWER)) == ["task events disabled"]
    assert _answers(client.control.disable_events(**ALL_ANSWER)) == ["task events already disabled"]
    _run_on_all(client)
    replies = client.control.heartbeat(**ALL_ANSWER) or []
    assert [answer for reply in replies for answer in reply.values()] == [None] * len(programs)
    for program in programs:
        program.signal(15)
    wait_until(lambda: _count(ear, "worker-offline") == len(programs), 20, "the end of all workers")
    close_client(client)
    assert {event["uuid"] for event in ear.events if "uuid" in event} == set(told)
    assert _count(ear, "worker-online") == len(programs)
    assert_shapes([event for event in ear.events if event.get("freq") != ANSWERED_FREQ_S])
    assert {event["processed"] for event in ear.events if event["type"] == "worker-offline"} == {3}


def _run_on_all(client: Celery) -> list[str]:
    """The ids of tasks that have ended, one on each worker."""
    results = [Target(client, kind).send("basic.add", (1, 2)) for kind in EVENT_KINDS]
    assert [result.get(timeout=WITHIN_S) for result in results] == [3] * len(results)
    return [result.id for result in results]


def _answers(replies: list[dict[str, Any]] | None) -> list[str]:
    """What the workers answer, each answer once."""
    assert replies is not None
    assert len(replies) == len(EVENT_KINDS)
    return sorted({answer["ok"] for reply in replies for answer in reply.values()})


@pytest.mark.difference("`disable_events`, where a worker was started with `-E`")
def test_events_that_a_worker_was_started_with_are_disabled_in_javascript_only(
    event_app: Celery, monitor: Monitor
) -> None:
    answers = _answers(event_app.control.disable_events(**ALL_ANSWER))
    assert answers == ["task events already disabled", "task events disabled"]
    results = [Target(event_app, kind).send("basic.add", (1, 2)) for kind in ("py", "js")]
    assert [result.get(timeout=WITHIN_S) for result in results] == [3, 3]
    monitor.wait_for("task-succeeded", uuid=results[0].id)
    event_app.control.enable_events(**ALL_ANSWER)
    assert monitor.of(results[1].id) == []


def _count(monitor: Monitor, type_: str) -> int:
    return sum(event["type"] == type_ for event in monitor.events)


@pytest.mark.difference("A far eta, as monitors hear of it")
def test_a_task_with_a_far_eta_is_received_again_near_it_in_javascript(
    event_app: Celery, event_server: ValkeyServer, monitor: Monitor, workers: WorkerFactory
) -> None:
    program = start_telling(workers, event_server.url, "js", queue="far", lease_s=0.5)
    program.wait_for_log(r"ready\.", timeout_s=30)
    eta = datetime.now(UTC) + timedelta(seconds=1.5)
    results = [Target(event_app, queue).send("basic.add", (1, 2), eta=eta) for queue in ("py", "far")]
    for result in results:
        monitor.wait_for("task-succeeded", uuid=result.id)
    program.kill()
    courses = [[event["type"] for event in monitor.of(result.id)] for result in results]
    assert courses == [
        ["task-received", "task-started", "task-succeeded"],
        ["task-received", "task-received", "task-started", "task-succeeded"],
    ]


@pytest.mark.difference("The end of a warm stop, as monitors hear of it")
def test_what_ends_during_a_warm_stop_is_told_of_by_javascript_only(
    valkey: ValkeyServer, workers: WorkerFactory, ear: Monitor, tmp_path: Path
) -> None:
    kinds = ("py", "js")
    programs = [start_telling(workers, valkey.url, kind) for kind in kinds]
    client = client_for(valkey.url)
    gate = tmp_path / "gate"
    tasks = [Target(client, kind).send("outcomes.tracked", (str(gate),)) for kind in kinds]
    for program, task in zip(programs, tasks, strict=True):
        ear.wait_for("task-started", uuid=task.id)
        program.signal(15)
    wait_until(lambda: _count(ear, "worker-offline") == 1, WITHIN_S, "the Python worker's end")
    gate.touch()
    assert [task.get(timeout=WITHIN_S) for task in tasks] == ["done", "done"]
    wait_until(lambda: _count(ear, "worker-offline") == 2, WITHIN_S, "the Node worker's end")
    close_client(client)
    for program in programs:
        program.kill()  # a Python worker whose pool was busy takes seconds to end
    assert [ear.of(task.id)[-1]["type"] for task in tasks] == ["task-started", "task-succeeded"]
