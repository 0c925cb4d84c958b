"""Our prefork pool is Celery's, and gets more done."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import isgenerator
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery
from celery.concurrency.asynpool import SCHED_STRATEGY_FAIR
from conftest import Clock, Ledger, Server, StartWorker
from kombu.asynchronous.hub import Hub

from celery_reliable import install, prefork
from celery_reliable.prefork import AsynPool
from celery_reliable.started import StartedJobs
from tests.chaos.fleet import children_of
from tests.support.waiting import wait_until

OURS = "celery_reliable.prefork:TaskPool"


@pytest.mark.parametrize(("own", "used"), [("prefork", OURS), ("solo", "solo"), ("mine:Pool", "mine:Pool")])
def test_a_pool_that_an_app_has_chosen_stays(own: str, used: str) -> None:
    app = Celery("own", broker="redis://", set_as_current=False)
    app.conf.worker_pool = own

    install(app)

    assert app.conf.worker_pool == used


def test_a_worker_has_it_by_default(start: StartWorker, client: Celery) -> None:
    start(pool="prefork", concurrency=2)

    assert client.send_task("worker_app.add", (1, 1)).get(timeout=20) == 2  # it listens to control commands by now
    [stats] = (client.control.inspect(timeout=10, limit=1).stats() or {}).values()

    assert stats["pool"]["implementation"] == OURS
    assert len(stats["pool"]["processes"]) == 2


def test_arguments_larger_than_a_pipe_arrive(start: StartWorker, client: Celery) -> None:
    start(pool="prefork", concurrency=2, settings={"worker_prefetch_multiplier": 4})
    texts = ["x" * size for size in (10, 300_000, 2_000_000, 100, 1_000_000, 65_530)]

    results = [client.send_task("worker_app.add", (text, "y")) for text in texts for _ in range(3)]

    assert [result.get(timeout=60) for result in results] == [f"{text}y" for text in texts for _ in range(3)]


@pytest.fixture
def hub() -> Iterator[Any]:
    made: Any = Hub()
    yield made
    made.close()


@pytest.fixture
def pool(hub: Any) -> Iterator[AsynPool]:
    made = AsynPool(processes=1, threads=False, sched_strategy=SCHED_STRATEGY_FAIR, enable_timeouts=False)
    made.register_with_event_loop(hub)
    yield made
    made.terminate()


def turn_until(hub: Any, is_done: Callable[[], object]) -> None:
    wait_until(lambda: is_done() or hub.run_once(), 20, "a message of the pool")


def test_a_half_read_result_of_a_lost_connection_is_read_to_its_end(pool: AsynPool, hub: Any) -> None:
    lengths: list[int] = []
    [process] = pool._pool
    for length in (20_000_000, 1):
        pool.apply_async(str.rjust, ("", length), callback=lambda text: lengths.append(len(text)))
    turn_until(hub, lambda: isgenerator(hub.readers[process.outqR_fd][0]))

    hub.reset()  # what the worker does when its connection is lost
    hub._loop = None
    pool.register_with_event_loop(hub)

    turn_until(hub, lambda: len(lengths) == 2)
    assert lengths == [20_000_000, 1]


class Request:
    """What a lost connection asks a request for."""

    id = "1"
    message = None

    def on_accepted(self, *_: object) -> None:
        """Mirrors ``celery.worker.request.Request.on_accepted``."""


def test_a_job_whose_process_dies_as_the_pool_is_flushed_runs(
    pool: AsynPool, hub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefork, "STARTS_WITHIN_S", 0)
    results: list[int] = []
    [process] = pool._pool
    turn_until(hub, lambda: pool._all_inqueues)
    os.kill(process.pid, signal.SIGSTOP)
    request = Request()
    pool.apply_async(abs, (-3,), callback=results.append, accept_callback=request.on_accepted)
    process.inq._reader.recv()  # it reads the job, and ends before it starts it
    started = StartedJobs(SimpleNamespace(_pool=pool))
    os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not process._is_alive(), what="the end of the process")
    pool.flush()
    started.restore()

    pool.replace_stuck()

    turn_until(hub, lambda: results)
    assert results == [3]


def test_a_process_that_does_not_start_its_task_is_replaced(start: StartWorker, client: Celery) -> None:
    worker = start(pool="prefork", concurrency=2, starts_within_s=1)
    assert client.send_task("worker_app.add", (1, 1)).get(timeout=20) == 2
    [stats] = (client.control.inspect(timeout=10, limit=1).stats() or {}).values()
    os.kill(stats["pool"]["processes"][0], signal.SIGSTOP)

    results = [client.send_task("worker_app.add", (n, 1)) for n in range(6)]

    assert [result.get(timeout=30) for result in results] == [1, 2, 3, 4, 5, 6]
    assert worker.log.count("has not started task") == 1


def test_a_long_task_keeps_its_process(start: StartWorker, client: Celery) -> None:
    worker = start(pool="prefork", concurrency=1, starts_within_s=1)

    results = [client.send_task("worker_app.work", ("/dev/null", "", 7)), client.send_task("worker_app.add", (1, 1))]

    assert [result.get(timeout=30) for result in results] == ["", 2]
    assert "has not started task" not in worker.log


@dataclass(eq=False)
class Process:
    """A living process, as billiard's pool knows it."""

    pid: int
    name: str = "ForkPoolWorker"

    def _is_alive(self) -> bool:
        return True


