"""Asks the worker of this machine whether it consumes its queues; the container's health check.

A living process is not enough: a worker that has lost its broker, hangs, or was told to stop consuming is
not well.
"""

import sys

from celery.utils.nodenames import gethostname
from kombu.exceptions import OperationalError
from redis.exceptions import ResponseError

from py_workers.config import delivery_options, worker_queues
from py_workers.worker import celery_app

ANSWERS_WITHIN_S = 5.0


def problem() -> str | None:
    """Return None when the worker consumes all of its queues, else a sentence that says what is wrong.

    Uses the control commands ``active_queues`` (Celery's "Workers Guide", "Inspecting workers") and
    ``readiness`` (celery_reliable's), which the worker answers over the broker, from the same loop that takes
    its tasks.
    """
    name = f"py@{gethostname()}"
    inspect = celery_app.control.inspect(destination=[name], timeout=ANSWERS_WITHIN_S, limit=1)
    try:
        answers = inspect.active_queues() or {}
    except OperationalError as error:
        return f"cannot reach the broker: {error}"
    except ResponseError as error:  # it is full, for instance
        return f"the server refuses to pass on the question: {error}"
    if name not in answers:
        return f"{name} does not answer within {ANSWERS_WITHIN_S:.0f} s"
    missing = set(worker_queues()) - {queue["name"] for queue in answers[name]}
    if missing:
        return f"{name} does not consume {', '.join(sorted(missing))}"
    if delivery_options() is None:
        return None
    ask = celery_app.control.broadcast
    found = ask("readiness", destination=[name], reply=True, timeout=ANSWERS_WITHIN_S, limit=1) or []
    reasons = [reason for answer in found for reason in answer.get(name, {}).get("reasons", [])]
    return f"{name} is not ready: {'; '.join(reasons)}" if reasons else None


if __name__ == "__main__":
    sys.exit(problem())
