"""How tasks are run: by processes (Python), by threads and by the event loop (JavaScript)."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import wait_until_all_settled
from .ledger import Ledger
from .pools import Autoscaled, autoscaled, autoscaled_threads
from .workers import Kind, StartWorker, Target, wait_until_ready

# What can interrupt a task that computes.
INTERRUPTING = ("prefork", "reliable", "threads")
POOLS = (*INTERRUPTING, "async")
SIZE = 3
# Another Node worker on this machine has the name that is the default.
THREADS = ("--pool", "threads", "--hostname", "threads@%h")
LIMITS = {"resource_limits": {"maxOldGenerationSizeMb": 64}}
SPINS_S = (0.5, 2, 8)
RATE = 2.0
# By so much the first start may be late, and not the last one.
LATE_S = 0.4


@pytest.fixture(scope="session")
def pools(
    both: dict[Kind, Target], shared_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Target]]:
    """A worker with each pool, each on its own queue."""
    factory = WorkerFactory(shared_valkey.url, tmp_path_factory.mktemp("pool-workers"))
    start = StartWorker(factory, shared_valkey.url, python_pool="prefork")
    client = both[Kind.NODE].app
    threads: dict[str, Any] = {
        "arguments": THREADS,
        "folders": ["js_pool_tasks"],
        "worker": LIMITS | autoscaled_threads(SIZE),
    }
    programs = [
        start(Kind.NODE, queues="threads-queue", wait=False, **threads),
        start(Kind.PYTHON, queues="reliable-queue", wait=False, reliable={}, **autoscaled(SIZE)),
    ]
    wait_until_ready(programs)
    own = {name: Target(client, f"{name}-queue") for name in ("threads", "reliable")}
    yield own | {"prefork": both[Kind.PYTHON], "async": both[Kind.NODE]}
    factory.close()


@pytest.fixture
def pool(pools: dict[str, Target], request: pytest.FixtureRequest) -> Target:
    return pools[request.param]


every_pool = pytest.mark.parametrize("pool", POOLS, indirect=True)
every_interrupting_pool = pytest.mark.parametrize("pool", INTERRUPTING, indirect=True)


def run_node(program: str) -> subprocess.CompletedProcess[str]:
    """Run a module that imports from this folder."""
    command = ["node", "--input-type=module", "--eval", program]
    folder = Path(__file__).parent
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)


@every_interrupting_pool
def test_the_hard_time_limit_stops_an_endless_loop_and_no_other_task(pool: Target, ledger: Ledger) -> None:
    beside = pool.send("pools.spin", (ledger.path, "beside", 1.5))
    endless = pool.send("pools.spin", (ledger.path, "endless", 3600), time_limit=1)
    with pytest.raises(TimeLimitExceeded) as caught:
        endless.get(timeout=15)
    assert caught.value.args == (1,)
    assert beside.get(timeout=15) == "beside"
    assert pool.call("basic.add", (1, 2)) == 3
    assert ledger.labels("end") == ["beside"]


@every_pool
def test_a_task_that_heeds_its_soft_time_limit_ends_as_it_likes(pool: Target) -> None:
    assert pool.call("pools.heed", (60,), soft_time_limit=1) == "cleaned up"


@every_pool
def test_a_task_that_computes_learns_of_its_soft_time_limit(pool: Target) -> None:
    assert pool.call("pools.spin_heeding", soft_time_limit=1) == "cleaned up"


@every_interrupting_pool
def test_a_lost_process_or_thread_fails_its_own_task_alone(pool: Target, ledger: Ledger) -> None:
    beside = pool.send("work.record", (ledger.path, "beside", 1))
    lost = pool.send("pools.die", (ledger.path, "lost"))
    with pytest.raises(WorkerLostError):
        lost.get(timeout=15)
    assert beside.get(timeout=15) == "beside"
    assert pool.call("basic.add", (1, 2)) == 3
    assert ledger.labels("start").count("lost") == 1


@pytest.mark.parametrize("pool", ["threads"], indirect=True)
def test_out_of_memory_in_a_thread_fails_its_own_task_alone(
    pool: Target, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    beside = pool.send("work.gate", (ledger.path, "beside", str(gate)))
    ledger.wait_for("start", label="beside")
    with pytest.raises(WorkerLostError, match="memory"):
        pool.call("pools.exhaust", (ledger.path, "lost"))
    gate.touch()
    assert beside.get(timeout=15) == "beside"
    assert pool.call("basic.add", (1, 2)) == 3
    assert ledger.labels("start") == ["beside", "lost"]


@every_interrupting_pool
def test_a_pool_has_as_many_as_are_busy_between_two_sizes(
    pool: Target, ledger: Ledger, tmp_path: Path
) -> None:
    worker, gate = Autoscaled(pool), tmp_path / "gate"
    most = worker.sizes["max"]
    try:
        assert worker.scale(at_most=most, at_least=1) == {"ok": f"autoscale now max={most} min=1"}
        wait_until(lambda: worker.sizes["current"] == 1, 30, "one that waits for tasks")
        results = [pool.send("work.gate", (ledger.path, str(n), str(gate))) for n in range(most + 1)]
        assert len(ledger.wait_for("start", most)) == most
        assert worker.sizes["current"] == most
        gate.touch()
        assert [result.get(timeout=30) for result in results] == [str(n) for n in range(most + 1)]
        wait_until(lambda: worker.sizes["current"] == 1, 30, "one that waits for tasks again")
    finally:
        gate.touch()
        worker.scale(at_most=most, at_least=most)


def test_a_task_runs_in_the_pool_that_it_asks_for(
    pools: dict[str, Target],
) -> None:
    """`--pool threads`, and the default."""
    threads, on_loop = pools["threads"], pools["async"]
    assert (threads.call("pools.where") > 0, threads.call("choice.on_loop")) == (True, 0)
    assert (on_loop.call("pools.where"), on_loop.call("choice.in_thread") > 0) == (0, True)


def test_a_function_without_a_module_is_refused_by_name_for_threads() -> None:
    done = run_node("""
        import { Celery } from "./celery-js.js";
        const app = new Celery("shop");
        app.task("shop.total", { pool: "threads" }, () => 1);
        app.worker();
    """)
    assert done.returncode == 1
    refusal = r"ImproperlyConfigured: task shop\.total cannot run in the pool 'threads': .*autodiscoverTasks"
    assert re.search(refusal, done.stderr)


@every_interrupting_pool
def test_tasks_that_compute_run_side_by_side(pool: Target, ledger: Ledger) -> None:
    # A busy machine may start the second one late, but not every time.
    for seconds in SPINS_S:
        results = [pool.send("pools.spin", (ledger.path, label, seconds)) for label in "ab"]
        for result in results:
            result.get(timeout=20)
        events = [entry.event for entry in ledger.entries()[-4:]]
        if events == ["start", "start", "end", "end"]:
            return
    raise AssertionError(f"one after the other, for up to {SPINS_S[-1]} s: {events}")


@every_pool
def test_tasks_that_wait_run_side_by_side(pool: Target, ledger: Ledger, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    results = [pool.send("work.gate", (ledger.path, label, str(gate))) for label in "abc"]
    ledger.wait_for("start", 3)
    gate.touch()
    assert [result.get(timeout=30) for result in results] == ["a", "b", "c"]


@every_pool
def test_what_a_task_does_through_itself_works_in_every_pool(pool: Target, tmp_path: Path) -> None:
    part = dict(pool.signature("basic.add", (1, 2)))
    assert pool.call("retries.retry_until", (1,)) == 1
    assert pool.call("canvas.replace", (part,)) == 3
    sender = pool.send("canvas.apply", (part,))
    sender.get(timeout=30)
    sent: Any
    [sent] = sender.children or []
    assert sent.get(timeout=30) == 3
    working = pool.send("outcomes.progress", (str(tmp_path / "go"),))
    wait_until(lambda: str(working.state) == "PROGRESS", 30, "state PROGRESS")
    assert working.info == {"done": 1, "of": 2}
    (tmp_path / "go").touch()
    assert working.get(timeout=30) == "done"


@every_pool
def test_a_rate_limit_spaces_only_its_own_task_and_keeps_the_order(pool: Target, ledger: Ledger) -> None:
    labels = ["1", "2", "3"]
    limited = [pool.send("pools.limited", (ledger.path, label)) for label in labels]
    pool.call("work.record", (ledger.path, "free"))
    for result in limited:
        result.get(timeout=30)
    starts = ledger.entries("start")
    assert [entry.label for entry in starts if entry.label != "free"] == labels
    assert [entry.label for entry in starts].index("free") < 3, "it did not wait for the last of them"
    times = [entry.time for entry in starts if entry.label != "free"]
    assert times[-1] - times[0] >= (len(labels) - 1) / RATE - LATE_S


@pytest.mark.difference("`self` of handlers and receivers in the pool `threads`")
@pytest.mark.parametrize(
    ("pool", "after"),
    [("prefork", "opened"), ("reliable", "opened"), ("async", "opened"), ("threads", "nothing")],
    indirect=["pool"],
)
def test_before_start_has_the_tasks_own_self(pool: Target, after: str, ledger: Ledger) -> None:
    assert pool.call("pools.prepared", (ledger.path,)) == "opened"
    [entry] = ledger.wait_for("after")
    assert entry.label == after


@pytest.mark.difference("Hard time limit in the pool `async`")
def test_a_worker_with_as_many_zombies_as_slots_stops(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    worker = start(Kind.NODE, concurrency=1)
    stuck = queue.send("pools.stay", (ledger.path, "stuck", str(tmp_path / "never")), time_limit=1)
    with pytest.raises(TimeLimitExceeded):
        stuck.get(timeout=30)
    assert worker.wait() == 1, "so that it is started again"
    assert "still run: the worker stops, so that its supervisor restarts it" in worker.log
    wait_until_all_settled(redis)