@dataclass(eq=False)
class Job:
    """A task that was written to a process, which has not started it."""

    _write_to: Process
    _accepted: bool = False
    correlation_id: str = "task"


@pytest.fixture
def checks(clock: Clock) -> Any:
    """The part of a pool that checks its processes."""
    pool = prefork.AsynPool.__new__(prefork.AsynPool)
    pool._cache, pool.outbound_buffer = {}, deque()
    pool._written_at, pool._checked_at = {}, clock.now
    return pool


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pids of processes that were killed."""
    pids: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: pids.append(pid))
    return pids


def check_until(checks: Any, clock: Clock, seconds: float) -> None:
    """Check as often as the worker's loop does."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += prefork._CHECK_S
        checks.replace_stuck()


def test_each_process_has_the_whole_time_to_start_a_task(checks: Any, clock: Clock, killed: list[int]) -> None:
    first, second = Process(1), Process(2)
    checks._cache[1] = job = Job(first)
    checks.replace_stuck()
    check_until(checks, clock, prefork.STARTS_WITHIN_S)
    assert killed == [first.pid]

    job._write_to = second
    check_until(checks, clock, prefork.STARTS_WITHIN_S)

    assert killed == [first.pid]
    check_until(checks, clock, prefork._CHECK_S)
    assert killed == [first.pid, second.pid]


def test_a_loop_that_was_blocked_reads_answers_before_it_replaces_a_process(
    checks: Any, clock: Clock, killed: list[int]
) -> None:
    checks._cache[1] = Job(Process(1))
    checks.replace_stuck()
    clock.now += 2 * prefork.STARTS_WITHIN_S

    checks.replace_stuck()

    assert killed == []


def test_a_task_whose_process_dies_between_two_lost_connections_runs(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    """The first loss leaves the task to its process; the second finds it in the pool's buffer."""
    worker = start(pool="prefork", concurrency=1, lease_s=60)
    wait_until(lambda: children_of(worker.pid), what="a process")
    [child] = children_of(worker.pid)
    os.kill(child, signal.SIGSTOP)
    first, second = (client.send_task("worker_app.work", (str(ledger), label, 0)) for label in "ab")
    worker.wait_for_log(first.id)
    server.restart()
    worker.wait_for_log(second.id)  # through the next connection, which knows nothing of the first task

    worker.signal(signal.SIGSTOP)  # so that it learns of both at once
    os.kill(child, signal.SIGKILL)
    server.stop()
    worker.signal(signal.SIGCONT)
    wait_until(lambda: children_of(worker.pid) not in ([], [child]), what="another process")
    server.start()

    wait_until(lambda: ledger.count("end") == 2, 30, "the end of both")
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": 1, "b": 1}
