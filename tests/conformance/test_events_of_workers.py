"""Events about workers, and when workers send events about tasks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .event_shapes import ANSWERED_FREQ_S, assert_shapes
from .events import EVENT_KINDS, WITHIN_S, Monitor, Watched, start_telling
from .workers import Target, client_for, close_client, wait_until_ready

# Until that many have answered.
ALL_ANSWER: dict[str, Any] = {"reply": True, "limit": len(EVENT_KINDS), "timeout": 5}


def test_a_worker_reports_its_presence_and_load(watched: Watched) -> None:
    hostname = watched.hostname
    online = watched.monitor.wait_for("worker-online", hostname=hostname)
    beat = watched.monitor.wait_for("worker-heartbeat", hostname=hostname, freq=online["freq"])
    assert_shapes([online, beat])
    assert [online["freq"], online["active"], online["processed"]] == [2, 0, 0]
    assert len(beat["loadavg"]) == 3
    events = [event for event in watched.monitor.events if event["hostname"] == hostname]
    # A pool process sends the events of its task by itself, and has a clock of its own.
    own = [event["clock"] for event in events if event["type"] != "task-progress"]
    assert own == sorted(set(own)), "it says nothing twice, and counts what it says"


@pytest.fixture
def ear(valkey: ValkeyServer) -> Iterator[Monitor]:
    """Hears of workers that a test starts itself."""
    monitor = Monitor(valkey)
    yield monitor
    monitor.close()


def test_workers_without_task_events_send_worker_events(
    valkey: ValkeyServer, workers: WorkerFactory, ear: Monitor
) -> None:
    programs = [start_telling(workers, valkey.url, kind, tasks=False) for kind in EVENT_KINDS]
    client = client_for(valkey.url)
    wait_until_ready(programs)
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


@pytest.mark.difference("`disable_events` on a worker started with `-E`")
def test_events_of_option_e_can_be_disabled_in_javascript_only(event_app: Celery, monitor: Monitor) -> None:
    answers = _answers(event_app.control.disable_events(**ALL_ANSWER))
    assert answers == ["task events already disabled", "task events disabled"]
    results = [Target(event_app, kind).send("basic.add", (1, 2)) for kind in ("py", "js")]
    assert [result.get(timeout=WITHIN_S) for result in results] == [3, 3]
    monitor.wait_for("task-succeeded", uuid=results[0].id)
    event_app.control.enable_events(**ALL_ANSWER)
    assert monitor.of(results[1].id) == []


def _count(monitor: Monitor, type_: str) -> int:
    return sum(event["type"] == type_ for event in monitor.events)


@pytest.mark.difference("The events at the end of a warm stop")
def test_a_warm_stop_reports_ending_tasks_in_javascript_only(
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
