"""A request that tells the worker's own process about its task, whoever listens to events.

Celery builds a task's events only while a monitor wants them. The parent of a pool learns of everything its children do
here: what is received, started and ended passes through a request's methods.
"""

from collections.abc import Callable
from functools import wraps

from celery.worker.request import Request as CeleryRequest

from celery_reliable.types import Method, Outcome, Passed, TaskRequest

#: What happened to a task: Celery's name of the event, and some of its fields.
Listener = Callable[[TaskRequest, str, dict[str, Passed]], None]

#: Called in the worker's own process. They must not raise.
listeners: list[Listener] = []


class CountedRequest(CeleryRequest):
    """Mirrors ``celery.worker.request.Request``."""

    def __init_subclass__(cls, **kwargs: Passed) -> None:
        """Count in the class that Celery derives for a task (``create_request_cls``), too."""
        super().__init_subclass__(**kwargs)
        if "on_success" in vars(cls):
            cls.on_success = _counting(vars(cls)["on_success"])

    def send_event(self, type: str, **fields: object) -> None:  # noqa: A002 Celery's name
        """Tell the listeners, then the monitors."""
        # A success is told by `on_success`, which builds its event for monitors alone; not that of a lost process.
        if type != "task-succeeded" or fields.get("runtime") is None:
            for tell in listeners:
                tell(self, type, fields)
        super().send_event(type, **fields)


def _counting(method: Method) -> Method:
    @wraps(method)
    def on_success(self: TaskRequest, outcome: Outcome, **kwargs: Passed) -> Passed:
        returned = method(self, outcome, **kwargs)
        if listeners and isinstance(outcome, tuple) and not outcome[0] and outcome[2] is not None:
            for tell in listeners:
                tell(self, "task-succeeded", {"runtime": outcome[2]})
        return returned

    return on_success
