"""A stop waits for nothing: a signal wakes the worker's loop, and idle processes of the pool end at once."""

import os
import select
import signal
import time
from types import SimpleNamespace
from typing import Any

import pytest

from celery_reliable.prefork import PoolProcess, TaskPool
from celery_reliable.wake_up import WakeUp

SLEPT = 7


def test_a_signal_wakes_the_loop() -> None:
    watched: list[Any] = []
    loop = SimpleNamespace(add_reader=lambda reader, _callback: watched.append(reader))
    before = signal.signal(signal.SIGUSR2, lambda *_: None)
    wake_up = WakeUp(loop)
    try:
        wake_up.wake_on_signals()

        signal.raise_signal(signal.SIGUSR2)

        assert select.select(watched, [], [], 5)[0] == watched
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGUSR2, before)


@pytest.mark.parametrize(
    ("exitcode", "ends_with", "announced"),
    [(None, 0, 0), (155, SLEPT, 1)],
    ids=["asked by the parent", "after its last task"],
)
def test_a_process_that_the_parent_ends_does_not_wait(exitcode: int | None, ends_with: int, announced: int) -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        time.sleep = lambda _seconds: os._exit(SLEPT)
        process = PoolProcess.__new__(PoolProcess)
        process.on_exit = None
        process.outq = SimpleNamespace(put=lambda _message: os.write(writing, b"!"))
        process._do_exit(os.getpid(), exitcode)
    os.close(writing)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == ends_with
    assert len(os.read(reading, 8)) == announced
    os.close(reading)


def test_pools_use_it() -> None:
    assert TaskPool.Pool.Worker is PoolProcess
