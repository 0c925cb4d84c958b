"""Workers whose pool is scaled between two sizes, and what they say of it."""

from typing import Any

from .control import answers
from .py_autoscaler import KEEPALIVE_S
from .workers import Target

ANSWERS_WITHIN_S = 5.0


def autoscaled(size: int) -> dict[str, Any]:
    """Return the options that start a Python worker with this many processes."""
    setting = {"worker_autoscaler": "tests.conformance.py_autoscaler:quick"}
    return {"celery": setting, "arguments": ("--autoscale", f"{size},{size}")}


def autoscaled_threads(size: int) -> dict[str, Any]:
    """The same of a Node worker: an option of its `app.worker()`."""
    return {"autoscale": {"max": size, "min": size, "keepalive": KEEPALIVE_S}}


class Autoscaled:
    """A worker with such a pool."""

    def __init__(self, pool: Target) -> None:
        self._app = pool.app
        self._name = pool.call("context.show", (1,))["hostname"]

    @property
    def sizes(self) -> Any:
        """Return its description of its pool: "max", "min", "current"."""
        return self._tell("stats")["autoscaler"]

    def scale(self, *, at_most: int, at_least: int) -> Any:
        """Return its answer to a command with two sizes."""
        return self._tell("autoscale", max=at_most, min=at_least)

    def _tell(self, command: str, **arguments: Any) -> Any:
        [answer] = answers(
            self._app, command, arguments, destination=[self._name], timeout=ANSWERS_WITHIN_S, limit=1
        )
        return answer[self._name]
