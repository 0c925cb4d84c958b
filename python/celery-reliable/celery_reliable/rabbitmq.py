"""RabbitMQ as the broker of Python workers: Celery's own transport, with the settings that lose nothing.

RabbitMQ itself does what this package's scripts do on Redis: a message belongs to a worker while its connection
lasts, and then goes to another one. This module adds three things. A message that was lost with too many workers
becomes a dead letter (a quorum queue of RabbitMQ 4 would drop it silently after 20 deliveries). So does a message
that cannot be handled (``intake.py``). And what the broker does not take is an error (``rabbitmq_sending.py``).
"""

import ssl
from collections.abc import Callable
from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

import celery

from celery_reliable.decompression import bound_decompression
from celery_reliable.options import Options
from celery_reliable.rabbitmq_request import Request
from celery_reliable.rabbitmq_sending import send_checked
from celery_reliable.rabbitmq_url import SCHEMES, split_servers
from celery_reliable.types import App, Passed, Settings


def is_rabbitmq(url: object) -> bool:
    """Whether a broker URL, or the first of a list, is a RabbitMQ URL."""
    first = url if isinstance(url, str) else next(iter(url or ()), "")  # type: ignore[call-overload]
    return str(first).split("://", 1)[0].lower() in SCHEMES


def recommended(broker_url: str) -> Settings:
    """Return Celery's settings for RabbitMQ: quorum queues, confirmed messages, checked certificates."""
    urls = split_servers(broker_url)
    first = urlsplit(urls[0])
    return {
        "broker_url": ";".join(url.split("?", 1)[0] for url in urls),
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


class TlsOptions(Settings):
    """Celery's ``broker_use_ssl``, which checks each of several servers by its own name.

    kombu fills in the name of the first one that it tries, if there is none, and keeps it for the others.
    """

    def __getitem__(self, name: str) -> Passed:
        """Return an option (mirrors ``dict``), but no name."""
        return None if name == "server_hostname" else super().__getitem__(name)


def _tls(parameters: dict[str, str]) -> Settings:
    required = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL}
    level = parameters.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    options = TlsOptions(cert_reqs=required.get(level, ssl.CERT_REQUIRED))
    if level != "none" and parameters.get("ssl_check_hostname", "true")[0].lower() in "1ty":
        options["server_hostname"] = None  # kombu fills it in
    for name in ("ca_certs", "certfile", "keyfile"):
        if given := parameters.get(f"ssl_{name}"):
            options[name] = given
    return options


def install(app: App, options: Options) -> None:
    """Make an app's workers reliable on RabbitMQ; see ``celery_reliable.install``."""
    if "Task" not in vars(app):
        app.task_cls = f"{__name__}:Task"
    app.Task.Request = type("Request", (Request,), {"__module__": Request.__module__, "options": options})
    if "amqp" not in vars(app):
        _choose_amqp(app)
    app.conf.worker_consumer = "celery_reliable.rabbitmq_consumer:Consumer"
    bound_decompression(options.limits.decompressed_size_limit)


class Task(celery.Task):  # type: ignore[type-arg]
    """Celery's task, sent as ``rabbitmq_sending.py`` says (``app.task_cls``)."""

    abstract = True

    def apply_async(self, args: Passed = None, kwargs: Passed = None, *given: Passed, **options: Passed) -> Passed:
        """Send the task (mirrors ``celery.Task.apply_async``)."""
        send = super().apply_async
        return _sent(self.app, lambda with_: send(args, kwargs, *given, **with_), options, given)


class Celery(celery.Celery):
    """Celery's app, which sends as ``rabbitmq_sending.py`` says."""

    @cached_property
    def amqp(self) -> Passed:
        """What makes and sends messages (mirrors ``celery.Celery.amqp``)."""
        if is_rabbitmq(self.conf.broker_url):
            _choose_amqp(self)
        return super().amqp

    def send_task(
        self, name: str, args: Passed = None, kwargs: Passed = None, *given: Passed, **options: Passed
    ) -> Passed:
        """Send a task (mirrors ``celery.Celery.send_task``)."""
        send = super().send_task
        return _sent(self, lambda with_: send(name, args, kwargs, *given, **with_), options, given)


def _choose_amqp(app: App) -> None:
    if app.amqp_cls == "celery.app.amqp:AMQP":
        app.amqp_cls = "celery_reliable.rabbitmq_sending:AMQP"


def _sent(app: App, send: Callable[[Settings], Passed], options: Settings, given: tuple[Passed, ...]) -> Passed:
    if not is_rabbitmq(app.conf.broker_url):
        return send(options)
    return send_checked(app, send, options, once=bool(given))
