"""Celery's consumer, for a transport whose tags outlive a connection.

Mirrors ``celery.worker.consumer.consumer.Consumer``; chosen by Celery's setting ``worker_consumer``.
"""

import logging
from functools import partial

from billiard.einfo import ExceptionInfo
from celery import bootsteps, signals
from celery.concurrency import solo
from celery.exceptions import (
    ImproperlyConfigured,
    InvalidTaskError,
    NotRegistered,
    WorkerLostError,
    WorkerShutdown,
)
from celery.utils.functional import noop
from celery.worker import state
from celery.worker.consumer.consumer import Consumer as CeleryConsumer
from celery.worker.consumer.tasks import Tasks
from celery.worker.request import Request as CeleryRequest
from celery.worker.strategy import proto1_to_proto2

from celery_reliable.channel import ReliableChannel
from celery_reliable.envelope import headers_of, task_name_of
from celery_reliable.handing_over import keeps_results
from celery_reliable.intake import fail_task, is_outage
from celery_reliable.readiness import CHECK_S, Readiness
from celery_reliable.reconnecting import ReconnectingConsumer
from celery_reliable.remote_control import STEPS, without_password
from celery_reliable.request_classes import use_reliable_requests
from celery_reliable.started import StartedJobs
from celery_reliable.types import Json, Message, Passed, Payload, Settings, Task, Worker

logger = logging.getLogger(__name__)


class Delivering(bootsteps.StartStopStep):
    """Bootstep that passes the worker's data to the tasks' channel, and checks the server."""

    requires = (Tasks,)
    _checking: Passed = None

    def start(self, c: Worker) -> None:
        """Make the new connection's channel ready to take.

        Raises:
            WorkerShutdown: the server would lose messages, or an option is wrong; the log says which.
            redis.exceptions.RedisError: the server cannot be reached.
        """
        channel = c.task_consumer.channel
        if not isinstance(channel, ReliableChannel):
            return
        channel.admission.judge = partial(c.judge, channel)
        channel.fail = c.fail
        channel.admission.timezone = c.app.timezone
        channel.qos.window = lambda: int(c.qos.value)
        if c.app.conf.worker_disable_prefetch:
            channel.qos.free_slots = partial(_free_slots, c)
        try:
            _ = channel.leases
        except ImproperlyConfigured as error:
            logger.critical("%s", error)
            raise WorkerShutdown(1) from error
        channel.keeps_results = keeps_results(c.app, channel)
        # The solo pool runs tasks in the event loop, where batches would delay the results of earlier tasks.
        channel.leases.is_batching = not isinstance(c.pool, solo.TaskPool)
        channel.leases.is_patient = True
        c.readiness = Readiness(c.pool, channel)
        c.outage.over()
        self._checking = c.timer.call_repeatedly(CHECK_S, c.readiness.check)

    def stop(self, c: Worker) -> None:
        """Stop watching the channel."""
        c.readiness = None
        looking, self._checking = self._checking, None
        if looking is not None:
            c.timer.cancel(looking)
        channel = getattr(c.task_consumer, "channel", None)
        if isinstance(channel, ReliableChannel) and channel.has_leases:  # the loop has ended
            channel.leases.is_batching = channel.leases.is_patient = False
            channel.leases.settle_ended()


