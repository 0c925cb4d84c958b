"""Celery's event loop, whose refusals end a connection and not the worker, also on the first connection."""

from celery.worker import loops

from celery_reliable.types import Passed


def run(worker: Passed, args: tuple[Passed, ...], refusals: tuple[type[Exception], ...], lost: type[Exception]) -> None:
    """Run the loop (``celery.worker.loops``); turn a refusal into a lost connection once the worker was ready.

    Celery decides before it connects which errors it recovers from. What ``on_ready`` adds to them is too late for that
    connection.
    """
    loop = loops.asynloop if worker.hub else loops.synloop
    try:
        loop(*args)
    except refusals as error:
        if not isinstance(error, worker.connection_errors):
            raise
        raise lost(str(error)) from error
