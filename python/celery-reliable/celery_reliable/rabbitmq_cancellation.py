"""Makes RabbitMQ 3 tell a worker that the queue of a consumer was deleted, also if the queue is there again by then.

RabbitMQ 3 then consumes from the new queue in the worker's name, and says nothing. With a quorum queue that goes wrong:
the queue hands out messages, and the channel, which has forgotten the queue, drops them. The worker would get nothing
until it connects again. RabbitMQ cancels the consumer, and says so, only where it may not consume again. This is the
case on a channel with a limit for all its consumers together, because quorum queues do not support such limits. So the
worker's channel gets one that is never reached. RabbitMQ 4 always cancels.

``node/celery-js/src/transport/amqp/subscriptions.js`` does the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from celery_reliable.rabbitmq_version import major_version
from celery_reliable.types import Method, Passed

_ALWAYS_CANCELS_SINCE = 4
# The largest that AMQP has.
_NEVER_REACHED = 65_535


class LimitForAll:
    """Sets the limit of each consumer, then the one for all, which the first lifts (``kombu.common.QoS.callback``)."""

    def __init__(self, worker: Passed) -> None:
        self.for_each: Method = worker.qos.callback
        self._consumer = worker.task_consumer

    def __call__(self, prefetch_count: int) -> None:
        """Set both."""
        self.for_each(prefetch_count=prefetch_count)
        self._consumer.qos(prefetch_count=_NEVER_REACHED, apply_global=True)


def demand_cancellations(worker: Passed) -> None:
    """Have the consumers cancelled whose queues are deleted from now on."""
    # A worker with a limit for all has only classic queues. Their consumers are always cancelled.
    if not worker.qos_global and 0 < major_version(worker.connection) < _ALWAYS_CANCELS_SINCE:
        _use(worker.qos, LimitForAll(worker))


@contextmanager
def consuming_allowed(worker: Passed) -> Iterator[None]:
    """Let the channel consume more queues, which the limit for all forbids to the worker too."""
    limit = worker.qos.callback
    if not isinstance(limit, LimitForAll):
        yield
        return
    _use(worker.qos, limit.for_each)
    yield  # after a refusal, the channel is closed
    _use(worker.qos, limit)


def _use(qos: Passed, callback: Method) -> None:
    qos.callback = callback
    qos.prev = None  # else it would not be called before the limit changes
    qos.update()
