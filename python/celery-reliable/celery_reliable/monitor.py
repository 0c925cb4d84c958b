"""An app for Flower that knows the tasks of both languages by name.

Flower only calls and limits registered tasks. JavaScript tasks are registered in no Python process, and a
monitor does not import the modules of the Python ones.
"""

from celery import Celery
from celery.app.registry import TaskRegistry

from celery_reliable.types import Passed, Task

OF_CELERY = "celery."


class TasksByName(TaskRegistry):
    """Contains every name except Celery's own tasks, which are registered as usual."""

    app: "Monitor"

    def __contains__(self, name: object) -> bool:
        """Whether Flower may call the task, or limit it."""
        return super().__contains__(name) or not str(name).startswith(OF_CELERY)

    def __missing__(self, name: str) -> Passed:
        """Return a task that can be sent and has no code here; raises NotRegistered for one of Celery's."""
        if name.startswith(OF_CELERY):
            raise self.NotRegistered(name)
        task = type("TaskByName", (self.app.Task,), {"name": name, "typing": False, "run": _run})()
        self[name] = task
        task.bind(self.app)
        return task


def _run(_task: Task, *_args: Passed, **_kwargs: Passed) -> None:
    raise NotImplementedError("it runs in a worker that has it")


class Monitor(Celery):
    """An app with that registry; it does not become the process's current app."""

    def __init__(self, main: str, **options: Passed) -> None:
        tasks = TasksByName()
        tasks.app = self
        super().__init__(main, **{"set_as_current": False, "tasks": tasks, **options})
