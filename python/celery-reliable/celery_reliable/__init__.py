"""Reliable delivery for Celery on Redis and Valkey.

Two lines make a Celery app's workers reliable::

    import celery_reliable
    celery_reliable.install(app)

Clients need no change: URLs, messages and results stay Celery's.
"""

import logging
from typing import Unpack

from celery import signals

from celery_reliable import rabbitmq, rabbitmq_alarm, rabbitmq_time_limits
from celery_reliable.backoff import bound_backoff
from celery_reliable.clock import Clock
from celery_reliable.connection import AMQP, TRANSPORT, foreign_scheme
from celery_reliable.decompression import bound_decompression
from celery_reliable.installing import RESULTS, check_version, refuse_what_is_bound
from celery_reliable.keys import Keys
from celery_reliable.limits import LimitOptions, check_names
from celery_reliable.options import read_options
from celery_reliable.persistence import persist
from celery_reliable.restarting import keep_command_line
from celery_reliable.types import App, Passed, Settings, Worker

__all__ = ["install"]
__version__ = "0.1.0"

logger = logging.getLogger(__name__)

_OUR_AMQP = "celery_reliable.connection:AMQP"
_STOCK_AMQP = "celery.app.amqp:AMQP"
# How often kombu pings a silent subscription. It is replaced after three of these intervals: within 15 s.
SILENCE_CHECK_S = 4


def install(
    app: App,
    *,
    lease_s: float | None = None,
    max_deliveries: int | None = None,
    dead_letter_limit: int | None = None,
    dead_letter_max_age_s: float | None = None,
    **limits: Unpack[LimitOptions],
) -> None:
    """Make an app's workers take, hold and complete messages reliably. Call it once the app has its settings.

    Sets Celery's settings ``broker_transport``, ``worker_consumer``, ``result_backend_always_retry`` and, if it is
    ``prefork``, ``worker_pool``; the classes of ``app.amqp`` and ``app.clock``; and the class of Redis and database
    result backends (the loader's ``override_backends``).
    In worker processes alone it sets ``task_publish_retry_policy``: there, sending and commands to the result backend
    are repeated until the server is back. Unless the app sets them, ``task_acks_late`` and
    ``task_retry_on_worker_lost`` become true; an app that has set ``task_reject_on_worker_lost`` keeps that
    instead of the latter. The options are added to ``broker_transport_options``; those that are not given
    stay as they are: ``lease_s`` 60 (seconds, 0.5 to 1200), ``max_deliveries`` 5, ``dead_letter_limit``
    10,000, ``dead_letter_max_age_s`` 30 days, and the limits of a message
    (``celery_reliable.limits.Limits``). Decompression is bounded in this whole process, for all of its apps. A
    subscription whose server hangs is noticed within 15 s: kombu's option ``health_check_interval`` is 4 s,
    unless the app sets it.

    With RabbitMQ as broker it adds only what RabbitMQ lacks (``celery_reliable.rabbitmq``);
    ``lease_s`` does not apply. Any other broker stays as it is, and a worker says so at its start.

    Raises:
        TypeError: an option is unknown; the app has its own AMQP class, or has used Celery's already (derive it
            from ``celery_reliable.connection.AMQP``); it has bound tasks or made its result backend. Call this earlier.
        ImproperlyConfigured: an option is not of its kind, or this is another version of Celery.
    """
    check_version()
    given = {
        "lease_s": lease_s,
        "max_deliveries": max_deliveries,
        "dead_letter_limit": dead_letter_limit,
        "dead_letter_max_age_s": dead_letter_max_age_s,
        **limits,
    }
    check_names(limits)
    options = {name: value for name, value in given.items() if value is not None}
    read_options(options, Keys())
    _ = app.conf.broker_url  # Celery reads an app's settings when the first one is accessed
    explicit = app.conf.without_defaults()
    if rabbitmq.is_rabbitmq(app.conf.broker_url):
        refuse_what_is_bound(app, explicit)
        rabbitmq.install(app, read_options(options, Keys()))
        _store_and_send(app, explicit)
        return
    if app.amqp_cls == _STOCK_AMQP and "amqp" not in vars(app):
        app.amqp_cls = _OUR_AMQP
    if not isinstance(app.amqp, AMQP):
        raise TypeError(f"{app!r} already has connections, or its own AMQP class, {app.amqp_cls!r}")
    refuse_what_is_bound(app, explicit)
    conf = app.conf
    conf.broker_transport = TRANSPORT
    conf.worker_consumer = "celery_reliable.consumer:Consumer"
    silence = {"health_check_interval": SILENCE_CHECK_S}
    conf.broker_transport_options = {**silence, **(conf.broker_transport_options or {}), **options}
    bound_decompression(read_options(conf.broker_transport_options, Keys()).limits.decompressed_size_limit)
    _store_and_send(app, explicit)


def _store_and_send(app: App, explicit: Settings) -> None:
    """Make an app repeat storing and sending until its servers have everything, and choose our prefork pool."""
    conf = app.conf
    app.clock = Clock(app.clock.value)
    bound_backoff()
    if conf.worker_pool == "prefork":
        conf.worker_pool = "celery_reliable.prefork:TaskPool"
    # Stock Celery acknowledges a task as failed if it could not store the result at the first attempt.
    conf.result_backend_always_retry = True
    app.loader.override_backends = {**app.loader.override_backends, **RESULTS}
    signals.worker_init.connect(_wait_for_servers, weak=False)
    signals.worker_ready.connect(_keep_command_line, weak=False)
    if "task_acks_late" not in explicit:
        conf.task_acks_late = True
    if "task_retry_on_worker_lost" not in explicit and "task_reject_on_worker_lost" not in explicit:
        conf.task_retry_on_worker_lost = True


def _keep_command_line(**_: Passed) -> None:
    keep_command_line()


def _wait_for_servers(sender: Worker, **_: Passed) -> None:
    """Make this worker wait for its servers. It runs before the pool forks, so that the pool's processes wait too."""
    if rabbitmq.is_rabbitmq(sender.app.conf.broker_url):
        persist(sender.app)
        rabbitmq_alarm.begin_worker(sender)
        rabbitmq_time_limits.warn_at_start(sender.app)
    elif sender.app.conf.broker_transport == TRANSPORT:
        persist(sender.app)
        if scheme := foreign_scheme(sender.app):
            logger.warning(
                "celery_reliable cannot make a broker with %s:// reliable: messages are taken and acknowledged as by "
                "stock Celery. It knows redis://, rediss://, sentinel://, amqp:// and amqps://",
                scheme,
            )
