"""The place that a message names, where Celery sends the task's retries: it must be one that reaches its queue."""

from celery_reliable.types import Channel, Json, Payload


def correct_place(channel: Channel, payload: Payload, queue: str) -> None:
    """Replace exchange and routing key of a message by the queue that it came from, unless they reach that queue.

    Other clients write an exchange that no queue is bound to, and kombu drops what is sent there.
    """
    properties = payload["properties"]
    info = properties.get("delivery_info")
    if not isinstance(info, dict):
        info = properties["delivery_info"] = {}
    exchange, key = info.get("exchange"), info.get("routing_key")
    if (exchange == "" and key == queue) or _is_bound(channel, queue, exchange, key):
        return
    info["exchange"], info["routing_key"] = "", queue


def _is_bound(channel: Channel, queue: str, exchange: Json, key: Json) -> bool:
    """Whether this process has bound the queue, which it consumes, to an exchange."""
    if not isinstance(exchange, str) or not isinstance(key, str):
        return False
    kind = channel.typeof(exchange)
    bound = [binding.routing_key for binding in channel.state.queue_bindings(queue) if binding.exchange == exchange]
    table = [kind.prepare_bind(queue, exchange, each, None) for each in bound]
    return bool(kind.type == "fanout" and bound) or bool(kind.lookup(table, exchange, key, None))
