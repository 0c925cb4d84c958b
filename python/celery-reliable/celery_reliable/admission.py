"""Sorts out taken messages that are not delivered now: those lost too often, those with far etas, suspects."""

import heapq
from collections.abc import Callable
from datetime import tzinfo

from celery_reliable.envelope import eta_of
from celery_reliable.lease_manager import LeaseManager
from celery_reliable.suspects import Suspect, Suspects
from celery_reliable.taking import Delivery
from celery_reliable.types import Payload

# How many messages with a near eta are held, each of which makes the window larger by one. Further ones are parked.
MAX_NEAR_ETAS = 1_000

#: Returns why a message that was lost with so many workers must not run; None when it may.
Judge = Callable[[Payload, int], str | None]


class Admission:
    """Sorts for one channel. The worker's consumer sets ``judge`` and ``timezone`` (for etas without one)."""

    def __init__(self, suspects: Suspects) -> None:
        self.judge: Judge | None = None
        self.timezone: tzinfo | None = None
        self._suspects = suspects
        self._near_etas: list[float] = []  # a heap
        self._parked: list[tuple[str, int, float]] = []

    def should_hold(self, leases: LeaseManager, delivery: Delivery, payload: Payload, window: int) -> bool:
        """Tell whether not to deliver a message now: it is buried, queued as a suspect, or noted for ``park``.

        Raises whatever the judge raises; the message is then unchanged.
        """
        tag, lost = leases.tag(delivery), delivery.workers_lost
        reason = self.judge(payload, lost) if lost and self.judge is not None else None
        if reason is not None:
            leases.bury(tag, reason)
            return True
        eta = eta_of(payload, self.timezone)
        due = self._parked_until(leases, eta, lost)
        if eta is not None and due is not None:
            self._parked.append((tag, int(due * 1000), eta))
            return True
        if not lost:
            return False
        if 0 < window <= len(self._suspects):
            # One more would block those behind it in the queue.
            later = leases.server_now_s + leases.options.lease_s
            self._parked.append((tag, int(later * 1000), later))
        else:
            self._suspects.add(Suspect(tag, payload, delivery.queue))
        return True

    def park(self, leases: LeaseManager) -> None:
        """Park the messages that ``should_hold`` has noted."""
        parked, self._parked = self._parked, []
        if parked:
            leases.park(parked)

    def _parked_until(self, leases: LeaseManager, eta: float | None, lost: int) -> float | None:
        """When to put back a message whose eta is too far, or for which there is no room; None to hold it.

        By the server's clock, like the sweep. A suspect is never held before it is due, because others wait
        for it.
        """
        now, lease_s = leases.server_now_s, leases.options.lease_s
        if eta is None or eta <= now:
            return None
        if eta - now > 2 * lease_s:
            return eta - lease_s
        while self._near_etas and self._near_etas[0] <= now:
            heapq.heappop(self._near_etas)
        if lost or len(self._near_etas) >= MAX_NEAR_ETAS:
            return eta
        heapq.heappush(self._near_etas, eta)
        return None
