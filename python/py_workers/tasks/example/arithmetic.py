"""Two tasks to start from; ``node/js_workers/tasks/example/arithmetic.js`` has the same two."""

from py_workers.worker import celery_app


@celery_app.task
def add(x: float, y: float) -> float:
    """Return the sum of two numbers."""
    return x + y


@celery_app.task
def mul(x: float, y: float) -> float:
    """Return the product of two numbers."""
    return x * y
