"""Connects a consumer, and handles lost connections.

A server may accept connections but be unusable: it has become a replica, is full, or refuses the user.
Celery's consumer would connect, start all of its steps, fail, and begin again at once, five times a second
with a dozen lines each. This one starts its steps once the server lets it write.
"""

import logging
import os
import time
import warnings

from celery import signals
from celery.exceptions import CPendingDeprecationWarning, WorkerShutdown
from celery.worker.consumer import consumer as celery_consumer
from celery.worker.consumer.consumer import Consumer as CeleryConsumer
from celery.worker.state import maybe_shutdown
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from celery_reliable import event_loop
from celery_reliable.channel import ReliableChannel
from celery_reliable.outage import BROKER_OUTAGE, FIRST_PAUSE_S, STABLE_S, Outage, described
from celery_reliable.persistence import PASSING
from celery_reliable.refusals import is_refused_connection
from celery_reliable.reply_watch import SILENCE
from celery_reliable.shutdown_timeouts import shorten_timeouts
from celery_reliable.stopping import StopLimit
from celery_reliable.types import BrokerConnection, Passed

logger = logging.getLogger(__name__)

# How often a pause checks whether the worker must stop.
CHECK_S = 0.1


class ReconnectingConsumer(CeleryConsumer):
    """Mirrors ``celery.worker.consumer.consumer.Consumer``."""

    # Celery's own, which its types do not mention.
    first_connection_attempt: bool
    connection_errors: tuple[type[Exception], ...]

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        self.outage = BROKER_OUTAGE
        self._stop_limit: StopLimit | None = None
        self._was_connected = False
        self._pid = os.getpid()
        _Replaced(self.outage).attach()
        super().__init__(*args, **kwargs)
        signals.worker_shutting_down.connect(self._on_shutdown)

    def is_connection_error(self, error: Exception) -> bool:
        """Whether to reconnect. kombu wrongly counts every KeyError as a connection error.

        A server that refuses one command for good would refuse it on the next connection too.
        """
        if isinstance(error, ResponseError):
            return isinstance(error, PASSING)
        return isinstance(error, self.connection_errors) and not isinstance(error, KeyError)

    def ensure_connected(self, conn: BrokerConnection) -> Passed:
        """Connect, and wait until the server lets us write (mirrors ``Consumer.ensure_connected``).

        Raises what the connection raises if Celery's settings forbid another attempt
        (``broker_connection_retry``, ``broker_connection_retry_on_startup``, ``broker_connection_max_retries``).

        Raises:
            WorkerShutdown: no server has accepted this worker yet, and all of them refuse it; the log says
            why.
        """
        conf = self.app.conf
        at_start = conf.broker_connection_retry_on_startup if self.first_connection_attempt else None
        if not (conf.broker_connection_retry if at_start is None else at_start):
            return super().ensure_connected(conn)
        uri = conn.as_uri()
        conn.on_retry = maybe_shutdown
        is_refused = True

        def on_failure(error: Exception, pause_s: float) -> None:
            nonlocal is_refused
            is_refused = is_refused and is_refused_connection(error)
            if pause_s > 0:  # all URLs of the list were tried
                if is_refused and not self._was_connected:
                    logger.critical("%s refuses the connection: %s", uri, described(error))
                    raise WorkerShutdown(1) from error
                is_refused = True
            self.outage.failed(f"Cannot connect to {uri}", error)

        while True:
            conn = conn.ensure_connection(
                on_failure,
                conf.broker_connection_max_retries,
                interval_start=FIRST_PAUSE_S,
                interval_step=2 * FIRST_PAUSE_S,
                interval_max=self.outage.longest_pause_s,
                callback=maybe_shutdown,
            )
            try:
                _try_to_write(conn)
            except PASSING as error:
                self.outage.failed(f"Cannot use {uri}", error)
                conn.close()
                self._pause()
            else:
                self._was_connected = True
                self.first_connection_attempt = False
                self.broker_connection_retry_attempt = 0
                return conn

    def on_ready(self) -> None:
        """Retry refusals from now on: at the start, a refusal ends the worker, with its reason."""
        self.connection_errors = (*self.connection_errors, ResponseError)
        super().on_ready()

    def loop(self, *args: Passed) -> None:
        """Run the event loop (``Consumer.loop``)."""
        event_loop.run(self, args, (ResponseError,), RedisConnectionError)

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Wait before the next attempt."""
        self.outage.failed(f"Cannot connect to {self.conninfo.as_uri()}", exc)
        self._pause()

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Drop the connection; the first time, the next attempt follows at once."""
        self.outage.failed(f"consumer: Connection to broker lost, {self.conninfo.as_uri()}", exc)
        if self.outage.is_flapping:
            self._pause()
        with warnings.catch_warnings():
            # Celery's advice about late acknowledgements, which this package handles.
            warnings.simplefilter("ignore", CPendingDeprecationWarning)
            super().on_connection_error_after_connected(exc)

    def _on_shutdown(self, **_: Passed) -> None:
        """Shorten timeouts when the stop signal comes, because the event loop may be waiting for a silent server."""
        if os.getpid() != self._pid:  # a process of the pool that has not replaced its parent's handlers yet
            return
        shorten_timeouts(self.connection, getattr(self.event_dispatcher, "connection", None))
        if self._stop_limit is None:
            self._stop_limit = StopLimit(self.app, self.controller)
            self._stop_limit.start()

    def _pause(self) -> None:
        until = time.monotonic() + self.outage.pause_s()
        while time.monotonic() < until:
            maybe_shutdown()
            time.sleep(CHECK_S)


def _try_to_write(connection: BrokerConnection) -> None:
    """Raise redis.exceptions.RedisError if the server refuses writes; tried by removing a key that does not exist."""
    channel = connection.default_channel
    if isinstance(channel, ReliableChannel):
        try:
            with channel.conn_or_acquire() as client:
                client.zrem("celery.leases", "")
        except PASSING:
            raise
        except RedisError as error:
            logger.debug("The server refuses a test write: %s", error)


class _Replaced(logging.Filter):
    """Drops Celery's lines that ours replace, and those about a server that comes and goes."""

    # Loggers whose lines are all dropped; and lines of other loggers that an outage causes in each of the other
    # workers.
    _OF_THE_CONNECTION = tuple(f"celery.worker.consumer.{name}" for name in ("consumer", "connection", "mingle"))
    _OF_OTHERS = (
        "celery.worker.consumer.gossip",
        "celery.worker.control",
        "celery.events.state",
        "kombu.transport.redis",
    )
    _CAUSED = ("missed heartbeat from", "sync with", "Substantial drift from", "Redis pub/sub connection missed")

    def __init__(self, outage: Outage) -> None:
        super().__init__()
        self._outage = outage

    def attach(self) -> None:
        """Filter Celery's log lines about its connection."""
        for name in (*self._OF_THE_CONNECTION, *self._OF_OTHERS):
            target = logging.getLogger(name)
            for old in [each for each in target.filters if isinstance(each, _Replaced)]:
                target.removeFilter(old)
            target.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written."""
        if celery_consumer.CONNECTION_RETRY in (record.msg, *(record.args or ())):
            return False
        if str(record.msg).startswith("Skipping prefetch count reduction"):
            return False
        # The event loop may wait 5 s for an answer and repeat the command without a line. Meanwhile it reads no
        # heartbeats, and calls the other workers lost before another thread reports the outage.
        if not self._outage.is_recent and not SILENCE.is_recent(STABLE_S):
            return True
        if record.name in self._OF_THE_CONNECTION:
            return record.levelno > logging.INFO
        return not str(record.msg).startswith(self._CAUSED)
