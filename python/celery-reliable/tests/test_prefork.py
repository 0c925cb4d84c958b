"""Our prefork pool is Celery's, and gets more done."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from celery import Celery
from conftest import StartWorker

from celery_reliable import install, prefork

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
    """A process as billiard's pool knows it."""

    program: "subprocess.Popen[bytes]"
    name: str = "ForkPoolWorker"

    @property
    def pid(self) -> int:
        return self.program.pid

    def _is_alive(self) -> bool:
        return self.program.poll() is None


@dataclass(eq=False)
class Job:
    """A task that was written to a process, which has not started it."""

    _write_to: Process
    _accepted: bool = False
    correlation_id: str = "task"


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    made = [Process(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])) for _ in range(2)]
    yield made
    for process in made:
        process.program.kill()
        process.program.wait()


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The part of a pool that checks its processes."""
    monkeypatch.setattr(prefork, "STARTS_WITHIN_S", 0.2)
    pool = prefork.AsynPool.__new__(prefork.AsynPool)
    pool._cache, pool.outbound_buffer = {}, deque()
    pool._written_at, pool._checked_at = {}, time.monotonic()
    return pool


def lives(process: Process) -> bool:
    """Tell whether a process was not killed just now."""
    try:
        process.program.wait(0.5)
    except subprocess.TimeoutExpired:
        return True
    return False


def test_each_process_has_the_whole_time_to_start_a_task(pool: Any, processes: list[Process]) -> None:
    first, second = processes
    pool._cache[1] = job = Job(first)
    pool.replace_stuck()
    time.sleep(0.3)
    pool.replace_stuck()
    assert first.program.wait(5) == -signal.SIGKILL

    job._write_to = second
    pool.replace_stuck()

    assert lives(second)


def test_a_loop_that_was_blocked_reads_answers_before_it_replaces_a_process(
    pool: Any, processes: list[Process]
) -> None:
    pool._cache[1] = Job(processes[0])
    pool.replace_stuck()
    blocked_s = 60
    pool._checked_at -= blocked_s
    pool._written_at = {place: since - blocked_s for place, since in pool._written_at.items()}

    pool.replace_stuck()

    assert lives(processes[0])
