"""Checks a queue that a control command adds.

A worker takes from all of its queues in one step, so one queue whose key is not a list, or belongs to the delivery
protocol, would block all the others. The Node workers do the same (``transport/redis/bindings.js``).
"""

from celery.exceptions import ImproperlyConfigured
from kombu.utils.encoding import bytes_to_str

from celery_reliable.channel import ReliableChannel
from celery_reliable.keys import Keys


def check_queue(channel: object, queue: str) -> None:
    """Check its name, and ask the server what its keys hold.

    Raises:
        ImproperlyConfigured: its keys are no queue's.
        redis.exceptions.RedisError: the server is away, or refuses.
    """
    if not isinstance(channel, ReliableChannel):
        return
    keys = channel.leases.options.keys
    _check_name(queue, keys)
    for name in [*(keys.queue(queue, step) for step in keys.steps), keys.dead(queue)]:
        kind = bytes_to_str(channel.client.type(name))
        if kind not in ("list", "none"):
            raise ImproperlyConfigured(f"the key {name} is a {kind}, not a list")


def _check_name(queue: str, keys: Keys) -> None:
    ours = [*keys.of_held(), keys.parked, keys.sweep, keys.measured]
    if keys.queue(queue) in ours:
        reason = "its key is one of the delivery protocol's; choose another name"
        raise ImproperlyConfigured(f"invalid queue '{queue}': {reason}")
    if queue.endswith(".dead"):
        raise ImproperlyConfigured(f"invalid queue '{queue}': it keeps dead letters; choose another name")
