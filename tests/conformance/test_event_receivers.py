"""Receivers of events, and the events of clients."""

import json
import subprocess
from pathlib import Path

from scripts.paths import ROOT, VENV_PYTHON
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .event_shapes import ANSWERED_FREQ_S, SOFTWARE, assert_shapes, shape
from .events import WITHIN_S, Event, Watched
from .matrix import broker_url, count_receivers
from .test_js_client import run_js

RECEIVER = Path(__file__).with_name("js_receiver.mjs")


def test_a_javascript_receiver_hears_what_celerys_hears(watched: Watched, event_server: ValkeyServer) -> None:
    command: list[str | Path] = ["node", RECEIVER, broker_url(event_server.url)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout is not None
        assert receiver.stdout.readline() == "listening\n"
        types = ["task-received", "task-started", "task-failed"]
        events = watched.course("errors.fail", "no", types=types)
        heard = json.loads(receiver.communicate(timeout=WITHIN_S)[0])
    own = [_as_sent(event) for event in heard if event.get("uuid") == events[0]["uuid"]]
    assert [event for event in own if event["type"] != "task-sent"] == [_as_sent(event) for event in events]


def test_a_receiver_wakes_the_workers(watched: Watched, event_server: ValkeyServer) -> None:
    command: list[str | Path] = ["node", RECEIVER, broker_url(event_server.url)]
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


def test_a_client_sends_events_of_its_tasks(watched: Watched, event_server: ValkeyServer) -> None:
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
    command: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "celery",
        "-b",
        broker_url(event_server.url),
        "events",
        "--dump",
    ]
    out = tmp_path / "out"
    with out.open("w") as file:
        receivers = count_receivers(event_server.url)
        dump = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            wait_until(lambda: count_receivers(event_server.url) > receivers, WITHIN_S, "its receiver")
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
