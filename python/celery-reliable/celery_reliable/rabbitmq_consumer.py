"""Celery's consumer on RabbitMQ: no message, command or event ends the worker, and none is dropped silently.

Mirrors ``celery.worker.consumer.consumer.Consumer``; chosen by Celery's setting ``worker_consumer``.
"""

import logging
import os

from amqp.exceptions import ConsumerCancelled, RecoverableConnectionError
from celery import signals
from celery.exceptions import ImproperlyConfigured, InvalidTaskError, NotRegistered, WorkerShutdown
from celery.worker import state
from celery.worker.consumer.consumer import Consumer as CeleryConsumer
from celery.worker.state import maybe_shutdown
from kombu import Queue
from kombu.common import ignore_errors
from kombu.transport.native_delayed_delivery import bind_queue_to_native_delayed_delivery_exchange

from celery_reliable import event_loop
from celery_reliable.cut_lines import cut_lines
from celery_reliable.intake import Guard, is_outage
from celery_reliable.limits import check_delivered
from celery_reliable.line_limit import CONTROL_LINES
from celery_reliable.neighbours import MINGLE, guard_mingle
from celery_reliable.options import Options
from celery_reliable.rabbitmq_burial import TALLY
from celery_reliable.rabbitmq_cancellation import consuming_allowed, demand_cancellations
from celery_reliable.rabbitmq_delivered import Delivered, payload_of_delivered
from celery_reliable.rabbitmq_existing import ExistingQueues
from celery_reliable.rabbitmq_request import delivered, lost_workers
from celery_reliable.remote_control import STEPS, without_password
from celery_reliable.request_classes import use_reliable_requests
from celery_reliable.started import StartedJobs
from celery_reliable.stopping import StopLimit
from celery_reliable.types import BrokerConnection, Json, Message, Method, Passed, Settings, Worker

logger = logging.getLogger(__name__)

# What to do, by AMQP's reply code.
_HINTS = {
    403: "; docs/deployment.md lists the permissions that it needs",
    406: "; delete what is there, or use settings that declare it in the same way (docs/deployment.md)",
}


