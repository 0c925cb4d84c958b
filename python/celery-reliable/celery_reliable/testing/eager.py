"""Runs an app's tasks in the calling process, without a server, as a worker would run them.

With Celery's ``task_always_eager`` alone, a state is stored in the app's result backend, which must be reachable, and
time limits are ignored. Here all states of a task are kept in memory, and time limits apply. As in Celery, retries
follow at once, whatever their countdown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from celery import Celery
from celery.app.task import Task as CeleryTask
from celery.exceptions import NotRegistered
from celery.result import AsyncResult, allow_join_result
from kombu import Connection

from celery_reliable.testing.connected import changed_settings, fresh_connections
from celery_reliable.testing.results import MemoryResults
from celery_reliable.testing.time_limits import time_limits
from celery_reliable.types import App, Passed, Settings, Task

_NO_CONNECTION = "memory://localhost"
_LIMITS = ("time_limit", "soft_time_limit")


class EagerApp(Celery):
    """The app, as it is inside ``eager``. Its class is changed, so that tasks find it as their own app."""

    _results: MemoryResults
    _stand_ins: set[str]

    def states(self, result: "AsyncResult[Any] | str | None" = None) -> list[str]:
        """Return the names of all states that a task stored, in order.

        Args:
            result: of the task, or its id; without it, of the bound tasks that were called as functions.
        """
        return [state for state, _ in self.history(result)]

    def history(self, result: "AsyncResult[Any] | str | None" = None) -> list[tuple[str, Any]]:
        """Return all states that a task stored, each with its value: meta, result or exception."""
        task_id = result if isinstance(result, str) or result is None else result.id
        return list(self._results.history.get(task_id, []))

    def stand_in(self, name: str, function: Callable[..., Any]) -> None:
        """Replace a task that this app does not have, such as a JavaScript task, by a function.

        Raises:
            ValueError: the app has a task of that name.
        """
        if name in self.tasks:
            raise ValueError(f"stand_in({name!r}): this app has a task of that name already; replace its function")
        self._stand_ins.add(name)

        @self.task(name=name, shared=False)
        def run(*args: Passed, **kwargs: Passed) -> Passed:  # Celery takes no lambda
            return function(*args, **kwargs)

    def send_task(  # type: ignore[override]
        self, name: str, args: Passed = None, kwargs: Passed = None, **options: Passed
    ) -> Passed:
        """Run a task by its name; Celery's ``task_always_eager`` would send it.

        Raises:
            NotRegistered: this app has neither such a task nor a stand-in for it.
        """
        if name not in self.tasks:
            raise NotRegistered(
                f"{name}: no task of this app; give it a function with eager_app.stand_in({name!r}, ...)"
            )
        return self.tasks[name].apply_async(args, kwargs, **options)

    def connection_for_read(self, *_args: Passed, **_options: Passed) -> Connection:
        """Return a connection in memory, from which nothing consumes."""
        return Connection(_NO_CONNECTION)

    connection_for_write = connection_for_read

    def _get_backend(self) -> MemoryResults:
        return self._results


@contextmanager
def eager(app: Celery) -> Iterator[EagerApp]:
    """Run an app's tasks in the calling process, without a server, until the end of the block."""
    settings = {"task_always_eager": True, "task_store_eager_result": True, "task_eager_propagates": False}
    with (
        changed_settings(app, settings),
        fresh_connections(app),
        _as_eager_app(app) as eager_app,
        _task_runs(eager_app),
        _replacing(),
    ):
        yield eager_app


@contextmanager
def _as_eager_app(app: App) -> Iterator[EagerApp]:
    stock = type(app)
    app.__class__ = type("EagerApp", (EagerApp, stock), {})
    app._results = MemoryResults(app)
    app._stand_ins = set()
    try:
        yield app
    finally:
        for name in app._stand_ins:
            app.tasks.pop(name, None)
        app.__class__ = stock
        del app._results, app._stand_ins


@contextmanager
def _task_runs(app: App) -> Iterator[None]:
    """Have ``Task.apply`` store states and obey time limits, for the tasks of this app."""
    stock: Callable[..., Passed] = CeleryTask.apply
    prepared: dict[str, tuple[Task, Settings]] = {}

    @wraps(stock)
    def apply(self: Task, args: Passed = None, kwargs: Passed = None, **options: Passed) -> Passed:
        if self._get_app() is not app:
            return stock(self, args, kwargs, **options)
        task = app.tasks[self.name]
        if task.name not in prepared:
            prepared[task.name] = task, dict(vars(task))
            task.run = _limited(task, task.run)
            task.store_eager_result = True
        with _limits_of_call(task, options):
            return stock(task, args, kwargs, **options)

    CeleryTask.apply = apply  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        CeleryTask.apply = stock  # type: ignore[method-assign]
        for task, attributes in prepared.values():
            task.__dict__ = attributes


@contextmanager
def _replacing() -> Iterator[None]:
    """Let a task replace itself: in place, Celery then gets a result within the task, which it forbids."""
    stock = CeleryTask.on_replace

    @wraps(stock)
    def on_replace(self: Task, sig: Passed) -> Passed:
        with allow_join_result():
            return stock(self, sig)

    CeleryTask.on_replace = on_replace  # type: ignore[method-assign]
    try:
        yield
    finally:
        CeleryTask.on_replace = stock  # type: ignore[method-assign]


@contextmanager
def _limits_of_call(task: Task, options: Settings) -> Iterator[None]:
    """Set the task's limits, which ``Task.apply`` reads, to the call's, or to the app's if the task has none."""
    own = {name: getattr(task, name) for name in _LIMITS}
    for name, limit_s in own.items():
        default_s = getattr(task.app.conf, f"task_{name}") if limit_s is None else limit_s
        setattr(task, name, options.get(name) or default_s)
    try:
        yield
    finally:
        for name, limit_s in own.items():
            setattr(task, name, limit_s)


def _limited(task: Task, run: Callable[..., Passed]) -> Callable[..., Passed]:
    @wraps(run)
    def limited(*args: Passed, **kwargs: Passed) -> Passed:
        hard_s, soft_s = task.request.timelimit or (None, None)
        with time_limits(hard_s, soft_s):
            return run(*args, **kwargs)

    return limited
