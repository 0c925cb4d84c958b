"""A pool replaces its processes (Python) and threads (JavaScript) when they are used up or lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery.exceptions import WorkerLostError

from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

from .control import answers
from .ledger import Ledger
from .workers import Kind, StartWorker, Target, client_for, close_client, wait_until_ready

MOST_TASKS = 3
MOST_KIB = 150_000
LARGE_MB = 200
# How soon a task of a lost thread runs again; a lost process is noticed by its parent, at once. All have
# the same: the first sweep of a server waits for the longest lease before it gives back anything.
LEASE_S = 2
# One at a time, so that a task's neighbours are known.
LIMITS = {
    "worker_max_tasks_per_child": MOST_TASKS,
    "worker_max_memory_per_child": MOST_KIB,
    "worker_pool_restarts": True,
}
THREADS = {"worker_pool": "threads", "worker_thread_concurrency": 1, "lease_s": LEASE_S}


@pytest.fixture(scope="module")
def children(
    module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Target]]:
    """A worker with each pool, which has one process or thread."""
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("child-workers"))
    start = StartWorker(factory, module_valkey.url, python_pool="prefork")
    programs = [
        start(Kind.PYTHON, queues="prefork", concurrency=1, celery=LIMITS, wait=False),
        start(
            Kind.PYTHON,
            queues="reliable",
            concurrency=1,
            celery=LIMITS,
            wait=False,
            reliable={"lease_s": LEASE_S},
        ),
        start(Kind.NODE, queues="threads", concurrency=1, celery=LIMITS, node=THREADS, wait=False),
    ]
    wait_until_ready(programs)
    client = client_for(module_valkey.url)
    yield {pool: Target(client, pool) for pool in ("prefork", "reliable", "threads")}
    close_client(client)
    factory.close()


@pytest.fixture(params=["prefork", "reliable", "threads"])
def pool(children: dict[str, Target], request: pytest.FixtureRequest) -> Target:
    return children[request.param]


def fresh_child(pool: Target) -> Any:
    """A process or thread that has just run its first task."""
    first = pool.call("pools.where")
    following = (pool.call("pools.where") for _ in range(MOST_TASKS))
    return next(child for child in following if child != first)


@pytest.mark.difference("`pool_restart`")
def test_pool_restart_replaces_every_process_and_thread(
    children: dict[str, Target],
) -> None:
    before = {name: pool.call("pools.where") for name, pool in children.items()}
    app = children["threads"].app
    told = {"modules": ["json"], "reload": True}
    replies = answers(app, "pool_restart", told, limit=len(children), timeout=5)
    [(node, refusal)] = [item for each in replies for item in each.items() if "error" in item[1]]
    assert refusal["error"].startswith("pool_restart of a Node worker takes no modules")
    replies += answers(app, "pool_restart", destination=[node], timeout=5)
    assert [*replies[-1].values()] == [{"ok": "reload started"}]
    assert sum({"ok": "reload started"} in each.values() for each in replies) == len(children)
    after = {name: pool.call("pools.where") for name, pool in children.items()}
    assert [name for name in children if after[name] == before[name]] == []


def test_a_process_or_thread_is_replaced_after_its_number_of_tasks(pool: Target) -> None:
    child = fresh_child(pool)
    following = [pool.call("pools.where") for _ in range(MOST_TASKS)]
    assert following[:-1] == [child] * (MOST_TASKS - 1)
    assert following[-1] != child


def test_a_process_or_thread_with_too_much_memory_is_replaced(pool: Target) -> None:
    child = fresh_child(pool)
    assert pool.call("pools.keep", (LARGE_MB,)) == child
    assert pool.call("pools.where") != child


def test_reject_on_worker_lost_runs_the_task_again(pool: Target, ledger: Ledger) -> None:
    assert pool.call("pools.die_once", (ledger.path, "again")) == "again"
    assert ledger.labels("start") == ["again", "again"]


def test_retry_on_worker_lost_retries_the_task_up_to_its_limit(pool: Target, ledger: Ledger) -> None:
    assert pool.call("pools.die_again", (ledger.path, "once", 1)) == "once"
    with pytest.raises(WorkerLostError):
        pool.call("pools.die_again", (ledger.path, "twice", 2))
    assert ledger.labels("start") == ["once", "once", "twice", "twice"]
