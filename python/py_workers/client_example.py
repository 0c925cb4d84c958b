"""Sends a task to the Python workers and one to the JavaScript workers, and prints their results.

It needs only ``celery[redis]`` and none of the workers' code, so you can copy it into your own service.
``clients/python/client_example.py`` sends the same tasks with types.
"""

import os
import sys
from typing import Any
from urllib.parse import parse_qsl, urlencode

from celery import Celery
from celery.exceptions import ImproperlyConfigured
from celery.exceptions import TimeoutError as ResultTimeoutError

RESULT_TIMEOUT_S = 30
SERVER = "redis://127.0.0.1:6379/0"
SECONDS = ("socket_timeout", "socket_connect_timeout", "health_check_interval")
# The type of the workers' queues on RabbitMQ; Redis ignores it.
QUORUM = {"task_create_missing_queue_type": "quorum", "task_create_missing_queue_exchange_type": "topic"}
ROUTES = "py_workers.*=py-queue,js_workers.*=js-queue"


def server(variable: str) -> tuple[str, dict[str, Any]]:
    """Return the URL of a server, and the parameters of it that Celery takes only as settings."""
    url, _, query = (os.environ.get(variable) or SERVER).partition("?")
    parameters = dict(parse_qsl(query))
    options: dict[str, Any] = {name: float(parameters.pop(name)) for name in SECONDS if name in parameters}
    keepalive = parameters.pop("socket_keepalive", "").lower() in ("1", "t", "true", "y", "yes")
    if url.startswith("sentinel"):
        asking = {"socket_timeout": 1, "password": parameters.pop("sentinel_password", None)}
        options |= {"master_name": parameters.pop("master_name"), "sentinel_kwargs": asking}
    elif url.startswith(("redis:", "rediss:")):
        options["socket_keepalive"] = keepalive
        database = parameters.pop("virtual_host", None)
        url = "/".join([*url.split("/")[:3], database]) if database else url
    elif url.startswith("db+postgresql:"):
        url = url.replace(":", "+psycopg:", 1)
    return f"{url}?{urlencode(parameters)}" if parameters else url, options


def client_app() -> Celery:
    """Return an app with the server and the routes, which choose a task's queue by its name."""
    (broker, options), (backend, result_options) = server("JOBS_BROKER_URL"), server("JOBS_RESULT_BACKEND")
    app = Celery("py_client", broker=broker, backend=backend)
    on_redis = {"socket_connect_timeout": 2, "socket_timeout": 5, **options}
    app.conf.broker_transport_options = (
        {"confirm_publish": True} if "amqp" in broker.split(":")[0] else on_redis
    )
    app.conf.update(QUORUM)
    app.conf.result_backend_transport_options = result_options
    app.conf.redis_backend_health_check_interval = result_options.pop("health_check_interval", None)
    app.conf.update({f"redis_{name}": value for name, value in result_options.items() if "socket" in name})
    routes = (pair.split("=") for pair in (os.environ.get("JOBS_TASK_ROUTES") or ROUTES).split(","))
    app.conf.task_routes = {pattern.strip(): {"queue": queue.strip()} for pattern, queue in routes}
    return app


def unreachable(error: Exception) -> str:
    """Return an error message for an OperationalError, Celery's or SQLAlchemy's. Raise any other error."""
    if type(error).__name__ != "OperationalError":
        raise error
    reason, *_ = str(error).splitlines()
    return f"Cannot reach the server (JOBS_BROKER_URL, JOBS_RESULT_BACKEND): {reason}"


def main() -> str | None:
    """Print both results. Return an error message if there is no server or no worker."""
    try:
        app = client_app()
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1)
        _ = app.backend
    except (ImportError, ImproperlyConfigured) as error:
        packages = 'make py-add PKG="sqlalchemy psycopg[binary]"'
        return f"JOBS_RESULT_BACKEND cannot be used: {error}; db+postgresql:// needs {packages}"
    except KeyError as error:
        if error.args != ("master_name",):
            return f"JOBS_BROKER_URL or JOBS_RESULT_BACKEND cannot be used: {error.args[0]}"
        return f"JOBS_BROKER_URL or JOBS_RESULT_BACKEND lacks the parameter {error}, which sentinel:// needs"
    except (TypeError, ValueError) as error:
        return f"JOBS_BROKER_URL or JOBS_RESULT_BACKEND has a parameter that Celery does not take: {error}"
    except Exception as error:
        return unreachable(error)
    try:
        by_python = app.send_task("py_workers.tasks.example.arithmetic.add", [4, 2])
        by_js = app.send_task("js_workers.tasks.example.arithmetic.add", [2, 2])
        result = by_python.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by python worker from python client: 4 + 2 = {result}")
        result = by_js.get(timeout=RESULT_TIMEOUT_S)
        print(f"Result executed by js worker from python client: 2 + 2 = {result}")
    except ResultTimeoutError:
        by_python.forget()  # or Celery prints a traceback when Python shuts down
        by_js.forget()
        return f"No result within {RESULT_TIMEOUT_S} s: is a worker of each language running?"
    except Exception as error:
        return unreachable(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
