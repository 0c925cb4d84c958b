"""The app of Flower, the monitor: it knows the tasks of both languages by their names.

``celery -A py_workers.monitor flower`` shows workers and tasks in a browser. Flower calls and limits
registered tasks alone; those of the Node workers are registered in no Python process, and a monitor has no
use for the modules of the Python ones.
"""

from typing import Any

from celery import Celery
from celery.app.registry import TaskRegistry

from py_workers.config import celery_settings

OF_CELERY = "celery."


class TasksByName(TaskRegistry):
    """Has every task that there may be, but for Celery's own, which are registered as everywhere."""

    def __contains__(self, name: object) -> bool:
        """Whether Flower may call the task, or limit it."""
        return super().__contains__(name) or not str(name).startswith(OF_CELERY)

    def __missing__(self, name: str) -> Any:
        """Return a task that can be sent, and has no code here; raises NotRegistered for one of Celery's."""
        if name.startswith(OF_CELERY):
            raise self.NotRegistered(name)
        task = type("TaskByName", (celery_app.Task,), {"name": name, "typing": False, "run": _run})()
        self[name] = task
        task.bind(celery_app)
        return task


def _run(_task: Any, *_args: Any, **_kwargs: Any) -> None:
    raise NotImplementedError("it runs in a worker that has it")


class Monitor(Celery):
    """An app with that registry."""

    registry_cls = "py_workers.monitor:TasksByName"


celery_app = Monitor("monitor")
celery_app.config_from_object(celery_settings())
