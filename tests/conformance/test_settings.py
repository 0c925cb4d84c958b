"""Settings mean the same to both kinds of worker."""

import time
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .broker import wait_until_all_settled
from .ledger import Ledger
from .metas import stored_meta, without_circumstances
from .workers import Kind, StartWorker, Target, client_for, close_client

PREFIX = {"global_keyprefix": "team-a:"}


def test_started_is_stored_with_the_worker_when_it_is_tracked(
    start: StartWorker, queue: Target, kind: Kind, ledger: Ledger, tmp_path: Path
) -> None:
    start(kind, celery={"task_track_started": True})
    gate = tmp_path / "gate"
    result = queue.send("work.gate", (ledger.path, "a", str(gate)))
    wait_until(lambda: result.state == "STARTED", 30, "state STARTED")
    [entry] = ledger.wait_for("start")
    assert result.info["pid"] == entry.pid
    assert "@" in result.info["hostname"]
    gate.touch()
    assert result.get(timeout=30) == "a"


def test_an_extended_result_has_the_same_fields_from_both(
    start: StartWorker, queue: Target, redis: Redis
) -> None:
    metas = {}
    for kind in Kind:
        start(kind, queues=f"{kind}-jobs", celery={"result_extended": True})
        target = Target(queue.app, f"{kind}-jobs")
        task = target.signature("basic.greet", ("Ada",)).clone(kwargs={"greeting": "Hi"})
        task.stamp(tenant="shop")
        result: Any = task.apply_async()
        result.get(timeout=30)
        meta = stored_meta(redis, result.id)
        assert meta.pop("queue") == target.queue
        assert "@" in meta.pop("worker")
        metas[kind] = without_circumstances(meta)
    assert metas[Kind.NODE] == metas[Kind.PYTHON]
    assert list(metas[Kind.NODE]) == list(metas[Kind.PYTHON])
    assert metas[Kind.NODE]["args"] == ["Ada"]
    assert (metas[Kind.NODE]["stamped_headers"], metas[Kind.NODE]["tenant"]) == (["tenant"], "shop")


@pytest.mark.difference("A stamp with the name of a member of every stored result")
def test_a_stamp_replaces_no_member_of_an_extended_result_in_node(
    start: StartWorker, queue: Target, redis: Redis
) -> None:
    tracebacks = {}
    for kind in Kind:
        start(kind, queues=f"{kind}-jobs", celery={"result_extended": True})
        task = Target(queue.app, f"{kind}-jobs").signature("basic.add", (1, 2))
        task.stamp(traceback="stamped")
        result: Any = task.apply_async()
        assert result.get(timeout=30) == 3
        tracebacks[kind] = stored_meta(redis, result.id)["traceback"]
    assert tracebacks == {Kind.PYTHON: "stamped", Kind.NODE: None}


def test_every_key_has_the_global_prefix(
    start: StartWorker, valkey: ValkeyServer, redis: Redis, kind: Kind, ledger: Ledger, tmp_path: Path
) -> None:
    prefixed = {"broker_transport_options": PREFIX, "result_backend_transport_options": PREFIX}
    start(kind, concurrency=1, celery=prefixed)
    client = client_for(valkey.url, **prefixed)
    target, gate = Target(client, "jobs"), tmp_path / "gate"
    running = target.send("work.gate", (ledger.path, "a", str(gate)))
    ledger.wait_for("start")
    queued = [target.send("basic.add", (n, n), priority=priority) for n in range(3) for priority in (0, 9)]
    assert redis.exists("team-a:jobs")
    gate.touch()
    running.get(timeout=30)
    assert [result.get(timeout=30) for result in queued] == [0, 0, 2, 2, 4, 4]
    assert [key for key in map(str, redis.scan_iter()) if not key.startswith("team-a:")] == []
    close_client(client)


def test_results_may_be_kept_in_another_database(
    start: StartWorker, valkey: ValkeyServer, redis: Redis, kind: Kind
) -> None:
    other = {"result_backend": valkey.url.removesuffix("0") + "1"}
    start(kind, celery=other)
    client = client_for(valkey.url, **other)
    target = Target(client, "jobs")
    assert target.call("basic.add", (1, 2)) == 3
    with pytest.raises(ValueError, match="no"):
        target.call("errors.fail", ("no",))
    wait_until_all_settled(redis)
    assert list(redis.scan_iter("celery-task-meta-*")) == []
    close_client(client)


def test_a_worker_serves_several_queues(start: StartWorker, queue: Target, kind: Kind) -> None:
    start(kind, queues="first,second,third")
    for name in ("first", "second", "third"):
        assert Target(queue.app, name).call("basic.add", (1, 2)) == 3


def test_a_queue_with_many_tasks_does_not_hold_up_another(
    start: StartWorker, queue: Target, kind: Kind, ledger: Ledger
) -> None:
    busy, quiet = Target(queue.app, "busy"), Target(queue.app, "quiet")
    for n in range(100):
        busy.send("work.record", (ledger.path, f"busy-{n}", 0.02))
    result = quiet.send("work.record", (ledger.path, "quiet"))
    start(kind, queues="busy,quiet", concurrency=1)
    result.get(timeout=30)
    assert len(ledger.entries("end")) < 20


def test_the_most_urgent_tasks_run_first_and_equals_in_their_order(
    start: StartWorker, queue: Target, kind: Kind, ledger: Ledger
) -> None:
    priorities = [9, 3, 0, 6, 9, 3, 0, 6]  # on Redis, 0 is the most urgent
    for n, priority in enumerate(priorities):
        queue.send("work.record", (ledger.path, f"{priority}-{n}"), priority=priority)
    start(kind, concurrency=1)
    ledger.wait_for("end", len(priorities))
    assert ledger.labels("start") == ["0-2", "0-6", "3-1", "3-5", "6-3", "6-7", "9-0", "9-4"]


def test_a_priority_between_two_steps_counts_as_the_lower_step(
    start: StartWorker, queue: Target, kind: Kind, ledger: Ledger
) -> None:
    for priority in (5, 4, 3, 2, 1):
        queue.send("work.record", (ledger.path, str(priority)), priority=priority)
    start(kind, concurrency=1)
    ledger.wait_for("end", 5)
    assert ledger.labels("start") == ["2", "1", "5", "4", "3"]


def test_an_idle_worker_starts_a_task_at_once(both: dict[Kind, Target], kind: Kind) -> None:
    target = both[kind]

    took_s = []
    for _ in range(6):
        sent = time.monotonic()
        target.call("basic.nothing")
        took_s.append(time.monotonic() - sent)

    # The first task may be sent just before a worker's check of the queue; each later one just after it.
    assert min(took_s[1:]) < 0.5, "it must not wait for the next check, a second later"
