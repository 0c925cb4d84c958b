"""Stores the states of tasks that were revoked before they started, without blocking the worker's loop.

In celery-js ``worker/control/revoked-states.js``. Stock Celery reads and stores each in the loop: fifty thousand take
many seconds, and a result backend that does not answer would keep a worker of ours for as long.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence

from celery import states
from celery.worker.state import REVOKES_MAX

from celery_reliable.line_limit import LineLimit
from celery_reliable.types import Passed

logger = logging.getLogger(__name__)
_LINES = LineLimit(logger)

# How long a command waits for its states, so that they are usually stored once it is answered.
ANSWERS_WITHIN_S = 0.25
# A worker that has started a task, or has its result, decides about the state.
_NOT_STARTED = (states.PENDING, states.RECEIVED, states.RETRY, states.REJECTED)

#: A task's id, and its result backend.
Revoked = tuple[str, Passed]


class RevokedStates:
    """The states that are still to be stored, by a thread that lives as long as there are any.

    As many as Celery remembers ids; the tasks of the others do not run either, but have no state.
    """

    def __init__(self, most: int = REVOKES_MAX or 50_000) -> None:
        self._most = most
        self._waiting: deque[Revoked] = deque()
        self._lock = threading.Lock()
        self._is_idle = threading.Event()
        self._is_idle.set()

    def store(self, revoked: Sequence[Revoked]) -> None:
        """Store these, soon or, if nothing else is being stored, now; waits no longer than a moment."""
        if not revoked:
            return
        with self._lock:
            room = self._most - len(self._waiting)
            self._waiting.extend(revoked[:room])
            was_idle = self._is_idle.is_set()
            if was_idle:
                threading.Thread(target=self._store_all, name="revoked states", daemon=True).start()
                self._is_idle.clear()  # only now: a machine out of threads must not end all storing
        if len(revoked) > room:
            logger.warning("The states of %d revoked tasks are not stored: too many wait", len(revoked) - room)
        if was_idle:
            self._is_idle.wait(ANSWERS_WITHIN_S)

    def _store_all(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_idle.set()
                    return
                task_id, backend = self._waiting.popleft()
            try:
                if backend.get_state(task_id) in _NOT_STARTED:
                    backend.mark_as_revoked(task_id, reason="revoked", store_result=True)
            except Exception as error:
                line = "Failed to mark task %s as revoked in backend: %s"
                _LINES.error("tasks not marked as revoked", line, task_id, error)
