"""A request that reports what happens to its task to listeners in the worker's own process.

Celery builds a task's events only while a monitor wants them. The request lives in the pool's parent process. Its
methods are called for everything that happens to the task in a child.
"""

from collections.abc import Callable
from functools import wraps

from celery.worker.request import Request as CeleryRequest

from celery_reliable.types import Method, Outcome, Passed, Payload, TaskRequest

#: What happened to a task: Celery's name of the event, and some of its fields.
Listener = Callable[[TaskRequest, str, dict[str, Passed]], None]

# Of a body whose arguments are shown as values: larger ones would keep the main loop busy (`shown-arguments.js`).
_MAX_SHOWN_BYTES = 65_536
#: Called in the worker's own process. They must not raise.
listeners: list[Listener] = []


class CountedRequest(CeleryRequest):
    """Mirrors ``celery.worker.request.Request``."""

    def __init_subclass__(cls, **kwargs: Passed) -> None:
        """Wrap ``on_success`` of the classes that Celery derives (``create_request_cls``)."""
        super().__init_subclass__(**kwargs)
        if "on_success" in vars(cls):
            cls.on_success = _counting(vars(cls)["on_success"])

    def info(self, safe: bool = False) -> Payload:
        """Return the answer to ``inspect``, of a large message with the texts of its arguments, as in Node."""
        return super().info(safe=safe or len(self.message.body or b"") > _MAX_SHOWN_BYTES)  # type: ignore[no-any-return]

    def send_event(self, type: str, **fields: object) -> None:  # noqa: A002 Celery's name
        """Notify the listeners, then the monitors."""
        # `on_success` reports successes itself. Only that of a lost process comes through here, without a runtime.
        if type != "task-succeeded" or fields.get("runtime") is None:
            for notify in listeners:
                notify(self, type, fields)
        super().send_event(type, **fields)


def _counting(method: Method) -> Method:
    @wraps(method)
    def on_success(self: TaskRequest, outcome: Outcome, **kwargs: Passed) -> Passed:
        returned = method(self, outcome, **kwargs)
        if listeners and isinstance(outcome, tuple) and not outcome[0] and outcome[2] is not None:
            for notify in listeners:
                notify(self, "task-succeeded", {"runtime": outcome[2]})
        return returned

    return on_success
