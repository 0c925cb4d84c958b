"""A process of Celery's prefork pool that ends at once when the pool stops.

billiard's announces its end and waits a second for the parent to end it. A stopping parent does not read any more, so
each stop of a worker, and each reload, would take this second.
"""

import os
from os import EX_OK

from celery.concurrency import asynpool

from celery_reliable.types import Passed


class PoolProcess(asynpool.Worker):
    """Mirrors ``celery.concurrency.asynpool.Worker``."""

    def _do_exit(self, pid: int, exitcode: int | None, exc: Passed = None) -> None:
        """Without an exit code, the parent has asked it to end, or is gone; nothing is under way."""
        if exitcode is not None or exc is not None:
            super()._do_exit(pid, exitcode, exc)
        if self.on_exit is not None:
            self.on_exit(pid, EX_OK)
        os._exit(EX_OK)


def use_in_pools() -> None:
    """Have the pools of this process use it."""
    asynpool.AsynPool.Worker = PoolProcess