class Consumer(CeleryConsumer):
    """Handles each message under the rule of ``intake.py``."""

    # Celery's own, which its types do not mention.
    connection_errors: tuple[type[Exception], ...]
    channel_errors: tuple[type[Exception], ...]

    tally = TALLY

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        self._existing = ExistingQueues()
        cut_lines()
        self._stop_limit: StopLimit | None = None
        self._pid = os.getpid()
        super().__init__(*args, **kwargs)
        signals.worker_shutting_down.connect(self._on_shutdown)

    class Blueprint(CeleryConsumer.Blueprint):
        """Celery's steps, with our remote control and gossip."""

        default_steps = tuple(STEPS.get(step, step) for step in CeleryConsumer.Blueprint.default_steps)

        def apply(self, parent: Worker, **kwargs: Passed) -> Passed:
            """Make the steps (mirrors ``Blueprint.apply``)."""
            applied = super().apply(parent, **kwargs)
            guard_mingle(self[MINGLE])
            return applied

        def info(self, parent: Worker) -> Settings:
            """Return the data of all steps for ``stats`` (mirrors ``Blueprint.info``)."""
            return without_password(super().info(parent))

    def _on_shutdown(self, **_: Passed) -> None:
        """Limit the stop when its signal comes, because the event loop may be waiting for a silent server."""
        is_ours = os.getpid() == self._pid  # else a process of the pool that has its parent's handlers still
        if is_ours and self._stop_limit is None:
            self._stop_limit = StopLimit(self.app, self.controller)
            self._stop_limit.start()

    def start(self) -> None:
        """Run (mirrors ``Consumer.start``).

        Raises:
            WorkerShutdown: the broker refuses what the worker declares at its start; the log says why.
        """
        try:
            super().start()
        except self.channel_errors as error:
            hint = _HINTS.get(getattr(error, "reply_code", 0), "")
            logger.critical("%s refuses this worker: %s%s", self.conninfo.as_uri(), error, hint)
            raise WorkerShutdown(1) from error

    def ensure_connected(self, conn: BrokerConnection) -> Passed:
        """Connect (mirrors ``Consumer.ensure_connected``); a later attempt to do so again ends with the worker."""
        conn.on_retry = maybe_shutdown
        return super().ensure_connected(conn)

    def update_strategies(self) -> None:
        """Give the tasks our request, and declare the queues, which Celery does right after this.

        Raises:
            WorkerShutdown: a task's own request class cannot be derived from; the log says which.
        """
        base: Passed = self.app.Task.Request
        use_reliable_requests(self.app.tasks.values(), base)
        super().update_strategies()
        for queue in self.app.amqp.queues.consume_from.values():
            self._existing.declare(self.connection, queue)

    def on_ready(self) -> None:
        """Reconnect also after refusals from now on; at the start, a refusal ends the worker with its reason."""
        self.connection_errors = (*self.connection_errors, *self.channel_errors)
        demand_cancellations(self)
        if self.hub is not None:
            self._notice_cancellations()
        super().on_ready()

    def loop(self, *args: Passed) -> None:
        """Run the event loop (``Consumer.loop``)."""
        event_loop.run(self, args, self.channel_errors, RecoverableConnectionError)

    def _notice_cancellations(self) -> None:
        """Reconnect after the broker has cancelled a consumer, as when its queue was deleted.

        Celery reads once at the start without noticing such an error (``celery.worker.loops._quick_drain``), and would
        then consume nothing for ever.
        """
        consumer = self.task_consumer

        def on_cancelled(tag: str) -> None:
            self.timer.call_after(0, fail, (tag,))

        def fail(tag: str) -> None:
            if self.task_consumer is consumer:  # else another cancelled queue has led to a new connection
                raise ConsumerCancelled(tag)

        for tag in consumer._active_tags.values():
            consumer.channel.cancel_callbacks[tag] = on_cancelled

    def on_close(self) -> None:
        """Drop what the pool has not started (mirrors ``Consumer.on_close``).

        A worker that stops puts it back: if the connection ended with it, RabbitMQ would count it as lost.
        """
        if self.task_consumer is None or not _is_stopping():
            super().on_close()
            return
        ignore_errors(self, self.task_consumer.cancel)
        held = [request.message for request in (*state.reserved_requests, *state.scheduled_requests)]
        started = StartedJobs(self.pool)
        super().on_close()
        started.restore()
        kept = started.tags()
        waiting = [message for message in held if message is not None and message.delivery_tag not in kept]
        for message in sorted(waiting, key=lambda message: message.delivery_tag):
            delivery = delivered(message)
            if delivery is not None and delivery.is_ours and not delivery.put_back():
                break  # the broker is away: it takes all of them back

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Count the messages that go back to their queues (mirrors ``Consumer``)."""
        self.tally.lost += len(state.requests)
        super().on_connection_error_after_connected(exc)

    def call_soon(self, p: Passed, *args: Passed, **kwargs: Passed) -> Passed:
        """Schedule a command's deferred work (mirrors ``Consumer.call_soon``). It cannot end the worker."""
        return super().call_soon(self._attempt, p, *args, **kwargs)

    def _attempt(self, p: Passed, *args: Passed, **kwargs: Passed) -> Passed:
        try:
            return p(*args, **kwargs)
        except self.connection_errors:
            raise
        except Exception as error:
            CONTROL_LINES.error("failed commands", "The deferred work of a control command failed: %r", error)

    def add_task_queue(self, queue: str, exchange: str | None = None, *place: Passed, **more: Passed) -> None:
        """Consume another queue (mirrors ``Consumer.add_task_queue``).

        A new one is of the type of the app's other queues, and so is its exchange, unless the command names one.

        Raises:
            ImproperlyConfigured: the broker refuses it; the worker goes on without it.
        """
        queues = self.app.amqp.queues
        is_known = queue in queues
        wanted = queues[queue] if is_known else _placed(queues.new_missing(queue), exchange, *place, **more)
        try:
            self._existing.declare(self.connection, wanted)
            if wanted.exchange.type == "topic" and _is_quorum(wanted):
                with self.app.connection_for_write() as connection:
                    # Celery does this only at the start. A message with a countdown would be lost.
                    bind_queue_to_native_delayed_delivery_exchange(connection, wanted)
            with consuming_allowed(self):
                super().add_task_queue(queues.add(wanted).name)
        except Exception as error:
            if not is_known:
                queues.deselect(queue)
                queues.pop(queue, None)
            if isinstance(error, self.channel_errors):
                raise ImproperlyConfigured(f"queue {queue!r}: {error}") from error
            raise

    def create_task_handler(self, *args: Passed, **kwargs: Passed) -> Method:
        """Return what handles a message (mirrors ``Consumer.create_task_handler``)."""
        handle = super().create_task_handler(*args, **kwargs)
        options: Options = self.app.Task.Request.options

        def on_task_received(message: Message) -> Passed:
            try:
                held = self._delivered(message)
                if lost_workers(message) > 0:
                    self.tally.redelivered[held.queue] += 1
                with Guard(held) as guard:
                    guard.payload = payload_of_delivered(message)
                    check_delivered(guard.payload, options.limits)
                    return handle(message)
            except self.connection_errors:
                raise
            except Exception as error:
                if not is_outage(error):
                    raise
                # Celery reconnects only after its own kinds of connection error.
                raise ConnectionError(str(error)) from error

        return on_task_received

    def on_unknown_message(self, body: Json, message: Message) -> Passed:
        """Bury a message that is not a task; its sender gets an error where there is an id."""
        self._fail(message, InvalidTaskError("The message names no task"))
        return super().on_unknown_message(body, message)

    def on_unknown_task(self, body: Json, message: Message, exc: Exception) -> Passed:
        """Move an unregistered task to the dead letters; its sender gets a ``NotRegistered``."""
        self._fail(message, NotRegistered((message.headers or {}).get("task", "")))
        return super().on_unknown_task(body, message, exc)

    def on_invalid_task(self, body: Json, message: Message, exc: Exception) -> Passed:
        """Move an unreadable task to the dead letters; its sender gets the error."""
        self._fail(message, exc)
        return super().on_invalid_task(body, message, exc)

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Move an undecodable message to the dead letters; its sender gets the error."""
        logger.critical("Cannot decode a message, which goes to the dead letters: %s", exc, exc_info=exc)
        self._fail(message, exc)
        message.reject_log_error(logger, self.connection_errors)

    def _fail(self, message: Message, error: Exception) -> None:
        """Give the sender the error, and note it for the dead letter."""
        held = delivered(message) or self._delivered(message)
        held.note_reason(type(error).__name__)
        held.fail(payload_of_delivered(message), error)

    def _delivered(self, message: Message) -> Delivered:
        options: Options = self.app.Task.Request.options
        later = self.timer.call_after
        return Delivered(self.app, message, options, str(self.hostname), self._queue_of(message), later)

    def _queue_of(self, message: Message) -> str | None:
        """Return the queue of the consumer that got the message: its routing key may have another name."""
        tag = (message.delivery_info or {}).get("consumer_tag")
        tags: dict[str, str] = getattr(self.task_consumer, "_active_tags", {})
        return next((queue for queue, active in tags.items() if active == tag), None)


def _is_stopping() -> bool:
    return any(code is not None and code is not False for code in (state.should_stop, state.should_terminate))


def _placed(
    wanted: Queue,
    exchange: str | None,
    exchange_type: str | None = None,
    routing_key: str | None = None,
    **more: Passed,
) -> Queue:
    """Return a queue that is bound where the command says; without a type, Celery's command has ``direct``."""
    is_default = exchange is None and exchange_type in (None, "direct")
    placed: Queue = Queue.from_dict(
        wanted.name,
        queue_arguments=more.pop("queue_arguments", wanted.queue_arguments),
        exchange=exchange or wanted.name,
        exchange_type=wanted.exchange.type if is_default else exchange_type or "direct",
        routing_key=routing_key or wanted.name,
        **more,
    )
    return placed


def _is_quorum(queue: Queue) -> bool:
    return (queue.queue_arguments or {}).get("x-queue-type") == "quorum"
