"""The settings: read from the environment (``JOBS_*``), validated and given to Celery, in this one place.

``docs/settings.md`` explains every variable; ``node/js_workers/config.js`` is the same for the Node workers.
A variable that is not set, or empty, has its default here, which equals the files in ``configmaps/``.
"""

import os
import ssl
from collections.abc import Mapping
from typing import Any

from py_workers import environment as env
from py_workers.schedule import SCHEDULE

VARIABLES = {
    "JOBS_BROKER_URL": (env.URL, "redis://127.0.0.1:6379/0"),
    "JOBS_RESULT_BACKEND": (env.URL, "redis://127.0.0.1:6379/0"),
    "JOBS_TASK_ROUTES": (env.ROUTES, "py_workers.*=py-queue,js_workers.*=js-queue"),
    "JOBS_DEFAULT_QUEUE": (env.QUEUE, "py-queue"),
    "JOBS_RESULT_EXPIRES_S": (env.WHOLE_SECONDS, "86400"),
    "JOBS_LEASE_S": (env.SECONDS, "60"),
    "JOBS_MAX_DELIVERIES": (env.COUNT, "5"),
    "JOBS_DEAD_LETTER_LIMIT": (env.POSITIVE, "10000"),
    "JOBS_DEAD_LETTER_MAX_AGE_S": (env.WHOLE_SECONDS, "2592000"),
    "JOBS_TASK_TIME_LIMIT_S": (env.WHOLE_SECONDS, "1800"),
    "JOBS_SOFT_SHUTDOWN_TIMEOUT_S": (env.WHOLE_SECONDS, "25"),
    "JOBS_GLOBAL_KEYPREFIX": (env.TEXT, ""),
    "JOBS_LOG_LEVEL": (env.LEVEL, "info"),
    "JOBS_PY_QUEUES": (env.QUEUES, "py-queue"),
    "JOBS_PY_CONCURRENCY": (env.POSITIVE, "2"),
    "JOBS_PY_DELIVERY": (env.DELIVERY, "reliable"),
    "JOBS_PY_SCHEDULE": (env.SWITCH, "off"),
}

CONNECT_TIMEOUT_S = 2
SOCKET_TIMEOUT_S = 5
# Again at once, after 0.2 and after 0.4 s: a send to a server that is not there fails within two seconds.
PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 1}


def celery_settings(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return Celery's settings (its documentation: "Configuration and defaults") for this environment.

    Raises:
        ConfigError: a variable is unknown or its value is wrong; see ``environment.read_variables``.
    """
    values = env.read_variables(VARIABLES, environment)
    broker, backend = values["JOBS_BROKER_URL"], values["JOBS_RESULT_BACKEND"]
    prefix = {"global_keyprefix": values["JOBS_GLOBAL_KEYPREFIX"]}
    checked = {"ssl_cert_reqs": ssl.CERT_REQUIRED}  # of itself Celery would not check a rediss:// server
    limits = {"socket_connect_timeout": CONNECT_TIMEOUT_S, "socket_timeout": SOCKET_TIMEOUT_S}
    return {
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        "enable_utc": True,
        "broker_url": broker,
        "broker_use_ssl": checked if broker.startswith("rediss:") else None,
        "broker_connection_retry": True,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # for ever: after 2, 4, 6 ... 30 s, then every 30 s
        # kombu's own visibility timeout: a worker's sweep gives back the overdue tasks of every worker.
        "broker_transport_options": prefix | limits | {"socket_keepalive": True, "visibility_timeout": 3600},
        "result_backend": backend,
        "redis_backend_use_ssl": checked if backend.startswith("rediss:") else None,
        "override_backends": dict.fromkeys(("redis", "rediss"), "py_workers.results:RedisResults"),
        "result_backend_transport_options": prefix,
        "result_expires": values["JOBS_RESULT_EXPIRES_S"],
        "redis_socket_keepalive": not backend.startswith("redis+socket:"),
        **{f"redis_{name}": seconds for name, seconds in limits.items()},
        "task_default_queue": values["JOBS_DEFAULT_QUEUE"],
        "task_routes": {pattern: {"queue": queue} for pattern, queue in values["JOBS_TASK_ROUTES"].items()},
        "task_publish_retry_policy": PUBLISH_RETRY_POLICY,
        "task_time_limit": values["JOBS_TASK_TIME_LIMIT_S"] or None,
        "worker_concurrency": values["JOBS_PY_CONCURRENCY"],
        "worker_prefetch_multiplier": 1,
        "worker_soft_shutdown_timeout": values["JOBS_SOFT_SHUTDOWN_TIMEOUT_S"],
        "beat_schedule": SCHEDULE if values["JOBS_PY_SCHEDULE"] else {},
    }


def delivery_options(environment: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Return what ``celery_reliable.install`` takes, or None: the worker is to deliver as stock Celery does.

    Raises what ``celery_settings`` raises.
    """
    values = env.read_variables(VARIABLES, environment)
    if values["JOBS_PY_DELIVERY"] == "stock":
        return None
    names = ("lease_s", "max_deliveries", "dead_letter_limit", "dead_letter_max_age_s")
    return {name: values[f"JOBS_{name.upper()}"] for name in names}


def worker_queues(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the queues that the worker takes tasks from; raises what ``celery_settings`` raises."""
    queues: list[str] = env.read_variables(VARIABLES, environment)["JOBS_PY_QUEUES"]
    return queues
