"""Two example tasks, the same as in ``node/js_workers/tasks/example/arithmetic.js``."""

from py_workers.worker import celery_app


@celery_app.task
def add(x: float, y: float) -> float:
    """Return the sum of two numbers."""
    return x + y


@celery_app.task
def mul(x: float, y: float) -> float:
    """Return the product of two numbers."""
    return x * y