class Consumer(ReconnectingConsumer):
    """After a lost connection, keeps running tasks and puts back all other messages at once."""

    class Blueprint(CeleryConsumer.Blueprint):
        """Celery's steps, and ours."""

        default_steps = (*(STEPS.get(step, step) for step in CeleryConsumer.Blueprint.default_steps), Delivering)

        def info(self, parent: Worker) -> Settings:
            """Return the data of all steps for ``stats`` (mirrors ``Blueprint.info``)."""
            return without_password(super().info(parent))

    readiness: Readiness | None = None

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        # The channels of lost connections whose tasks may still be running.
        self._lost_channels: list[ReliableChannel] = []
        super().__init__(*args, **kwargs)

    def connection_for_read(self, heartbeat: Passed = None) -> Passed:
        """Connect, with the worker's name for tags, dead letters and the server's list of clients.

        Raises:
            WorkerShutdown: the pool is gevent's or eventlet's; the log says so.
        """
        connection = self.app.connection_for_read(heartbeat=heartbeat)
        # Before any step that starts such a pool: this runs in the first step.
        if self.pool.is_green and issubclass(connection.get_transport_cls().Channel, ReliableChannel):
            logger.critical(
                "%s: celery_reliable needs threads that run while a task computes, which gevent and eventlet "
                "lack; start the worker with --pool prefork, threads or solo",
                type(self.pool).__name__,
            )
            raise WorkerShutdown(1)
        connection.transport_options = {**connection.transport_options, "worker_name": self.hostname}
        return self.ensure_connected(connection)

    def update_strategies(self) -> None:
        """Give the tasks our request.

        Raises:
            WorkerShutdown: a task's own request class cannot be derived from; the log says which.
        """
        use_reliable_requests(self.app.tasks.values())
        for task in self.app.tasks.values():
            if task.reject_on_worker_lost:  # it is put back, not retried, even if our default says otherwise
                task.retry_on_worker_lost = False
        super().update_strategies()

    def call_soon(self, p: Passed, *args: Passed, **kwargs: Passed) -> Passed:
        """Schedule a command's deferred work (mirrors ``Consumer.call_soon``). It cannot end the worker."""
        return super().call_soon(self._attempt, p, *args, **kwargs)

    def _attempt(self, p: Passed, *args: Passed, **kwargs: Passed) -> Passed:
        try:
            return p(*args, **kwargs)
        except Exception as error:
            if self.is_connection_error(error):
                raise
            logger.exception("The deferred work of a control command failed: %r", p)

    def add_task_queue(self, queue: str, *args: Passed, **kwargs: Passed) -> None:
        """Consume another queue (mirrors ``Consumer.add_task_queue``). Raises what kombu raises.

        A queue that cannot be declared is forgotten: the next connection would fail with it.
        """
        queues = self.app.amqp.queues
        is_known = queue in queues
        try:
            super().add_task_queue(queue, *args, **kwargs)
        except Exception as error:
            if not is_known and not self.is_connection_error(error):
                queues.deselect(queue)
                queues.pop(queue, None)
            raise

    def call_soon_ack(self, p: Passed, *args: Passed, **kwargs: Passed) -> Passed:
        """Acknowledge now: callbacks that wait for the event loop are dropped when the connection breaks."""
        try:
            p(*args, **kwargs)
        except Exception:
            logger.exception("An acknowledgement failed")
        if self.hub:
            self.hub.call_soon(noop)  # wakes the loop from a pool's thread, because there is room now
        return p

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Drop the connection, but keep the messages taken through it."""
        channels = self.connection.transport.channels if self.connection else ()
        for channel in channels or ():
            if isinstance(channel, ReliableChannel):
                channel.qos.detached = True
                self._lost_channels.append(channel)
        super().on_connection_error_after_connected(exc)

    def on_close(self) -> None:
        """Drop requests that the pool has not started; after a lost connection put them back, to be taken next."""
        started = StartedJobs(self.pool)
        super().on_close()
        started.restore()
        kept = started.tags()
        # Channels whose tasks go on stay: the pool takes a task back if its process dies, and drops it with the next
        # connection.
        self._lost_channels = [channel for channel in self._lost_channels if channel.put_back_all_but(kept)]

    def judge(self, channel: ReliableChannel, payload: Payload, lost: int) -> str | None:
        """Return why a task that was lost with too many workers was failed; None if it may run, or is not known here.

        ``Task.max_deliveries`` is the limit, else the connection's. Raises what the result backend
        raises.
        """
        task = self.app.tasks.get(task_name_of(payload))
        limit = getattr(task, "max_deliveries", None)
        limit = channel.leases.options.max_deliveries if limit is None else limit
        if task is None or not limit or lost < limit:
            return None
        error = WorkerLostError(f"{lost} workers were lost while they had this task: it is not run again")
        try:
            request = self._request_of(channel.Message(payload, channel=channel), task)
            context, stores = request._context, request.store_errors
            logger.error("Task %s[%s] is not run again: %s", task.name, request.id, error)
            task.backend.mark_as_failure(request.id, error, request=context, store_result=stores)
            _announce(task, request, error)
        except Exception as unreadable:
            if is_outage(unreadable):
                raise
            logger.error("A message that was lost with %d workers cannot be read: %r", lost, unreadable)
            self.fail(payload, error)
        return type(error).__name__

    def _request_of(self, message: Message, task: Task) -> Passed:
        """Raises whatever reading a message raises."""
        given: Settings = {"decoded": False}
        if "task" not in message.headers:
            given = dict(
                zip(("body", "headers", "decoded", "utc"), proto1_to_proto2(message, message.payload), strict=True)
            )
        return CeleryRequest(message, app=self.app, hostname=self.hostname, task=task, **given)

    def on_unknown_message(self, body: Json, message: Message) -> Passed:
        """Bury a message that is not a task; its sender gets an error where there is an id."""
        self._note(message, InvalidTaskError.__name__)
        self.fail(message._raw, InvalidTaskError("The message names no task"))
        return super().on_unknown_message(body, message)

    def on_unknown_task(self, body: Json, message: Message, exc: Exception) -> Passed:
        """Move an unregistered task to the dead letters; its sender gets a ``NotRegistered``."""
        self._note(message, NotRegistered.__name__)
        self.fail(message._raw, NotRegistered(headers_of(message._raw).get("task", "")))
        return super().on_unknown_task(body, message, exc)

    def on_invalid_task(self, body: Json, message: Message, exc: Exception) -> Passed:
        """Move an unreadable task to the dead letters; its sender gets the error."""
        self._note(message, type(exc).__name__)
        self.fail(message._raw, exc)
        return super().on_invalid_task(body, message, exc)

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """Move an undecodable message to the dead letters; its sender gets the error."""
        if not isinstance(message.channel, ReliableChannel):
            super().on_decode_error(message, exc)
            return
        logger.critical("Cannot decode a message, which goes to the dead letters: %s", exc, exc_info=exc)
        self._note(message, type(exc).__name__)
        self.fail(message._raw, exc)
        message.reject_log_error(logger, self.connection_errors)

    def _note(self, message: Message, reason: str) -> None:
        if isinstance(message.channel, ReliableChannel):
            message.channel.qos.note_reason(message.delivery_tag, reason)

    def fail(self, payload: Payload, exc: BaseException) -> None:
        """Give the error to the sender, if known. Raises what a result backend raises when it is away."""
        fail_task(self.app, payload, exc)


def _announce(task: Task, request: Passed, error: Exception) -> None:
    """Send the signal of a failure, as Celery does for a lost process: within the task's request."""
    try:
        raise error
    except WorkerLostError:
        einfo = ExceptionInfo()
    task.request_stack.push(request._context)
    try:
        signals.task_failure.send(
            sender=task,
            task_id=request.id,
            exception=error,
            args=request.args,
            kwargs=request.kwargs,
            traceback=einfo.traceback,
            einfo=einfo,
        )
    finally:
        task.request_stack.pop()


def _free_slots(consumer: Worker) -> int:
    """Celery's own limit (``worker.consumer.tasks.Tasks.start``)."""
    limit = getattr(consumer.controller, "max_concurrency", None) or consumer.pool.num_processes
    return int(limit) - len(state.reserved_requests)
