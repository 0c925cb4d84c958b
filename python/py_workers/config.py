"""Reads the settings from the environment (``JOBS_*``), checks them, and gives them to Celery.

``docs/settings.md`` explains every variable. ``node/js_workers/config.js`` does the same for the Node
workers. A variable that is empty or not set has the default below, which is also in ``configmaps/``.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from celery_reliable import environment as env
from celery_reliable.recommended import recommended_settings
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from py_workers.schedule import SCHEDULE

Delivery = Annotated[Literal["reliable", "stock"], Field(description="one of reliable, stock")]


class Variables(env.Environment):
    """The variables: ``broker_url`` is ``JOBS_BROKER_URL``. ``Variables.read()`` reads and checks them."""

    model_config = SettingsConfigDict(env_prefix="JOBS_")
    others = ("JOBS_JS_",)

    broker_url: env.BrokerUrl = "redis://127.0.0.1:6379/0"
    result_backend: env.ResultUrl = "redis://127.0.0.1:6379/0"
    task_routes: env.Routes = (("py_workers.*", "py-queue"), ("js_workers.*", "js-queue"))
    default_queue: env.Queue = "py-queue"
    result_expires_s: env.WholeSeconds = 86400
    lease_s: env.Lease = 60
    max_deliveries: env.Count = 5
    dead_letter_limit: env.PositiveCount = 10000
    dead_letter_max_age_s: env.WholeSeconds = 2592000
    message_size_limit: env.PositiveCount = 67108864
    task_time_limit_s: env.WholeSeconds = 1800
    soft_shutdown_timeout_s: env.Timeout = 25
    global_keyprefix: env.Text = ""
    files_dir: env.Folder = ""
    smtp_url: env.Text = "smtp://127.0.0.1:2525"
    log_level: env.LogLevel = "info"
    log_format: env.LogFormat = ""
    health_address: env.Address = ""
    py_queues: env.Queues = ("py-queue",)
    py_concurrency: env.PositiveCount = 2
    py_delivery: Delivery = "reliable"
    py_schedule: env.Switch = False


def celery_settings() -> dict[str, Any]:
    """Return the settings for Celery, which documents them under "Configuration and defaults".

    Raises:
        celery_reliable.environment.ConfigError: a variable is unknown or its value is wrong.
    """
    variables = Variables.read()
    servers = variables.broker_url, variables.result_backend, variables.global_keyprefix
    return recommended_settings(*servers) | {
        "result_expires": variables.result_expires_s,
        "task_default_queue": variables.default_queue,
        "task_routes": {name: {"queue": queue} for name, queue in variables.task_routes},
        "task_time_limit": variables.task_time_limit_s or None,
        "contract_file": str(Path(__file__).with_name("contract.json")),
        "worker_concurrency": variables.py_concurrency,
        "worker_health_address": variables.health_address or None,
        "worker_soft_shutdown_timeout": variables.soft_shutdown_timeout_s,
        "beat_schedule": SCHEDULE if variables.py_schedule else {},
    }


def delivery_options() -> dict[str, Any] | None:
    """Return the options of ``celery_reliable.install``, or None for stock delivery."""
    variables = Variables.read()
    if variables.py_delivery == "stock":
        return None
    names = {"lease_s", "max_deliveries", "dead_letter_limit", "dead_letter_max_age_s", "message_size_limit"}
    return variables.model_dump(include=names)
