"""Imports an app with all of its tasks and describes them."""

from celery import Celery
from celery.app.utils import find_app

from celery_reliable.contracts.source import place_of
from celery_reliable.contracts.tasks import Description, describe, function_of
from celery_reliable.discovery import TaskImportError
from celery_reliable.types import App, Method, Task


def read_app(app: str) -> dict[str, Description]:
    """Return task name -> description of the app that ``celery -A`` would find; Celery's own tasks are left out.

    Raises:
        TaskImportError: a task module cannot be imported, or two functions have one task name.
    """
    celery_app = find_app(app)
    _watch_registrations(celery_app)
    celery_app.loader.import_default_modules()
    tasks = {name: task for name, task in celery_app.tasks.items() if not name.startswith("celery.")}
    return {name: _described(celery_app, task) for name, task in sorted(tasks.items())}


def _described(app: Celery, task: Task) -> Description:
    found = describe(task)
    found.task["queue"] = _queue(app, task)
    return found


def _queue(app: Celery, task: Task) -> str:
    """Return the queue that Celery's router gives to a task that is sent by name."""
    own = {"queue": task.queue} if getattr(task, "queue", None) else {}
    return str(app.amqp.router.route(own, task.name)["queue"].name)


def _watch_registrations(app: App) -> None:
    """Make the app refuse a second function for a name, and keep the options of pydantic.

    Celery keeps the first function and warns, and it drops these options.
    """
    register = app._task_from_fun

    def register_once(fun: Method, *args: object, **options: object) -> object:
        try:
            task = register(fun, *args, **options)
        except Exception as error:
            raise TaskImportError(
                f"{place_of(fun)}: {fun!r} cannot be a task: {type(error).__name__}: {error}"
            ) from error
        first = getattr(task, "_decorated_fun", None)
        if first is not None and first is not fun:
            places = place_of(fun), place_of(function_of(task))
            raise TaskImportError(f"{places[0]}: the task name {task.name} is taken by {places[1]}: rename one of them")
        task.pydantic_options = {key: value for key, value in options.items() if key.startswith("pydantic_")}
        return task

    app._task_from_fun = register_once
