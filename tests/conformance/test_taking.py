"""Which messages a worker takes, and how many: the same in both languages."""

from itertools import groupby
from pathlib import Path

import pytest
from redis import Redis

from tests.support.waiting import wait_until

from .broker import wait_until_all_settled, waiting
from .ledger import Ledger
from .workers import Kind, StartWorker, Target

LATE = {"task_acks_late": True}


@pytest.mark.parametrize("multiplier", [1, 2])
def test_a_worker_reserves_concurrency_times_prefetch_multiplier(
    start: StartWorker,
    queue: Target,
    redis: Redis,
    ledger: Ledger,
    tmp_path: Path,
    kind: Kind,
    multiplier: int,
) -> None:
    gate = tmp_path / "gate"
    for n in range(10):
        queue.send("work.gate", (ledger.path, str(n), str(gate)))
    start(kind, concurrency=2, celery=LATE | {"worker_prefetch_multiplier": multiplier})
    ledger.wait_for("start", 2)
    wait_until(lambda: len(waiting(redis)) == 10 - 2 * multiplier, 5, "everything else being left")
    gate.touch()
    ledger.wait_for("end", 10)
    wait_until_all_settled(redis)
    assert sorted(ledger.labels("start")) == [str(n) for n in range(10)], "each once"


def test_higher_priorities_come_first_and_queues_take_turns(
    start: StartWorker, queue: Target, ledger: Ledger, tmp_path: Path, kind: Kind
) -> None:
    gate = tmp_path / "gate"
    queues = {"jobs": queue, "other": Target(queue.app, "other")}
    start(kind, queues="jobs,other", concurrency=1, celery=LATE)
    queue.send("work.gate", (ledger.path, "first", str(gate)))
    ledger.wait_for("start")
    for priority in (9, 3, 0):
        for name, target in queues.items():
            for n in range(4):
                target.send("work.record", (ledger.path, f"{priority} {name} {n}"), priority=priority)
    gate.touch()
    ledger.wait_for("end", 25)
    order = [label.split() for label in ledger.labels("start")[1:]]
    assert [priority for priority, _, _ in order] == ["0"] * 8 + ["3"] * 8 + ["9"] * 8
    for step in "039":
        same = [(name, n) for priority, name, n in order if priority == step]
        for name in queues:
            assert [n for queue_name, n in same if queue_name == name] == list("0123"), "in its order"
        runs = [len(list(run)) for _, run in groupby(name for name, _ in same)]
        assert max(runs[:-1]) <= 2, "no queue is kept waiting"
