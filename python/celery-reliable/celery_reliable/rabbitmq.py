"""RabbitMQ as the broker of Python workers: Celery's own transport, with the settings that lose nothing.

RabbitMQ itself does what the scripts of this package do on Redis: a message belongs to a worker as long as its
connection lasts, and goes to another one after that. This module adds two things: a message that has lost too many
workers becomes a dead letter (a quorum queue of RabbitMQ 4 would drop it silently after 20 deliveries), and a
countdown below a second works.
"""

import logging
import ssl
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import celery
from billiard.exceptions import WorkerLostError
from celery.worker.state import task_ready
from kombu.transport.native_delayed_delivery import MAX_NUMBER_OF_BITS_TO_USE

from celery_reliable.counted import CountedRequest
from celery_reliable.dead_letter import dead_letter_header
from celery_reliable.types import App, Passed, Settings

logger = logging.getLogger(__name__)

SCHEMES = ("amqp", "amqps", "pyamqp")
# RabbitMQ's default, which clients cannot read: a message that is held for longer goes to another worker.
CONSUMER_TIMEOUT_S = 1800
DEAD_HEADER = "x-celery-dead-letter"
DELIVERY_COUNT = "x-delivery-count"
_NOT_FOUND = 404


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
        options["server_hostname"] = None  # kombu fills in that of the broker
    for name in ("ca_certs", "certfile", "keyfile"):
        if given := parameters.get(f"ssl_{name}"):
            options[name] = given
    return options


def install(app: App, options: Settings) -> None:
    """Make an app's workers reliable on RabbitMQ; see ``celery_reliable.install``."""
    given = {name: options.get(name) for name in ("max_deliveries", "dead_letter_limit", "dead_letter_max_age_s")}
    known = {name: value for name, value in given.items() if value is not None}
    if "Task" not in vars(app):
        app.task_cls = f"{__name__}:Task"
    app.Task.Request = type("Request", (Request,), {"__module__": __name__, **known})
    app.conf.worker_consumer = "celery_reliable.rabbitmq_consumer:Consumer"


def warn_of_timeout(app: App) -> None:
    """Warn of tasks that may run for longer than RabbitMQ lets a worker hold a message."""
    limit = app.conf.task_time_limit
    if limit is not None and limit >= CONSUMER_TIMEOUT_S:
        logger.warning(
            "task_time_limit is %s s, and RabbitMQ gives a message to another worker after %s s unless its "
            "consumer_timeout was raised: a longer task would run twice (docs/deployment.md)",
            limit,
            CONSUMER_TIMEOUT_S,
        )


class Request(CountedRequest):
    """Celery's request, which gives up a message that has lost too many workers (``Task.Request``)."""

    max_deliveries = 5
    dead_letter_limit = 10_000
    dead_letter_max_age_s = 30 * 86_400.0

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        super().__init__(*args, **kwargs)
        if self._delivery_info["priority"] is None:  # AMQP's word for the lowest one
            self._delivery_info["priority"] = 0

    def revoked(self) -> bool:
        """Tell whether the task must not run. Celery asks just before it hands the task to its pool."""
        return bool(super().revoked()) or self._is_given_up()

    def _is_given_up(self) -> bool:
        headers = self.message.headers or {}
        lost = int(headers.get(DELIVERY_COUNT) or 0)
        if not 0 < self.max_deliveries <= lost or self.acknowledged:
            return False
        error = WorkerLostError(f"Task {self.name}[{self.id}]: {lost} workers were lost while they held it")
        logger.error("%s", error)
        self.task.backend.mark_as_failure(self.id, error, request=self._context, store_result=self.store_errors)
        self._bury(lost)
        self.acknowledge()
        self._already_revoked = True
        task_ready(self)
        return True

    def _bury(self, lost: int) -> None:
        """Copy the message to its queue's dead letters, as the Node workers do."""
        message, queue = self.message, bare_routing_key(self.message.delivery_info["routing_key"])
        headers = {name: value for name, value in message.headers.items() if not name.startswith("x-")}
        headers[DEAD_HEADER] = dead_letter_header(WorkerLostError.__name__, str(self._hostname), lost)
        properties = {**message.properties, "application_headers": headers}
        with self._app.producer_or_acquire() as producer:
            name = self._declare_dead_queue(producer.connection, f"{queue}.dead")
            names = ("correlation_id", "reply_to", "priority", "delivery_mode")
            kept = {key: properties[key] for key in names if properties.get(key) is not None}
            producer.publish(
                message.body,
                exchange="",
                routing_key=name,
                headers=headers,
                content_type=message.content_type,
                content_encoding=message.content_encoding,
                retry=True,
                **kept,
            )

    def _declare_dead_queue(self, connection: Passed, name: str) -> str:
        arguments: Settings = {"x-queue-type": "quorum", "x-max-length": self.dead_letter_limit}
        if self.dead_letter_max_age_s > 0:
            arguments["x-message-ttl"] = int(self.dead_letter_max_age_s * 1000)
        # Reading the dead letters counts as a delivery.
        if int(str(connection.connection.server_properties.get("version", "0")).split(".", 1)[0]) >= 4:
            arguments["x-delivery-limit"] = -1
        try:
            with connection.channel() as channel:
                channel.queue_declare(name, passive=True)
        except connection.channel_errors as error:
            if getattr(error, "reply_code", 0) != _NOT_FOUND:
                raise
            with connection.channel() as channel:
                channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        return name


def bare_routing_key(key: str) -> str:
    """Return a routing key without the bits of native delayed delivery."""
    parts = key.split(".", MAX_NUMBER_OF_BITS_TO_USE)
    is_delayed = len(parts) > MAX_NUMBER_OF_BITS_TO_USE and set(parts[:MAX_NUMBER_OF_BITS_TO_USE]) <= {"0", "1"}
    return parts[-1] if is_delayed else key


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
    """Return the options of a sending; with an eta within the second, it is in the message's headers alone."""
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
