"""Asks again, right before a task starts, whether it may run.

Celery asks whether a task was revoked or has expired when it hands it to its pool. The prefork pool gets a task only
when a process is free. The threads pool gets every task that the worker holds, and queues them: by the time a thread
is free, the answer may have changed.
"""

from collections.abc import Callable

from celery.exceptions import TaskRevokedError

from celery_reliable.types import Passed, WorkerPool


class RecheckingPool:
    """A pool that checks ``is_revoked`` again just before a task starts."""

    def __init__(self, pool: WorkerPool, is_revoked: Callable[[], bool]) -> None:
        self._pool = pool
        self._is_revoked = is_revoked

    def apply_async(self, trace: Passed, accept_callback: Callable[..., Passed], **options: Passed) -> Passed:
        """Run a task (mirrors ``BasePool.apply_async``)."""

        def accept(*args: Passed) -> None:
            if self._is_revoked():  # and has stored that state
                raise TaskRevokedError
            accept_callback(*args)

        return self._pool.apply_async(trace, accept_callback=accept, **options)
