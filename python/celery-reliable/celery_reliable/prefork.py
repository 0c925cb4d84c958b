"""Celery's prefork pool, made faster: it keeps its processes busy and stops at once.

Celery's own pool writes a task in the next turn of the worker's loop and reads one message per turn, although a
process sends two per task: that it has started, and its answer. So a short task takes three turns.

Celery's own pool waits forever for a process that does not start the task that was written to it.
"""

import fcntl
import logging
import os
import signal
import termios
import time
from collections.abc import Callable
from types import GeneratorType
from typing import TypeAlias

from celery.concurrency import asynpool, prefork

from celery_reliable.types import Hub, Passed

logger = logging.getLogger(__name__)

# An idle process starts a task within milliseconds. One that has not started it after this time is replaced.
STARTS_WITHIN_S = 30.0
_CHECK_S = 5.0
_NOTHING = bytes(4)

Reading: TypeAlias = "GeneratorType[None, None, None]"


class ResultHandler(asynpool.ResultHandler):
    """Reads both messages of a task in one turn (mirrors ``celery.concurrency.asynpool.ResultHandler``)."""

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        self._readings: dict[int, tuple[Passed, Reading]] = {}
        super().__init__(*args, **kwargs)

    def _recv_message(self, add_reader: Passed, fd: int, callback: Passed, **kwargs: Passed) -> Reading:
        """Read a message, or the rest of one: a lost connection makes the loop forget half-read messages."""
        process = self.fileno_to_outq[fd]
        reader, reading = self._readings.get(fd, (None, None))
        if reading is None or reading.gi_frame is None or reader is not process:
            reading = super()._recv_message(add_reader, fd, callback, **kwargs)
            self._readings[fd] = process, reading
        return reading

    def _make_process_result(self, hub: Hub) -> Callable[[int], None]:
        read = super()._make_process_result(hub)

        def read_both(fileno: int) -> None:
            read(fileno)
            if self._has_message(hub, fileno):
                read(fileno)

        return read_both

    def _has_message(self, hub: Hub, fileno: int) -> bool:
        """Whether the last message was read to its end, and another one has begun to arrive."""
        if fileno not in self.fileno_to_outq or hub.readers.get(fileno) != (self.handle_event, (fileno,)):
            return False
        try:
            return fcntl.ioctl(fileno, termios.FIONREAD, _NOTHING) != _NOTHING
        except OSError:
            return False


class PoolProcess(asynpool.Worker):
    """Ends at once when the pool stops (mirrors ``celery.concurrency.asynpool.Worker``).

    billiard's process announces its end and waits a second for the parent to end it. A stopping parent no longer
    reads, so every stop and reload would take this second.
    """

    def _do_exit(self, pid: int, exitcode: int | None, exc: Passed = None) -> None:
        # Without an exit code, the parent has asked it to end, or has ended; no task runs.
        if exitcode is not None or exc is not None:
            super()._do_exit(pid, exitcode, exc)
        if self.on_exit is not None:
            self.on_exit(pid, os.EX_OK)
        os._exit(os.EX_OK)


class AsynPool(asynpool.AsynPool):
    """Writes a task to a free process when it gets it (mirrors ``celery.concurrency.asynpool.AsynPool``)."""

    ResultHandler = ResultHandler
    Worker = PoolProcess
    _quick_put: Callable[[Passed], None]
    on_poll_start: Callable[[], None]
    _put_back: Callable[[Passed], None]
    # When a task that has not started was first seen in an idle or dead process, by the task's number and the pid.
    _written_at: dict[tuple[int, int], float]
    _checked_at: float

    def _create_write_handlers(self, hub: Hub, **kwargs: Passed) -> None:
        super()._create_write_handlers(hub, **kwargs)
        put, write, look = self._quick_put, hub.consolidate_callback, self.on_poll_start
        is_fair = self.sched_strategy == asynpool.SCHED_STRATEGY_FAIR

        def put_and_write(job: Passed) -> None:
            put(job)
            free = self._all_inqueues - self._busy_workers - self._active_writes if is_fair else ()
            if free:
                write([min(free)])

        def on_poll_start() -> None:
            if self.outbound_buffer or hub.consolidate:  # else there is nothing to write or to stop watching
                look()

        self._quick_put = put_and_write
        self.on_poll_start = on_poll_start
        self._written_at = {}
        self._checked_at = time.monotonic()

    @property
    def timers(self) -> dict[Callable[[], None], float]:
        """What the worker's loop calls, and how often (mirrors ``celery.concurrency.asynpool.AsynPool.timers``)."""
        return {**super().timers, self.replace_stuck: _CHECK_S}

    def replace_stuck(self) -> None:
        """Give tasks that their processes do not start to others: they have not run."""
        jobs = tuple(self._cache.items())
        running = {getattr(job, "_write_to", None) for _, job in jobs if job._accepted}
        returned = set(map(id, self.outbound_buffer))
        now = time.monotonic()
        # After a blocked loop, answers of the processes may not be read yet: the time begins again.
        known = self._written_at if now - self._checked_at < 2 * _CHECK_S else {}
        written_at = {}
        for number, job in jobs:
            process = getattr(job, "_write_to", None)
            if process is None or process in running or job._accepted or id(job) in returned:
                continue
            place = (number, process.pid)
            written_at[place] = known.get(place, now)
            if now - written_at[place] >= STARTS_WITHIN_S:
                self._take_back(job, process)
        self._written_at, self._checked_at = written_at, now

    def _take_back(self, job: Passed, process: Passed) -> None:
        """Kill a job's process: Celery then puts its job back. It does not if the job was flushed as that one died."""
        what = "%s pid:%s has not started task %s within %g s: it is replaced"
        logger.error(what, process.name, process.pid, job.correlation_id, STARTS_WITHIN_S)
        if process._is_alive():
            os.kill(process.pid, signal.SIGKILL)
        else:
            self._put_back(job)


class TaskPool(prefork.TaskPool):
    """Chosen by Celery's setting ``worker_pool`` (mirrors ``celery.concurrency.prefork.TaskPool``)."""

    Pool = AsynPool
