"""What ``celery beat`` sends, and when, if ``JOBS_PY_SCHEDULE`` is ``on``: tasks of either language by name.

``schedule`` is a number of seconds, or a ``crontab``, which is in UTC. Celery's documentation, "Periodic
Tasks", says what else an entry takes. The routes choose the queue, as they do for every other task.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "add in JavaScript every minute": {
        "task": "js_workers.tasks.example.arithmetic.add",
        "schedule": crontab(minute="*"),
        "args": (1, 2),
    },
}
