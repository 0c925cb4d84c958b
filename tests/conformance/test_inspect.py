"""What workers of both languages answer when Celery's client inspects them."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.support.waiting import wait_until

from .control import Controlled, answers, shape
from .ledger import Ledger
from .matrix import waiting_in_worker

SHAPED = ("ping", "active", "reserved", "active_queues", "revoked", "clock", "registered", "scheduled")
ADD = "conformance.basic.add"


def test_all_workers_answer_a_ping(controlled: Mapping[str, Controlled]) -> None:
    pongs = answers(controlled["py"].app, "ping", timeout=2, limit=3)
    assert sorted(name for answer in pongs for name in answer) == sorted(
        each.name for each in controlled.values()
    )
    assert all(answer == {"ok": "pong"} for each in pongs for answer in each.values())


@pytest.mark.parametrize("command", SHAPED)
def test_an_inspection_is_answered_with_celerys_fields(
    controlled: Mapping[str, Controlled], ledger: Ledger, gate: Path, command: str
) -> None:
    for kind, each in controlled.items():
        each.queue.send("work.gate", (ledger.path, kind, str(gate)))
        each.queue.send("basic.add", (1, 2), **waiting_in_worker(30))
        ledger.wait_for("start", label=kind)
        wait_until(partial(each.tell, "scheduled"), what="a task with an eta")
    shapes = {kind: shape(each.tell(command)) for kind, each in controlled.items()}
    gate.touch()
    ledger.wait_for("end", len(controlled))
    for kind, each in controlled.items():
        each.tell("revoke", task_id=[entry["request"]["id"] for entry in each.tell("scheduled")])
        assert shapes[kind] == shapes["py"], kind


def test_a_scheduled_task_shows_its_eta_to_the_microsecond(one: Controlled) -> None:
    eta = datetime.now(UTC).replace(microsecond=123457) + timedelta(seconds=60)
    due = waiting_in_worker(60)
    due = {"headers": {"eta": eta.isoformat()}} if "headers" in due else {"eta": eta}
    task_id = one.queue.send("basic.add", (1, 2), **due).id

    def shown() -> list[str]:
        return [entry["eta"] for entry in one.tell("scheduled") if entry["request"]["id"] == task_id]

    assert wait_until(shown, what="a task with an eta") == [eta.isoformat()]
    one.tell("revoke", task_id=task_id)


def test_stats_have_celerys_fields(controlled: Mapping[str, Controlled]) -> None:
    expected, *others = (each.tell("stats") for each in controlled.values())
    for stats in others:
        assert set(stats) == set(expected)
        assert shape(stats["rusage"]) == shape(expected["rusage"])
        assert set(stats["broker"]) == set(expected["broker"])
        assert set(stats["pool"]) >= {"implementation", "max-concurrency", "processes", "timeouts"}
        assert stats["pool"]["max-concurrency"] == expected["pool"]["max-concurrency"]


def test_stats_count_what_was_run(one: Controlled) -> None:
    before = one.tell("stats")["total"].get(ADD, 0)
    assert one.queue.call("basic.add", (1, 2)) == 3
    wait_until(lambda: one.tell("stats")["total"].get(ADD, 0) == before + 1, what="one more")


def test_a_running_task_is_active(one: Controlled, running: str) -> None:
    [task] = one.tell("active")
    assert (task["id"], task["name"], task["hostname"]) == (running, "conformance.work.gate", one.name)
    assert abs(task["time_start"] - time.time()) < 30
    assert task["args"][1] == "held"
    state, info = one.tell("query_task", ids=[running, "unknown"])[running]
    assert (state, info["id"]) == ("active", running)


def test_the_settings_are_shown_without_a_password(one: Controlled) -> None:
    conf = one.tell("conf")
    assert conf["worker_concurrency"] == 2
    assert conf["task_default_queue"] == "nowhere"
    assert "task_serializer" in one.tell("conf", with_defaults=True)


def test_registered_tasks_are_listed_with_the_items_asked_for(one: Controlled) -> None:
    names = [line.split(" ")[0] for line in one.tell("registered")]
    assert ADD in names
    assert not [name for name in names if name.startswith("celery.")]
    lines = one.tell("registered", taskinfoitems=["max_retries"])
    assert f"{ADD} [max_retries=3]" in lines
    assert "celery.chord_unlock" in one.tell("registered", builtins=True) or one.kind == "js"


def test_registered_tasks_show_the_values_in_force(controlled: Mapping[str, Controlled]) -> None:
    items = [
        *("max_retries", "serializer", "ignore_result", "acks_on_failure", "send_events", "trail"),
        *("time_limit", "rate_limit", "resultrepr_maxsize", "priority", "nothing"),
    ]
    for kind, each in controlled.items():
        lines = each.tell("registered", taskinfoitems=items)
        [line] = (line for line in lines if line.startswith(ADD))
        assert line == (
            f"{ADD} [max_retries=3 serializer=json ignore_result=False acks_on_failure=True send_events=True "
            "trail=True resultrepr_maxsize=1024]"
        ), kind


def test_a_report_names_the_software(one: Controlled) -> None:
    report = one.tell("report")["ok"]
    assert "software -> celery" in report
    assert "broker_url" in report


def test_hello_exchanges_what_is_revoked(one: Controlled) -> None:
    answer = one.tell("hello", from_node="other@host", revoked={"told-by-another": 1})
    assert "told-by-another" in answer["revoked"]
    assert answer["clock"] > 0
    assert "told-by-another" in one.tell("revoked")


def test_commands_are_answered_while_all_slots_are_busy(one: Controlled, ledger: Ledger, gate: Path) -> None:
    for n in range(6):
        one.queue.send("work.gate", (ledger.path, str(n), str(gate)))
    ledger.wait_for("start", 2)
    assert one.tell("ping") == {"ok": "pong"}
    assert len(one.tell("active")) == 2
    gate.touch()
    ledger.wait_for("end", 6)
