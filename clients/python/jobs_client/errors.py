"""The errors of a client. A failed task's own error is raised as Celery rebuilds it: its type and message."""

import builtins

from celery import exceptions
from kombu.exceptions import OperationalError

__all__ = ["OperationalError", "TimeoutError"]


class TimeoutError(exceptions.TimeoutError, builtins.TimeoutError):  # noqa: A001 - Celery's name
    """Raised when a result is not there in time. It is Celery's TimeoutError, and Python's."""

    def __init__(self, task: str, task_id: str, timeout_s: float, state: str) -> None:
        super().__init__(f"task {task}[{task_id}] is {state} after {timeout_s:g} s")
        self.task_id = task_id
        self.state = state

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (self.args, self.task_id, self.state))


def _rebuilt(args: tuple[object, ...], task_id: str, state: str) -> TimeoutError:
    error = TimeoutError.__new__(TimeoutError, *args)
    error.task_id, error.state = task_id, state
    return error
