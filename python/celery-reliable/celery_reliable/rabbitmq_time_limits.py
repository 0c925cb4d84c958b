"""Warns of tasks that may run for longer than RabbitMQ lets a worker hold their messages: they would run twice."""

import logging

from celery_reliable.types import App, Passed

logger = logging.getLogger(__name__)

# RabbitMQ's default. It does not tell clients its value.
CONSUMER_TIMEOUT_S = 1800
# The tasks that this process has warned of.
_known: set[str] = set()


def warn_at_start(app: App) -> None:
    """Warn of the time limits of an app and of its tasks."""
    common = app.conf.task_time_limit
    if (common or 0) > CONSUMER_TIMEOUT_S:
        _warn(f"task_time_limit is {common} s")
    long = [task for task in app.tasks.values() if (task.time_limit or 0) > CONSUMER_TIMEOUT_S]
    _known.update(task.name for task in long)
    own = [f"{task.name} has a time limit of {task.time_limit} s" for task in long if task.time_limit != common]
    if own:
        _warn(", ".join(own))


def warn_of_message(request: Passed) -> None:
    """Warn of a message with a longer time limit, which its sender may have set: once for each task."""
    task, limit = request.task, request.time_limits[0] or request.task.time_limit or 0
    if limit > CONSUMER_TIMEOUT_S and task.name not in _known:
        _known.add(task.name)
        _warn(f"{request.name}[{request.id}] has a time limit of {limit} s")


def _warn(fact: str) -> None:
    logger.warning(
        "%s, and RabbitMQ gives a message to another worker after %s s unless its consumer_timeout was raised: "
        "a longer task would run twice (docs/deployment.md)",
        fact,
        CONSUMER_TIMEOUT_S,
    )
