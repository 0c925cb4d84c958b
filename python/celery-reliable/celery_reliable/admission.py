"""Which of the messages that were taken are not delivered now: poison, far etas, suspects."""

import heapq
from collections.abc import Callable
from datetime import tzinfo

from celery_reliable.envelope import eta_of
from celery_reliable.lease_manager import LeaseManager
from celery_reliable.suspects import Suspect, Suspects
from celery_reliable.taking import Delivery
from celery_reliable.types import Payload

# Etas that are near are held, and each makes the window larger by one; what is beyond this number is parked.
MAX_NEAR_ETAS = 1_000

#: Says why a message that was lost with so many workers is not to be run; None when it is.
Judge = Callable[[Payload, int], str | None]


class Admission:
    """Sorts for one channel. ``judge`` and ``timezone`` (of etas that name none) the worker's consumer gives."""

    def __init__(self, suspects: Suspects) -> None:
        self.judge: Judge | None = None
        self.timezone: tzinfo | None = None
        self._suspects = suspects
        self._near_etas: list[float] = []  # a heap
        self._parked: list[tuple[str, int, float]] = []

    def should_hold(self, leases: LeaseManager, delivery: Delivery, payload: Payload, window: int) -> bool:
        """Tell whether a message is buried, lined up as a suspect, or to be parked (``park``).

        Raises whatever the judge raises: nothing has been done with the message then.
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
            # One more would keep those behind it in the queue from their turn.
            later = leases.server_now_s + leases.options.lease_s
            self._parked.append((tag, int(later * 1000), later))
        else:
            self._suspects.add(Suspect(tag, payload, delivery.queue))
        return True

    def park(self, leases: LeaseManager) -> None:
        """Let go of what was found to be parked."""
        parked, self._parked = self._parked, []
        if parked:
            leases.park(parked)

    def _parked_until(self, leases: LeaseManager, eta: float | None, lost: int) -> float | None:
        """When a message with an eta is to be put back, if it is too far away, or one too many, to be held.

        By the server's clock, as the sweep's is. A suspect is not held at all before it is due: others wait for it.
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
