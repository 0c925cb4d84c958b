"""Gives each task a request class of ours, derived from the task's own where it has one."""

import logging
from collections.abc import Iterable
from functools import cache

from celery.exceptions import ImproperlyConfigured, WorkerShutdown
from celery.worker.request import Request as CeleryRequest
from kombu.utils.imports import symbol_by_name

from celery_reliable.counted import CountedRequest
from celery_reliable.request import Request
from celery_reliable.types import Passed, Task

logger = logging.getLogger(__name__)


def use_reliable_requests(tasks: Iterable[Task], base: Passed = Request) -> None:
    """Give tasks ``base``, or a class that is derived from it.

    Raises:
        WorkerShutdown: a task's own request class cannot be derived from; the log says which.
    """
    for task in tasks:
        try:
            task.Request = reliable_request(task.Request, base)
        except ImproperlyConfigured as error:
            logger.critical("Task %s: %s", task.name, error)
            raise WorkerShutdown(1) from error


@cache
def reliable_request(stock: Passed, base: type[Request] = Request) -> type[Request]:
    """Return the request class of a task: ``base``, or one that is derived from both the task's own and ``base``.

    Raises:
        ImproperlyConfigured: the task's own is not a class, or not derived from Celery's.
    """
    own = symbol_by_name(stock)
    if own in (CeleryRequest, CountedRequest):
        return base
    if not (isinstance(own, type) and issubclass(own, CeleryRequest)):
        raise ImproperlyConfigured(f"the request class {stock!r} is not derived from celery_reliable.request.Request")
    return own if issubclass(own, base) else type(own.__name__, (own, base), {"__module__": own.__module__})
