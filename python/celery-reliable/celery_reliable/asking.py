"""A last look at a task before it starts.

Celery asks whether a task is revoked or has expired when it gives it to its pool. Prefork gets a task only when a
process is free. Threads get all tasks that the worker holds, and keep them in a queue of their own: the answer may be
old when a thread is free.
"""

from collections.abc import Callable

from celery.exceptions import TaskRevokedError

from celery_reliable.types import Passed, WorkerPool


class AskingPool:
    """A pool that asks again, just before a task starts, whether it may run."""

    def __init__(self, pool: WorkerPool, is_revoked: Callable[[], bool]) -> None:
        self._pool = pool
        self._is_revoked = is_revoked

    def apply_async(self, trace: Passed, accept_callback: Callable[..., Passed], **options: Passed) -> Passed:
        """Run a task (mirrors ``BasePool.apply_async``)."""

        def accept(*args: Passed) -> None:
            if self._is_revoked():  # which has ended the task
                raise TaskRevokedError
            accept_callback(*args)

        return self._pool.apply_async(trace, accept_callback=accept, **options)
