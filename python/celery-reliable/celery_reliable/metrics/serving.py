"""Serves ``/livez``, ``/readyz`` and ``/metrics`` in every worker of an app."""

import json
import logging
from collections.abc import Callable

from celery import signals
from celery.exceptions import WorkerShutdown
from celery.worker.request import Request as CeleryRequest
from kombu.utils.imports import symbol_by_name
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from celery_reliable import counted
from celery_reliable.health_address import read_address
from celery_reliable.labels import OTHER
from celery_reliable.metrics.health import Health
from celery_reliable.metrics.sent import SentMessages
from celery_reliable.metrics.server import Answer, Server
from celery_reliable.metrics.tasks import TaskMetrics
from celery_reliable.metrics.worker import WorkerMetrics
from celery_reliable.types import App, Settings, TaskRequest, Worker

logger = logging.getLogger("celery.worker")


def serve(app: App) -> None:
    """Make an app's workers answer at the setting ``worker_health_address``, from their start.

    It is a port (8080), a host and a port ("0.0.0.0:8080") or the path of a socket ("/tmp/health.sock"). A worker that
    cannot listen there logs why, and ends with exit code 1. Without the setting, workers do not listen.
    """
    serving = _Serving(app)
    signals.celeryd_after_setup.connect(serving.on_start, weak=False)
    signals.worker_ready.connect(serving.on_ready, weak=False)
    signals.worker_shutting_down.connect(serving.on_stopping, weak=False)
    signals.worker_process_init.connect(serving.on_fork, weak=False)
    signals.task_received.connect(serving.on_received, weak=False)


class _Serving:
    """The server of one app's worker; there is one worker a process."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._health: Health | None = None
        self._tasks: TaskMetrics | None = None
        self._server: Server | None = None

    def on_start(self, instance: Worker, **_: object) -> None:
        """Listen, before the broker is there. Raises WorkerShutdown."""
        given = self._app.conf.get("worker_health_address")
        if instance.app is not self._app or not given:
            return
        health = self._health = Health(instance)
        registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        queue_of = _queue_of(health)
        metrics = WorkerMetrics(instance, health, queue_of)
        registry.register(metrics)
        self._tasks = TaskMetrics(metrics.hostname, queue_of)
        registry.register(self._tasks)
        counted.listeners.append(self._tasks.listener)
        SentMessages(self._tasks.sent)
        _count_stock_requests(self._app)
        paths = {
            "/livez": lambda: _json(health.alive()),
            "/readyz": lambda: _json(health.ready()),
            "/metrics": lambda: self._metrics(registry),
        }
        try:
            address = read_address(given)
            self._server = Server(address, paths)
        except ValueError as error:
            logger.critical("%s", error)
            raise WorkerShutdown(1) from error
        except OSError as error:
            reason = error.strerror or error
            remedy = "Choose another address: each worker needs its own"
            logger.critical("worker_health_address: cannot listen on %s: %s. %s", address, reason, remedy)
            raise WorkerShutdown(1) from error
        logger.info("Health checks: %s, /readyz, /livez and /metrics", self._server.address)

    def _metrics(self, registry: CollectorRegistry) -> Answer:
        if self._tasks is not None and self._health is not None:
            self._tasks.consumes(self._health.queues, list(self._app.tasks))
        return Answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))

    def on_ready(self, sender: Worker, **_: object) -> None:
        """Note that the worker consumes."""
        if self._health is not None and self._health.phase == "starting" and sender.app is self._app:
            self._health.phase = "consuming"

    def on_stopping(self, **_: object) -> None:
        """Note that the worker takes no more messages."""
        if self._health is not None:
            self._health.phase = "stopping"

    def on_fork(self, **_: object) -> None:
        """Leave the server to the parent, in a process of the pool."""
        counted.listeners.clear()
        if self._server is not None:
            self._server.leave()

    def on_received(self, request: TaskRequest, **_: object) -> None:
        """Count a received task, for which Celery has only this signal."""
        if self._tasks is not None:
            self._tasks.listener(request, "task-received", {})


def _queue_of(health: Health) -> Callable[[TaskRequest], str]:
    """Return a function for a request's queue. It only returns consumed queues, as senders can make up names."""

    def queue_of(request: TaskRequest) -> str:
        channel = getattr(request, "channel", None)
        held = channel.leases.queue_of(request.message.delivery_tag) if channel is not None else None
        if held is not None:
            return str(held)
        # On RabbitMQ, the routing key of a delayed message is not its queue's name.
        place = getattr(request, "held", None)
        key = (request.message.delivery_info or {}).get("routing_key") if place is None else place.queue
        return key if key in known() else OTHER

    def known() -> set[str]:
        if not consumed:
            consumed.update(health.queues)
        return consumed

    consumed: set[str] = set()
    return queue_of


def _count_stock_requests(app: App) -> None:
    """Replace Celery's own requests, which report nothing, in an app without ``install``."""
    for task in app.tasks.values():
        if symbol_by_name(task.Request) is CeleryRequest:
            task.Request = counted.CountedRequest


def _json(answer: Settings) -> Answer:
    return Answer(200 if answer["ok"] else 503, "application/json", f"{json.dumps(answer)}\n".encode())
