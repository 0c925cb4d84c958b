"""Limits how long a stopping worker waits for a server: it waits for its running tasks, but not for an absent server.

A completed task waits until the server has stored its result, and a stopping worker waits for its tasks, so a hanging
server would block it forever. The messages of abandoned tasks come back once their leases have run out, on RabbitMQ at
once.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from amqp.exceptions import ConnectionError as AmqpConnectionError
from celery.worker import state
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from celery_reliable import rabbitmq_transport
from celery_reliable.channel import ReliableChannel
from celery_reliable.client_results import RedisResults
from celery_reliable.clients import quick_settings
from celery_reliable.errbacks import wait_for_errbacks
from celery_reliable.keys import Keys
from celery_reliable.lease_managers import unstored_tasks
from celery_reliable.outage import described
from celery_reliable.rabbitmq_alarm import BrokerBlockedError
from celery_reliable.refusals import is_passing
from celery_reliable.types import App, BrokerConnection, Module, RedisPool, Worker

logger = logging.getLogger(__name__)

# How long a server may be away before a stopping worker abandons its tasks.
GIVE_UP_S = 15.0
# How long the server may take to answer a check, and how often a worker checks.
ANSWER_S = 2.0
CHECK_S = 1.0
# The exit code when tasks were abandoned.
EXIT_CODE = 1


class StopLimit(threading.Thread):
    """Checks the servers from the stop signal until the process ends; ends it when one is away for long."""

    def __init__(self, app: App, controller: Worker) -> None:
        super().__init__(name="celery-reliable-stop-limit", daemon=True)
        self._app = app
        self._controller = controller
        # To RabbitMQ, for all checks until one fails.
        self._rabbitmq: BrokerConnection | None = None

    @property
    def _is_on_rabbitmq(self) -> bool:
        return str(self._app.conf.worker_consumer).startswith("celery_reliable.rabbitmq")

    def run(self) -> None:
        """Check until the process ends."""
        away_since: float | None = None
        while True:
            checked_at = time.monotonic()
            problem = self._problem()
            if problem is None:
                away_since = None
            else:
                away_since = checked_at if away_since is None else away_since
                if time.monotonic() - away_since >= GIVE_UP_S:
                    self._leave(problem)
            time.sleep(CHECK_S)

    def _problem(self) -> str | None:
        looks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("the broker", self._check_broker),
            ("the result backend", self._check_results),
        )
        for server, look in looks:
            try:
                look()
            except (RedisError, OSError, OperationalError, AmqpConnectionError) as error:
                is_refusal = isinstance(error, ResponseError) and not is_passing(error)
                if not is_refusal and not isinstance(error, NoPermissionError):
                    return f"{server} is away ({described(error)})"
            except Exception:
                logger.exception("An error in the time limit of a stop")
        return None

    def _check_broker(self) -> None:
        if self._rabbitmq is not None:
            self._check_rabbitmq(self._rabbitmq)
            return
        connection = self._app.connection_for_write(connect_timeout=ANSWER_S)
        transport = connection.get_transport_cls()
        if transport in rabbitmq_transport.TRANSPORTS.values():
            self._rabbitmq = connection
            self._check_rabbitmq(connection)
            return
        with connection:
            if issubclass(transport.Channel, ReliableChannel):
                channel = connection.channel()
                _try_to_write(channel._get_pool(), Keys(prefix=channel.global_keyprefix).leases)

    def _check_rabbitmq(self, connection: BrokerConnection) -> None:
        try:
            rabbitmq_transport.try_to_send(connection, ANSWER_S)
        except Exception as error:
            self._rabbitmq = None
            with suppress(Exception):
                connection.close()
            # A new connection will show whether the server still answers: it reads nothing more from this one.
            if not isinstance(error, BrokerBlockedError):
                raise

    def _check_results(self) -> None:
        backend: Module = self._app.backend
        if issubclass(type(backend), RedisResults):
            pool = backend._get_pool(**{**backend.connparams, **quick_settings(ANSWER_S)})
            _try_to_write(pool, backend.get_key_for_task("stop"))
        elif try_to_write := getattr(backend, "try_to_write", None):  # PostgreSQL, whose packages may be missing
            try_to_write(ANSWER_S)

    def _leave(self, problem: str) -> None:
        tasks = [f"{request.name}[{request.id}]" for request in tuple(state.active_requests)] + unstored_tasks()
        if tasks:
            logger.critical(
                "The worker stops without waiting any longer, as %s for %.0f s. Its running tasks run again%s: %s",
                problem,
                GIVE_UP_S,
                "" if self._is_on_rabbitmq else " once their leases have run out",
                ", ".join(tasks),
            )
        wait_for_errbacks(0)
        for process in getattr(getattr(self._controller.pool, "_pool", None), "_pool", ()):
            with suppress(ProcessLookupError, TypeError):
                os.kill(process.pid, signal.SIGKILL)
        if getattr(self._controller, "pidlock", None):
            self._controller.pidlock.release()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(EXIT_CODE if tasks else 0)


def _try_to_write(pool: RedisPool, key: str | bytes) -> None:
    """Raise redis.exceptions.RedisError if the server does not let us write. It writes nothing."""
    client = Redis(connection_pool=pool)
    try:
        client.zadd(key, {"": 0}, xx=True)  # a full server refuses it, unlike a removal
    finally:
        client.close()
        pool.disconnect()
