"""Remote control commands of Celery's client change workers of both languages alike."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery.exceptions import TaskRevokedError

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .control import Controlled, answers
from .ledger import Ledger
from .workers import Kind, StartWorker, Target

ADD = "conformance.basic.add"
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("no_such_command", {}),
    ("rate_limit", {}),
    ("revoke", {}),
    ("add_consumer", {}),
    ("pool_restart", {}),
    ("rate_limit", {"task_name": "unknown", "rate_limit": "1/m"}),
    ("time_limit", {"task_name": "unknown"}),
    ("autoscale", {"max": 3, "min": 1}),
    ("terminate", {"task_id": "a"}),
]


@pytest.mark.parametrize(("command", "arguments"), WRONG)
def test_an_invalid_command_is_answered_with_celerys_error(
    controlled: Mapping[str, Controlled], command: str, arguments: dict[str, Any]
) -> None:
    expected, *others = (each.tell(command, **arguments) for each in controlled.values())
    assert set(expected) == {"error"}
    assert others == [expected] * len(others)
    assert all(each.tell("ping") == {"ok": "pong"} for each in controlled.values()), "the listener goes on"


WRONG_KINDS: list[tuple[str, dict[str, Any]]] = [
    ("add_consumer", {"queue": {"a": 1}}),
    ("add_consumer", {"queue": ""}),
    ("add_consumer", {"queue": "q", "exchange": [1]}),
    ("add_consumer", {"queue": "q", "routing_key": 5}),
    ("cancel_consumer", {"queue": ["a"]}),
    ("time_limit", {"task_name": ADD, "hard": "x"}),
    ("time_limit", {"task_name": [ADD]}),
    ("rate_limit", {"task_name": {}, "rate_limit": 1}),
    ("autoscale", {"max": 1.5}),
    ("revoke", {"task_id": {"a": 1}}),
    ("revoke", {"task_id": ["a", 5]}),
    ("revoke", {"task_id": "a", "terminate": True, "signal": "STOP"}),
    ("terminate", {"task_id": "a", "signal": "WINCH"}),
    ("revoke_by_stamped_headers", {"headers": {"a": "b"}, "signal": 5}),
]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        *(("rate_limit", {"task_name": ADD, "rate_limit": rate}) for rate in ("-5/s", "nan/s", "inf", "-1")),
        ("pool_grow", {"n": 1_000}),
        ("pool_shrink", {"n": 1_000}),
    ],
)
def test_a_value_that_would_harm_a_worker_is_refused(
    controlled: Mapping[str, Controlled], command: str, arguments: dict[str, Any]
) -> None:
    answers = [controlled[kind].tell(command, **arguments) for kind in ("reliable", "js")]

    assert set(answers[0]) == {"error"}
    assert answers[1] == answers[0]


@pytest.mark.parametrize("kind", ["reliable", "js"])
def test_an_argument_of_the_wrong_type_is_refused_at_once(
    controlled: Mapping[str, Controlled], kind: str
) -> None:
    """Stock Celery's worker ends, or breaks later: it answers some of these before it has tried them."""
    one = controlled[kind]
    before = one.tell("revoked"), one.tell("active_queues")

    for command, arguments in WRONG_KINDS:
        error = one.tell(command, **arguments)["error"]
        assert error.startswith("TypeError("), f"{command} {arguments}: {error}"
        assert f"{command}() argument " in error, f"{command} {arguments}: {error}"

    assert (one.tell("revoked"), one.tell("active_queues")) == before


def test_a_command_goes_only_to_its_destination(controlled: Mapping[str, Controlled]) -> None:
    app, js, py = controlled["js"].app, controlled["js"].name, controlled["py"].name

    def names(limit: int = 1, timeout: float = 2, **options: Any) -> set[str]:
        return {
            name
            for answer in answers(app, "ping", limit=limit, timeout=timeout, **options)
            for name in answer
        }

    assert names(destination=[js]) == {js}
    assert names(2, destination=[js, py]) == {js, py}
    assert names(pattern=f"{js[:4]}*", matcher="glob") == {js}
    assert names(pattern=f"{js}$", matcher="pcre") == {js}
    assert names(timeout=0.5, pattern="nobody*", matcher="glob") == set()


@pytest.mark.parametrize("revocation", ["one", "many", "stamp"])
def test_a_revoked_task_does_not_run(one: Controlled, ledger: Ledger, revocation: str) -> None:
    stamps = {"stamped_headers": ["tenant"], "stamps": {"tenant": f"{one.kind}-shop"}}
    headers = {"headers": stamps} if revocation == "stamp" else {}
    result = one.queue.send("work.record", (ledger.path, "never"), countdown=2, **headers)
    if revocation == "stamp":
        one.tell("revoke_by_stamped_headers", headers={"tenant": [f"{one.kind}-shop"]})
    else:
        assert (
            "flagged as revoked"
            in one.tell("revoke", task_id=result.id if revocation == "one" else ["x", result.id])["ok"]
        )
    with pytest.raises(TaskRevokedError, match="revoked"):
        result.get(timeout=30)
    assert one.queue.call("basic.add", (1, 2)) == 3
    assert not ledger.labels("start")


