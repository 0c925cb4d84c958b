"""Kill points of the Python worker: the process that first gets there kills itself, once.

Loaded by py_worker.py under a test's setting alone. Nothing of it is in the product, whose scripts, results
and signals are watched from outside.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from celery_reliable import scripts


def arm(app: Celery, point: str, marker: str) -> None:
    """Set a kill point; `marker` is a file that tells whether it has killed already.

    With the prefork pool a task runs in a child, which dies at the points around the run; else the worker
    does. Raises ValueError when there is no such point.
    """

    def die(*_args: Any, **_kwargs: Any) -> None:
        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    match point:
        case "after_take":
            _after_script("take", lambda reply: len(reply) > 2, die)
        case "before_run":
            signals.task_prerun.connect(die, weak=False)
        case "after_run":
            _before_result(app, die)
        case "after_result":
            signals.task_success.connect(die, weak=False)
        case "in_sweep":
            _after_script("sweep", lambda reply: len(reply[2]) > 0, die)
        case _:
            raise ValueError(f"there is no kill point {point!r}")


def _after_script(name: str, concerns: Callable[[Any], bool], die: Callable[[], None]) -> None:
    """When a script has moved or found something."""
    run = scripts.run

    def watched(client: Any, script: Any, keys: Any, args: Any) -> Any:
        reply = run(client, script, keys, args)
        if script == name and concerns(reply):
            die()
        return reply

    vars(scripts)["run"] = watched


def _before_result(app: Celery, die: Callable[[], None]) -> None:
    """When a task has returned and nothing of it is stored yet."""
    backend: Any = type(app.backend)
    store = backend.mark_as_done

    def watched(*args: Any, **kwargs: Any) -> Any:
        die()
        return store(*args, **kwargs)

    backend.mark_as_done = watched
