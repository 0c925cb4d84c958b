"""RabbitMQ as the broker of Python workers: Celery's own transport, with the settings that lose nothing.

RabbitMQ itself does what this package's scripts do on Redis: a message belongs to a worker while its connection
lasts, and then goes to another one. This module adds three things. A message that was lost with too many workers
becomes a dead letter (a quorum queue of RabbitMQ 4 would drop it silently after 20 deliveries). So does a message
that cannot be handled (``intake.py``). And countdowns below a second work.
"""

import logging
import ssl
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import celery

from celery_reliable.decompression import bound_decompression
from celery_reliable.options import Options
from celery_reliable.rabbitmq_request import Request
from celery_reliable.types import App, Passed, Settings

logger = logging.getLogger(__name__)

SCHEMES = ("amqp", "amqps", "pyamqp")
# RabbitMQ's default, which clients cannot read: a message that is held for longer goes to another worker.
CONSUMER_TIMEOUT_S = 1800


def is_rabbitmq(url: object) -> bool:
    """Whether a broker's URL, or a list of them, is one of RabbitMQ's."""
    first = url if isinstance(url, str) else next(iter(url or ()), "")  # type: ignore[call-overload]
    return str(first).split("://", 1)[0].lower() in SCHEMES


def recommended(broker_url: str) -> Settings:
    """Return Celery's settings for RabbitMQ: quorum queues, confirmed messages, checked certificates."""
    first = urlsplit(broker_url.split(";", 1)[0])
    bare = ";".join(part.split("?", 1)[0] for part in broker_url.split(";"))
    return {
        "broker_url": bare,
        "broker_use_ssl": _tls(dict(parse_qsl(first.query))) if first.scheme == "amqps" else None,
        # Without confirmations, a message that the broker refuses is lost without an error.
        "broker_transport_options": {"confirm_publish": True},
        # Native delayed delivery needs exchanges of the type topic.
        "task_default_queue_type": "quorum",
        "task_default_exchange_type": "topic",
        "task_create_missing_queue_type": "quorum",
        "task_create_missing_queue_exchange_type": "topic",
        "broker_native_delayed_delivery_queue_type": "quorum",
        "worker_detect_quorum_queues": True,
    }


def _tls(parameters: dict[str, str]) -> Settings:
    required = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL}
    level = parameters.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    options: Settings = {"cert_reqs": required.get(level, ssl.CERT_REQUIRED)}
    if level != "none" and parameters.get("ssl_check_hostname", "true")[0].lower() in "1ty":
        options["server_hostname"] = None  # kombu fills in the broker's name
    for name in ("ca_certs", "certfile", "keyfile"):
        if given := parameters.get(f"ssl_{name}"):
            options[name] = given
    return options


def install(app: App, options: Options) -> None:
    """Make an app's workers reliable on RabbitMQ; see ``celery_reliable.install``."""
    if "Task" not in vars(app):
        app.task_cls = f"{__name__}:Task"
    app.Task.Request = type("Request", (Request,), {"__module__": Request.__module__, "options": options})
    app.conf.worker_consumer = "celery_reliable.rabbitmq_consumer:Consumer"
    bound_decompression(options.limits.decompressed_size_limit)


def warn_of_timeout(app: App) -> None:
    """Warn if tasks may run for longer than RabbitMQ, by its default, lets a worker hold a message."""
    limit = app.conf.task_time_limit
    if limit is not None and limit > CONSUMER_TIMEOUT_S:
        logger.warning(
            "task_time_limit is %s s, and RabbitMQ gives a message to another worker after %s s unless its "
            "consumer_timeout was raised: a longer task would run twice (docs/deployment.md)",
            limit,
            CONSUMER_TIMEOUT_S,
        )


class Task(celery.Task):  # type: ignore[type-arg]
    """Celery's task, with countdowns below a second on quorum queues (``app.task_cls``); see ``Celery``."""

    abstract = True

    def apply_async(self, args: Passed = None, kwargs: Passed = None, *given: Passed, **options: Passed) -> Passed:
        """Send the task (mirrors ``celery.Task.apply_async``)."""
        return super().apply_async(args, kwargs, *given, **waiting_in_worker(self.app, options))


class Celery(celery.Celery):
    """Celery's app, with countdowns below a second on quorum queues.

    Celery 5.7 raises ``ValueError`` there: its native delayed delivery knows whole seconds. Such a message goes to
    its queue at once, and its worker waits.
    """

    def send_task(
        self, name: str, args: Passed = None, kwargs: Passed = None, *given: Passed, **options: Passed
    ) -> Passed:
        """Send a task (mirrors ``celery.Celery.send_task``)."""
        return super().send_task(name, args, kwargs, *given, **waiting_in_worker(self, options))


def waiting_in_worker(app: App, options: Settings) -> Settings:
    """Return the options for sending; an eta within the next second goes only into the message's headers."""
    countdown, eta = options.get("countdown"), options.get("eta")
    if not (countdown or eta) or not is_rabbitmq(app.conf.broker_url):
        return options
    if eta is None:
        soon = app.now() + timedelta(seconds=countdown) if countdown and 0 < countdown < 1 else None
    else:
        soon = _within_a_second(datetime.fromisoformat(eta) if isinstance(eta, str) else eta, app)
    if soon is None:
        return options
    headers = {**(options.get("headers") or {}), "eta": soon.isoformat()}
    return {**options, "countdown": None, "eta": None, "headers": headers}


def _within_a_second(eta: datetime, app: App) -> datetime | None:
    now = app.now() if eta.tzinfo is not None else app.now().replace(tzinfo=None)
    return eta if timedelta(0) < eta - now < timedelta(seconds=1) else None
