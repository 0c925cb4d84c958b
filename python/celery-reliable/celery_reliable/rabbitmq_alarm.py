"""What a process knows of RabbitMQ's alarms (memory, disk), during which it takes no messages."""

import logging
import os
import threading
import time
from weakref import WeakKeyDictionary

from celery import current_task
from kombu.exceptions import OperationalError

from celery_reliable.outage import Outage
from celery_reliable.types import Passed
from celery_reliable.types import Worker as Controller

logger = logging.getLogger(__name__)

#: The exchanges of events and of replies to commands, which nobody misses. A worker's own commands count with them.
UNCONFIRMED = {"celeryev", "reply.celery.pidbox"}


class BrokerBlockedError(OperationalError):
    """The broker takes no messages for now, and says why. If it said so only now, it may take this one later."""


class SilentBrokerError(OperationalError):
    """The broker does not answer. It may have taken the message."""


class Until:
    """The end of a wait, which py-amqp passes on as its timeout."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self.renew()

    def renew(self) -> None:
        """Begin the wait again."""
        self._end = time.monotonic() + self._timeout_s

    def left_s(self) -> float:
        """Return how many seconds are left; never 0, which py-amqp takes for "do not wait"."""
        return max(self._end - time.monotonic(), 0.001)


class Alarms:
    """The connections of this process that a server has called blocked, and when it was last noticed.

    Only the connection itself reads that the alarm is over, and it may lie idle in a pool. So the others know for
    ``valid_s`` only; then they try themselves.
    """

    def __init__(self, valid_s: float) -> None:
        self._valid_s = valid_s
        self._forget()

    def notice(self, connection: Passed) -> None:
        """Note that a connection is blocked now."""
        with self._own_lock():
            self._noticed[connection] = time.monotonic()

    def over(self, connection: Passed) -> None:
        """Note that a connection is no longer blocked."""
        with self._own_lock():
            self._noticed.pop(connection, None)

    def reason_at(self, host: str) -> str | None:
        """Why a server takes no messages, as another connection to it knows."""
        since = time.monotonic() - self._valid_s
        with self._own_lock():
            recent = [each for each, noticed in self._noticed.items() if noticed > since]
        reasons = (each.blocked for each in recent if each.connected and each.host == host)
        return next((reason for reason in reasons if reason is not None), None)

    def _own_lock(self) -> threading.Lock:
        """Return this process's lock: a child never reads from the connections of its parent, so it forgets them."""
        if self._pid != os.getpid():
            self._forget()
        return self._lock

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._noticed: WeakKeyDictionary[Passed, float] = WeakKeyDictionary()


class Worker:
    """Whether this process is a worker's, and its log lines about alarms. Pool processes log only long ones."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._controller: Passed = None
        self._is_pool_process = False
        self._alarm = Outage(logger, "The broker")

    @property
    def is_here(self) -> bool:
        """Whether this process is a worker's. One that a test runs in a thread ends before its process."""
        blueprint = getattr(self._controller, "blueprint", None)
        return self._pid is not None and (blueprint is None or not blueprint.shutdown_complete.is_set())

    def begin(self, controller: Controller) -> None:
        """Note that this process is a worker's, and those that it forks."""
        self._pid, self._controller = os.getpid(), controller

    def blocked(self, reason: str) -> None:
        """Note that the server takes no messages."""
        if not self.is_here:
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


def begin_worker(controller: Controller) -> None:
    """Make this process one that waits for its broker; called in workers, before their pool forks."""
    conf = controller.app.conf
    control = f"{conf.control_exchange}.pidbox"
    UNCONFIRMED.update((conf.event_exchange, control, f"reply.{control}"))
    WORKER.begin(controller)


def waits() -> bool:
    """Whether what is sent now belongs to a task in a worker: it waits until the server takes messages again."""
    return WORKER.is_here and bool(current_task)