@pytest.mark.parametrize(("kind", "neighbour"), [(Kind.PYTHON, "js"), (Kind.NODE, "py")])
def test_a_starting_worker_learns_revocations_from_neighbours(
    kind: Kind,
    neighbour: str,
    controlled: Mapping[str, Controlled],
    control_server: ValkeyServer,
    tmp_path: Path,
    ledger: Ledger,
) -> None:
    known = controlled[neighbour]
    queue = Target(known.app, f"later-{kind}")
    workers = WorkerFactory(control_server.url, tmp_path / "workers")
    start = StartWorker(workers, control_server.url)
    revoked = str(uuid4())

    def run(**options: Any) -> Program:
        """A worker that finds the revoked task in its queue, and one after it."""
        queue.send("work.record", (ledger.path, "never"), task_id=revoked)
        settings = {"worker_state_db": str(tmp_path / "state")}
        program = start(kind, queues=queue.queue, concurrency=1, celery=settings, **options)
        assert queue.call("basic.add", (1, 2)) == 3
        return program

    assert "flagged as revoked" in known.tell("revoke", task_id=revoked)["ok"]
    assert run(mingle=True).stop() == 0
    assert run(mingle=False).stop() == 0
    assert not ledger.labels("start")
    workers.close()


def test_a_running_task_is_terminated(one: Controlled, ledger: Ledger) -> None:
    result = one.queue.send("work.record", (ledger.path, "long", 3600))
    ledger.wait_for("start")
    answer = one.tell("revoke", task_id=result.id, terminate=True, signal="SIGTERM")
    assert answer == {"ok": f"terminate: {result.id}"}
    with pytest.raises(TaskRevokedError, match="terminated"):
        result.get(timeout=30)
    assert one.queue.call("basic.add", (1, 2)) == 3


def test_a_rate_limit_is_changed(one: Controlled, ledger: Ledger) -> None:
    task = "conformance.work.record"
    assert one.tell("rate_limit", task_name=task, rate_limit="2/s") == {
        "ok": "new rate limit set successfully"
    }
    assert f"{task} [rate_limit=2/s]" in one.tell("registered")
    for n in range(4):
        one.queue.send("work.record", (ledger.path, str(n)))
    times = [entry.time for entry in ledger.wait_for("start", 4)]
    assert times[3] - times[0] > 0.9
    assert one.tell("rate_limit", task_name=task, rate_limit=0) == {"ok": "rate limit disabled successfully"}
    refusal = """Invalid rate limit string: ValueError("could not convert string to float: 'x'")"""
    assert one.tell("rate_limit", task_name=task, rate_limit="x") == {"error": refusal}


def test_time_limits_are_changed(one: Controlled) -> None:
    answer = one.tell("time_limit", task_name="conformance.basic.greet", soft=None, hard=20)
    assert answer == {"ok": "time limits set successfully"}
    assert "conformance.basic.greet [time_limit=20]" in one.tell("registered", taskinfoitems=["time_limit"])


def shrink(one: Controlled) -> None:
    """End one process or slot, and wait until it is gone.

    Celery refuses while all processes are busy, and they are until the worker has read their answers. Of two
    at once it may end one and then refuse; and it ends the same one again if that has not gone yet.
    """

    def size() -> int:
        pool = one.tell("stats")["pool"]
        return int(pool["max-concurrency"]) if one.kind == "js" else len(pool["processes"])

    before = size()
    shrunk = {"ok": "pool will shrink"}
    wait_until(lambda: one.tell("pool_shrink", n=1) == shrunk, 30, "a free process")
    wait_until(lambda: size() == before - 1, 30, "one process less")


def test_a_pool_grows_and_shrinks(one: Controlled, ledger: Ledger, gate: Path) -> None:
    for n in range(4):
        one.queue.send("work.gate", (ledger.path, str(n), str(gate)))
    ledger.wait_for("start", 2)
    assert one.tell("pool_grow", n=2) == {"ok": "pool will grow"}
    ledger.wait_for("start", 4)
    gate.touch()
    ledger.wait_for("end", 4)
    shrink(one)
    shrink(one)
    assert one.queue.call("basic.add", (1, 2)) == 3


def test_a_queue_is_added_and_cancelled(one: Controlled, ledger: Ledger) -> None:
    more = Target(one.app, f"{one.kind}-more")
    assert one.tell("add_consumer", queue=more.queue) == {"ok": f"add consumer {more.queue}"}
    assert more.call("basic.add", (1, 2)) == 3
    assert {queue["name"] for queue in one.tell("active_queues")} == {one.kind, more.queue}

    assert one.tell("cancel_consumer", queue=more.queue) == {"ok": f"no longer consuming from {more.queue}"}
    wait_until(lambda: len(one.tell("active_queues")) == 1, what="one queue")
    waiting = more.send("work.record", (ledger.path, "waits"))
    assert one.queue.call("basic.add", (1, 2)) == 3
    assert waiting.state == "PENDING"
    one.tell("add_consumer", queue=more.queue)
    assert waiting.get(timeout=30) == "waits"
    one.tell("cancel_consumer", queue=more.queue)
