"""Sends a task by its name to the Python workers and one to the JavaScript workers, and prints their results.

It needs nothing of the workers but their settings, whose routes choose the queue by the task's name. Run it
with ``poetry run python py_workers/client_example.py``, or with any Python that has ``celery[redis]``.
"""

import sys
from pathlib import Path

if not __package__:  # run as a file: Python looks beside it, and the package is one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from py_workers.config import celery_settings  # isort: skip - first, as it says which Python it needs

from celery import Celery
from celery.exceptions import TimeoutError as ResultTimeoutError
from kombu.exceptions import OperationalError

RESULT_TIMEOUT_S = 30


def main() -> str | None:
    """Print a line per result and return None; without a server or worker, return a sentence that says so."""
    app = Celery("py_client")
    app.config_from_object(celery_settings())
    try:
        by_python = app.send_task("py_workers.tasks.example.arithmetic.add", [4, 2])
        by_js = app.send_task("js_workers.tasks.example.arithmetic.add", [2, 2])
        result = by_python.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by python worker from python client: 4 + 2 = {result}")
        result = by_js.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by js worker from python client: 2 + 2 = {result}")
    except OperationalError as error:
        return f"Cannot reach the server (JOBS_BROKER_URL, JOBS_RESULT_BACKEND): {error}"
    except ResultTimeoutError:
        by_python.forget()
        by_js.forget()
        return f"No result within {RESULT_TIMEOUT_S} s: is a worker of each language running?"
    return None


if __name__ == "__main__":
    sys.exit(main())
