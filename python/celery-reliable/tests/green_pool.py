"""A pool that is what Celery takes gevent and eventlet for, neither of which is installed here."""

from celery.concurrency.thread import TaskPool


class GreenPool(TaskPool):  # type: ignore[misc] # what it derives from has no types
    """Threads that say they are green."""

    is_green = True
