"""How long a call tries to reach the broker: twice, unless the broker is silent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.app import control
from kombu.pidbox import Mailbox
from redis.exceptions import TimeoutError as RedisTimeoutError


def _give_up_if_silent(error: Exception, _interval: float) -> None:
    """Raise the error of a broker that does not answer: a second attempt would take as long as the first."""
    if isinstance(error, (TimeoutError, RedisTimeoutError)):
        raise error


RETRY_ONCE: dict[str, Any] = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
#: Celery's ``task_publish_retry_policy``, of which kombu passes each option to ``Connection.ensure``.
PUBLISH_POLICY = {**RETRY_ONCE, "errback": _give_up_if_silent}


class _BoundedProducer:
    """A producer that stops after two attempts; kombu repeats broadcasts without a limit."""

    def __init__(self, producer: Any) -> None:
        self._producer = producer

    def publish(self, *args: Any, **options: Any) -> Any:
        return self._producer.publish(*args, **{**options, "retry_policy": PUBLISH_POLICY})


class _BoundedMailbox(Mailbox):
    @contextmanager
    def producer_or_acquire(self, producer: Any = None, channel: Any = None) -> Iterator[Any]:
        with super().producer_or_acquire(producer, channel) as found:
            yield _BoundedProducer(found)


class Control(control.Control):
    """Celery's remote control. A broadcast to a broker that is away ends, as the sending of a task does."""

    Mailbox = _BoundedMailbox
