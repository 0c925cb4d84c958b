"""What a process knows of RabbitMQ's alarms (memory, disk), during which it takes no messages."""

import logging
import os

from celery import current_task
from kombu.exceptions import OperationalError

from celery_reliable.outage import Outage
from celery_reliable.types import App

logger = logging.getLogger(__name__)

#: The exchanges of events and of replies to commands, which nobody misses. A worker's own commands count with them.
UNCONFIRMED = {"celeryev", "reply.celery.pidbox"}


class BrokerBlockedError(OperationalError):
    """The broker takes no messages for now, and says why. If it said so only now, it may take this one later."""


class SilentBrokerError(OperationalError):
    """The broker does not answer. It may have taken the message."""


class Worker:
    """Whether this process is a worker's, and its log lines about alarms. Pool processes log only long ones."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._is_pool_process = False
        self._alarm = Outage(logger, "The broker")

    @property
    def is_here(self) -> bool:
        """Whether this process is a worker's."""
        return self._pid is not None

    def begin(self) -> None:
        """Note that this process is a worker's, and those that it forks."""
        self._pid = os.getpid()

    def blocked(self, reason: str) -> None:
        """Note that the server takes no messages."""
        if self._pid is None:
            return
        if os.getpid() != self._pid and not self._is_pool_process:
            self._is_pool_process = True
            self._alarm = Outage(logger, "The broker")
            self._alarm.leave_to_others()
        self._alarm.noticed("The broker takes no messages, so events are dropped, and tasks that send wait", reason)

    def taken(self) -> None:
        """Note that the server has taken a message, or says that it does again."""
        if self._alarm.is_ongoing:
            self._alarm.over()


#: Of this process.
WORKER = Worker()


def begin_worker(app: App) -> None:
    """Make this process one that waits for its broker; called in workers, before their pool forks."""
    control = f"{app.conf.control_exchange}.pidbox"
    UNCONFIRMED.update((app.conf.event_exchange, control, f"reply.{control}"))
    WORKER.begin()


def waits() -> bool:
    """Whether what is sent now belongs to a task in a worker: it waits until the server takes messages again."""
    return WORKER.is_here and bool(current_task)
