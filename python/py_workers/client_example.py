"""Sends a task to the Python workers and one to the JavaScript workers, and prints their results.

It needs only ``celery[redis]`` and none of the workers' code, so you can copy it into your own service.
"""

import os
import sys

from celery import Celery
from celery.exceptions import TimeoutError as ResultTimeoutError
from kombu.exceptions import OperationalError

RESULT_TIMEOUT_S = 30
SERVER = "redis://127.0.0.1:6379/0"
ROUTES = "py_workers.*=py-queue,js_workers.*=js-queue"


def client_app() -> Celery:
    """Return an app with the server and the routes, which choose a task's queue by its name."""
    app = Celery(
        "py_client",
        broker=os.environ.get("JOBS_BROKER_URL") or SERVER,
        backend=os.environ.get("JOBS_RESULT_BACKEND") or SERVER,
    )
    routes = (pair.split("=") for pair in (os.environ.get("JOBS_TASK_ROUTES") or ROUTES).split(","))
    app.conf.task_routes = {pattern.strip(): {"queue": queue.strip()} for pattern, queue in routes}
    return app


def main() -> str | None:
    """Print both results. Return an error message if there is no server or no worker."""
    app = client_app()
    try:
        with app.connection_for_write(transport_options={"socket_connect_timeout": 2}) as connection:
            connection.ensure_connection(max_retries=1)
        by_python = app.send_task("py_workers.tasks.example.arithmetic.add", [4, 2])
        by_js = app.send_task("js_workers.tasks.example.arithmetic.add", [2, 2])
        result = by_python.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by python worker from python client: 4 + 2 = {result}")
        result = by_js.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by js worker from python client: 2 + 2 = {result}")
    except OperationalError as error:
        return f"Cannot reach the server (JOBS_BROKER_URL, JOBS_RESULT_BACKEND): {error}"
    except TypeError as error:
        return f"JOBS_BROKER_URL has a parameter that Celery's client does not take: {error}"
    except ResultTimeoutError:
        by_python.forget()  # or Celery prints a traceback when Python shuts down
        by_js.forget()
        return f"No result within {RESULT_TIMEOUT_S} s: is a worker of each language running?"
    return None


if __name__ == "__main__":
    sys.exit(main())
