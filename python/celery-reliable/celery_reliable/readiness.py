"""Decides whether a worker is ready, as ``/readyz`` of a Node worker does: it consumes, and starts the tasks it took.

Mirrors ``node/celery-js/src/transport/health.js``. Asked over the broker: ``celery inspect readiness``.
"""

import time
from typing import TYPE_CHECKING

from celery.concurrency import solo
from celery.worker import state as worker_state
from celery.worker.control import inspect_command

from celery_reliable.types import Settings, Worker, WorkerPool

if TYPE_CHECKING:
    from celery_reliable.channel import ReliableChannel
    from celery_reliable.lease_manager import LeaseManager

# A healthy worker starts tasks, or asks the broker for more, within milliseconds. A longer silence is a fault.
SILENCE_LIMIT_S = 5.0
# How often a worker checks itself. A longer pause means that its loop was blocked.
CHECK_S = 1.0
LATE_S = 2.0


class Readiness:
    """The event loop's view of its worker's health, updated every second."""

    def __init__(self, pool: WorkerPool, channel: "ReliableChannel") -> None:
        self._pool = pool
        self._channel = channel
        self._started = worker_state.all_total_count[0]
        #: When the event loop last checked, by ``time.monotonic``.
        self.checked_at = self._start_excused_at = self._take_excused_at = time.monotonic()

    @property
    def running(self) -> int:
        """How many tasks run."""
        return len(worker_state.active_requests)

    @property
    def runs_a_task_itself(self) -> bool:
        """Whether the event loop is blocked by a task: the pool ``solo`` has no other place to run it."""
        return isinstance(self._pool, solo.TaskPool) and self.running > 0

    @property
    def free(self) -> int:
        """How many slots are free."""
        return max(0, int(self._pool.num_processes) - self.running)

    def check(self) -> None:
        """Note when tasks were last started and messages last taken, or when there was last a reason not to."""
        now, started = time.monotonic(), worker_state.all_total_count[0]
        waits = len(worker_state.reserved_requests) > self.running
        is_late = now - self.checked_at > LATE_S
        if is_late or not waits or self.free == 0 or started != self._started:
            self._start_excused_at = now
        if is_late or not self._channel.qos.can_consume():
            self._take_excused_at = now
        self._started, self.checked_at = started, now

    @property
    def leases(self) -> "LeaseManager":
        """The messages that the worker holds."""
        return self._channel.leases

    def reasons(self) -> list[str]:
        """Check, and return why the worker is not ready; empty if it is."""
        self.check()
        return self.judge()

    def judge(self) -> list[str]:
        """Return the result of the last check. Any thread may call it."""
        unstarted_s = self.checked_at - self._start_excused_at
        untaken_s = self.checked_at - max(self._take_excused_at, self._channel.leases.answered_at)
        reasons = []
        if unstarted_s >= SILENCE_LIMIT_S:
            reasons.append(f"no task has been started for {unstarted_s:.0f} s, though slots are free and tasks wait")
        if untaken_s >= SILENCE_LIMIT_S:
            reasons.append(f"nothing has been taken for {untaken_s:.0f} s, though slots are free")
        return reasons


@inspect_command()  # type: ignore[untyped-decorator, unused-ignore]
def readiness(state: Worker) -> Settings:
    """Is the worker ready: does it take messages, and start tasks?"""
    known: Readiness | None = getattr(state.consumer, "readiness", None)
    if known is None:
        return {"ok": True, "reasons": []}
    reasons = known.reasons()
    return {"ok": not reasons, "reasons": reasons, "running": known.running, "free": known.free}
