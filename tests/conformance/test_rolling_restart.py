"""A deploy: workers are stopped and replaced one after the other while tasks come in.

`make test-load` runs it with more rounds.
"""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.programs import Program
from tests.support.waiting import wait_until

from .broker import wait_until_all_settled
from .ledger import Ledger
from .workers import Kind, StartWorker, Target

TASKS_A_SECOND = 200
TASK_S = 0.01
# A worker is in the middle of its work once it has begun so many.
BEGUN = 20
PREFETCHING = {"worker_prefetch_multiplier": 4}


class Client(threading.Thread):
    """Sends tasks at a steady rate until `stop`. Each task records its number."""

    def __init__(self, queue: Target, ledger: Ledger) -> None:
        super().__init__()
        self._queue = queue
        self._ledger = ledger
        self._is_over = threading.Event()
        self.sent: list[Any] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        began = time.monotonic()
        try:
            while not self._is_over.is_set():
                arguments = (self._ledger.path, str(len(self.sent)), TASK_S)
                self.sent.append(self._queue.send("work.record", arguments))
                self._is_over.wait(max(0, began + len(self.sent) / TASKS_A_SECOND - time.monotonic()))
        except BaseException as error:
            self.error = error

    def finish(self) -> int:
        """Stop, and return the number of sent tasks. Raises the error of a failed send."""
        self._is_over.set()
        self.join()
        if self.error:
            raise self.error
        return len(self.sent)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_rolling_restart_under_load_loses_and_repeats_nothing(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, request: pytest.FixtureRequest
) -> None:
    rounds = request.config.getoption("--restarts")
    workers = [start(Kind.NODE, node=PREFETCHING, wait=False) for _ in range(2)]
    for worker in workers:
        worker.wait_for_log(r"ready\.", timeout_s=30)
    client = Client(queue, ledger)
    client.start()
    try:
        for _ in range(rounds):
            for place, old in enumerate(workers):
                _wait_until_busy(old, ledger)
                assert old.stop() == 0
                workers[place] = start(Kind.NODE, node=PREFETCHING)
        for worker in workers:
            _wait_until_busy(worker, ledger)
    finally:
        count = client.finish()
    labels = [str(number) for number in range(count)]
    assert [result.get(timeout=30) for result in client.sent] == labels
    wait_until_all_settled(redis)
    assert sorted(ledger.labels("start"), key=int) == labels, "each once"
    assert sorted(ledger.labels("end"), key=int) == labels
    assert redis.exists("jobs.dead", "celery.deliveries") == 0
    print(f"{count} tasks, {2 * rounds} restarts")


def _wait_until_busy(worker: Program, ledger: Ledger) -> None:
    # Its lines are counted, not read: there are thousands, several times a second.
    path, process = Path(ledger.path), f",{worker.pid},"
    wait_until(lambda: path.read_text().count(process) >= BEGUN, 30, f"{BEGUN} tasks begun by {worker.name}")
