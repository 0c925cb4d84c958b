"""A worker never holds more messages than its window, however its tasks end.

A Python worker takes some more ahead while tasks are short, and gives them back once tasks take longer.

Users of late acknowledgement on Redis report windows that grow with time, until one worker holds hundreds of
messages and an autoscaler sees empty queues.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery_reliable.ahead import MOST as MOST_AHEAD
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import waiting
from .held import HeldWatch, held, held_in_window
from .ledger import Ledger
from .workers import Kind, StartWorker, Target, client_for, close_client, wait_until_ready

TASKS = 1000
CONCURRENCY = 3
MULTIPLIER = 2
WINDOW = CONCURRENCY * MULTIPLIER
LEASE_S = 5
DONE_WITHIN_S = 60
LOOKS_AT_THE_END = 50

CELERY: dict[str, Any] = {"task_acks_late": True, "worker_prefetch_multiplier": MULTIPLIER}
RELIABLE: dict[str, Any] = {"reliable": {"lease_s": LEASE_S}}

pytestmark = pytest.mark.on_redis


@dataclass(frozen=True)
class Pool:
    """How its worker is started, how many tasks it runs at a time, and whether it can lose a child."""

    kind: Kind
    options: dict[str, Any] = field(default_factory=dict)
    concurrency: int = CONCURRENCY
    has_children: bool = False

    @property
    def ahead(self) -> int:
        """How many more it may take while tasks are short."""
        return MOST_AHEAD if self.kind is Kind.PYTHON else 0


POOLS = {
    "prefork": Pool(Kind.PYTHON, RELIABLE | {"arguments": ("--pool", "prefork")}, has_children=True),
    "python-threads": Pool(Kind.PYTHON, RELIABLE | {"arguments": ("--pool", "threads")}),
    "solo": Pool(Kind.PYTHON, RELIABLE | {"arguments": ("--pool", "solo")}, concurrency=1),
    "async": Pool(Kind.NODE, {"node": {"lease_s": LEASE_S}}),
    "node-threads": Pool(
        Kind.NODE,
        {"node": {"lease_s": LEASE_S, "worker_pool": "threads", "worker_thread_concurrency": CONCURRENCY}},
        has_children=True,
    ),
}


@pytest.fixture(scope="module")
def pools(
    module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Target]]:
    """A worker with each pool, each on its own queue."""
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("drift-workers"))
    start = StartWorker(factory, module_valkey.url)
    programs = [
        start(pool.kind, queues=name, concurrency=pool.concurrency, celery=CELERY, wait=False, **pool.options)
        for name, pool in POOLS.items()
    ]
    wait_until_ready(programs)
    client = client_for(module_valkey.url)
    yield {name: Target(client, name) for name in POOLS}
    close_client(client)
    factory.close()


@pytest.mark.parametrize(
    "name",
    [
        "async",
        "prefork",
        *(pytest.param(name, marks=pytest.mark.long) for name in POOLS if name not in ("async", "prefork")),
    ],
)
def test_what_is_held_never_exceeds_the_window(
    pools: dict[str, Target], module_valkey: ValkeyServer, ledger: Ledger, tmp_path: Path, name: str
) -> None:
    target, redis = pools[name], module_valkey.client
    window = POOLS[name].concurrency * MULTIPLIER

    with HeldWatch(redis) as watch:
        _send_mixture(target, ledger, has_children=POOLS[name].has_children)
        wait_until(lambda: _is_done(redis, name), DONE_WITHIN_S, "the end of all tasks")

    assert 0 < watch.most[name] <= window + POOLS[name].ahead
    _expect_whole_window(target, redis, ledger, str(tmp_path / "gate"), window)


def _send_mixture(target: Target, ledger: Ledger, *, has_children: bool) -> None:
    """Sends a thousand tasks of the kinds that made a window drift, in a random order."""
    order = random.Random(1)  # noqa: S311
    revoked = [str(uuid.uuid4()) for _ in range(TASKS // 10)]
    target.app.control.revoke(revoked)
    sends: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
    sends += [("basic.add", (1, 2), {"task_id": id_}) for id_ in revoked[::2]]
    sends += [("basic.add", (1, 2), {"task_id": id_, "countdown": 1}) for id_ in revoked[1::2]]
    sends += [("retries.retry_until", (1, 0.1), {}) for _ in range(TASKS // 10)]
    sends += [("retries.retry_until", (2, 0), {}) for _ in range(TASKS // 20)]
    sends += [("basic.add", (1, 2), {"countdown": order.uniform(0, 2)}) for _ in range(TASKS // 5)]
    sends += [("basic.add", (1, 2), {"expires": 0.01}) for _ in range(TASKS // 50)]
    sends += [("basic.add", (1, 2), {"countdown": 1, "expires": 0.5}) for _ in range(TASKS // 50)]
    sends += [("basic.unheard_of", (), {}) for _ in range(TASKS // 100)]
    sends += [("pools.limited", (ledger.path, "limited"), {}) for _ in range(4)]
    sends += [("pools.limited", (ledger.path, "limited"), {"countdown": 0.5}) for _ in range(4)]
    if has_children:
        sends += [("pools.die", (ledger.path, "lost"), {}) for _ in range(TASKS // 100)]
        sends += [("pools.die_once", (ledger.path, "again"), {}) for _ in range(TASKS // 100)]
        sends += [("pools.spin", (ledger.path, "endless", 60), {"time_limit": 1}) for _ in range(4)]
    sends += [("basic.add", (1, 2), {})] * (TASKS - len(sends))
    order.shuffle(sends)
    for task, args, options in sends:
        target.send(task, args, **options)


def _is_done(redis: Redis, queue: str) -> bool:
    return not waiting(redis, queue) and not any(name == queue for _, name in held(redis))


def _expect_whole_window(target: Target, redis: Redis, ledger: Ledger, gate: str, window: int) -> None:
    """Fails unless the worker takes as much as at its start: neither more nor less.

    A Node worker leaves up to a quarter of its window open; the pool `solo` takes nothing while a task runs.
    """
    for n in range(3 * window):
        target.send("work.gate", (ledger.path, str(n), gate))
    if target.queue != "solo":
        wait_until(
            lambda: window * 3 / 4 < held_in_window(redis)[target.queue] <= window, 20, "a whole window"
        )
    with HeldWatch(redis) as watch:
        wait_until(lambda: watch.looks >= LOOKS_AT_THE_END, 20, "some looks")
    assert watch.most[target.queue] <= window
    Path(gate).touch()
    wait_until(lambda: _is_done(redis, target.queue), 30, "the end of all tasks")
