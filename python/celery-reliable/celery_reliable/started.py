"""Keeps the requests that a pool has started when Celery would forget them.

When a connection breaks or the worker stops, Celery forgets every request that is not yet accepted. But such a task may
just have been written to a prefork child's pipe. It would run there, and again elsewhere.
"""

from collections.abc import Iterator

from billiard.pool import RUN
from celery.concurrency.asynpool import AsynPool
from celery.worker import state

from celery_reliable.types import Passed, WorkerPool


class StartedJobs:
    """The requests that ``pool`` had started when this was made."""

    def __init__(self, pool: WorkerPool) -> None:
        asynpool = getattr(pool, "_pool", None)
        self._pool = asynpool if isinstance(asynpool, AsynPool) else None
        if self._pool is not None and self._pool._state == RUN:
            # Before Celery forgets anything, because the pool closes a dead child's pipe only while it has the child's
            # job. Otherwise the next child would find the job in the pipe.
            self._pool.maintain_pool()
        self._jobs: dict[int, Passed] = dict(self._written())
        if self._pool is not None:
            handed = [job._accept_callback.__self__ for job in self._jobs.values()]
        else:  # these pools start every request at once and never give one back
            handed = [request for request in tuple(state.reserved_requests) if request._apply_result is not None]
        self._handed = handed

    def tags(self) -> set[str]:
        """The tags of their messages, and of running tasks."""
        requests = {*tuple(state.active_requests), *self._handed}
        return {request.message.delivery_tag for request in requests if request.message is not None}

    def restore(self) -> None:
        """Restore the requests that Celery has forgotten (``Consumer.on_close``, ``AsynPool.flush``)."""
        if self._pool is not None:
            for number, job in self._jobs.items():
                if not job._accepted:
                    self._pool._cache.setdefault(number, job)
                    if job._write_to._is_alive():  # else the number is the next child's, which is free
                        self._pool._busy_workers.add(job._write_to.inqW_fd)
        for request in self._handed:
            if request not in state.active_requests:
                state.task_reserved(request)

    def _written(self) -> Iterator[tuple[int, Passed]]:
        """The jobs that were sent, or are being sent, to a living child, which has not confirmed them."""
        if self._pool is None:
            return
        # Jobs returned from a dead child still name a child. They would be sent again, so the pool drops them.
        returned = set(map(id, self._pool.outbound_buffer))
        for number, job in tuple(self._pool._cache.items()):
            process = getattr(job, "_write_to", None)
            is_sent = process is not None and process._is_alive() and id(job) not in returned
            if is_sent and not job._accepted:
                yield number, job
