"""Errbacks of a task that has failed outside of its pool: not registered, too old, too slow, or lost with its process.

Celery calls those with three parameters at once, wherever the failure is stored: here that would be the worker's event
loop, which a slow errback blocks and a ``SystemExit`` ends.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from celery._state import get_current_worker_task
from celery.app.task import Context
from celery.backends.base import Backend
from celery.exceptions import NotRegistered

from celery_reliable.persistence import is_persistent
from celery_reliable.types import App, Passed, Signature

logger = logging.getLogger(__name__)

# How long the event loop waits for the errbacks of one task, and before that for those of others; how long a warm stop
# waits for all of them; and how many tasks' errbacks may go on meanwhile.
WAIT_S = 1.0
_STOP_WAIT_S = 10.0
_MOST_AT_ONCE = 8

_free = threading.BoundedSemaphore(_MOST_AT_ONCE)
# The thread of each -> the id of the task.
_running: dict[threading.Thread, object] = {}


class WithErrbacks(Backend):
    """A result backend that runs no errback in a worker's event loop."""

    # Celery's own, which its types do not mention.
    app: App
    _errback_arity_greater: Callable[..., bool]

    def _call_task_errbacks(self, request: Passed, exc: Passed, traceback: Passed) -> None:
        """Call or send the errbacks (mirrors ``Backend._call_task_errbacks``).

        In the event loop, those that need nothing of the failure are sent as tasks; the others run in a thread.
        """
        send: Passed = super()
        if not is_persistent(self.app) or get_current_worker_task() is not None:
            send._call_task_errbacks(request, exc, traceback)
            return
        called: list[Signature] = []
        sent: list[Signature] = []
        for errback in map(self._signature, request.errbacks):
            (called if self._is_called(errback) else sent).append(errback)
        if sent:
            send._call_task_errbacks(Context({**vars(request)}, errbacks=sent), exc, traceback)
        for errback in called:
            if errback.immutable:
                errback.apply_async(parent_id=request.id, root_id=request.root_id or request.id)
        if aside := [errback for errback in called if not errback.immutable]:
            _run_aside(request.id, [partial(errback, request, exc, traceback) for errback in aside])

    def _signature(self, errback: Passed) -> Signature:
        signature: Signature = self.app.signature(errback)
        if not signature._app:
            signature._app = self.app
        return signature

    def _is_called(self, errback: Signature) -> bool:
        """Whether Celery would call it instead of sending it."""
        try:
            header = getattr(errback.type, "__header__", None)
        except NotRegistered:
            return False
        return header is not None and not isinstance(header, partial) and self._errback_arity_greater(errback, 1)


def _run_aside(task_id: object, calls: list[Callable[[], object]]) -> None:
    if not _free.acquire(timeout=WAIT_S):
        logger.error("Errbacks of task %s are not called: those of other tasks have not ended yet", task_id)
        return
    thread = threading.Thread(target=_call_all, args=(task_id, calls), name="errbacks", daemon=True)
    _running[thread] = task_id
    thread.start()
    thread.join(WAIT_S)
    if thread.is_alive():
        logger.warning("An errback of task %s takes long: the worker goes on", task_id)


def _call_all(task_id: object, calls: list[Callable[[], object]]) -> None:
    try:
        for call in calls:
            try:
                call()
            except BaseException:
                logger.exception("An errback of task %s raised an error", task_id)
    finally:
        _running.pop(threading.current_thread(), None)
        _free.release()


def wait_for_errbacks(within_s: float) -> None:
    """Wait until they have ended, and log those that have not: their process is about to end."""
    end = time.monotonic() + within_s
    for thread, task_id in tuple(_running.items()):
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            logger.error("An errback of task %s has not ended: it is lost, as the worker stops", task_id)


@atexit.register
def _wait_at_exit() -> None:
    if not _running:
        return
    from celery.worker import state  # not for clients: it loads the worker

    is_warm = state.should_terminate is None or state.should_terminate is False
    wait_for_errbacks(_STOP_WAIT_S if is_warm else 0)
