"""Decides from outside the event loop whether a worker is healthy, for ``/livez`` and ``/readyz``.

Mirrors ``node/celery-js/src/transport/health.js``: ready means that it consumes, not merely that it lives.
"""

import time
from typing import TYPE_CHECKING

from celery_reliable.types import Settings, Worker

if TYPE_CHECKING:  # the module adds a command to the worker, which a stock worker does not have
    from celery_reliable.readiness import Readiness

# How long the event loop may be blocked until the worker counts as not ready, and as not alive.
READY_STALL_S = 10.0
LIVE_STALL_S = 600.0


class Health:
    """The health of one worker. ``phase`` is "starting", "consuming" or "stopping"; any thread may ask."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self.phase = "starting"

    @property
    def consumer(self) -> Worker:
        """Celery's consumer; None before there is one."""
        return getattr(self._worker, "consumer", None)

    @property
    def readiness(self) -> "Readiness | None":
        """What the consumer knows of its own readiness; None before there is one, and with Celery's own consumer."""
        known: Readiness | None = getattr(self.consumer, "readiness", None)
        return known

    @property
    def queues(self) -> list[str]:
        """The queues that are consumed now."""
        tasks: Worker = getattr(self.consumer, "task_consumer", None)
        return sorted(queue.name for queue in getattr(tasks, "queues", ()) if tasks.consuming_from(queue))

    def alive(self) -> Settings:
        """Return whether the worker is alive: whether its event loop may still recover."""
        stalled_s = self._stalled_s()
        return {"ok": stalled_s < LIVE_STALL_S, "stalledMs": round(stalled_s * 1000)}

    def ready(self) -> Settings:
        """Return whether the worker consumes, and if not, why."""
        reasons, known = self._reasons(), self.readiness
        counts = {} if known is None else {"running": known.running, "free": known.free}
        return {"ok": not reasons, "reasons": reasons, **counts, "queues": self.queues}

    def _reasons(self) -> list[str]:
        if self.phase != "consuming":
            return [f"the worker is {self.phase}"]
        # A worker that has lost its broker consumes none until it is back.
        reasons = [] if self.queues else ["no queue is consumed"]
        stalled_s = self._stalled_s()
        if stalled_s >= READY_STALL_S:
            reasons.append(f"the event loop has been blocked for {stalled_s:.0f} s")
        if (known := self.readiness) is not None:
            problem = known.leases.measuring.problem()
            reasons += [problem] if problem else known.judge()
        return reasons

    def _stalled_s(self) -> float:
        """How long the event loop has been blocked by anything but a task of the pool ``solo``.

        0 with Celery's own consumer, which does not measure it.
        """
        known = self.readiness
        return 0.0 if known is None or known.runs_a_task_itself else max(0.0, time.monotonic() - known.checked_at)
