"""The tasks of either language that ``celery beat`` sends if ``JOBS_PY_SCHEDULE`` is ``on``.

``schedule`` is a number of seconds, or a ``crontab`` in UTC. Celery's documentation, "Periodic Tasks",
lists all options of an entry. The routes choose the queue, as for every task.
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
