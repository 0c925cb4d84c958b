"""Sends messages of RabbitMQ elsewhere, as Node does: to the dead letters of their queue, or into it once more."""

from collections.abc import Callable
from hashlib import sha256

from kombu.transport.native_delayed_delivery import MAX_NUMBER_OF_BITS_TO_USE

from celery_reliable.dead_letter import dead_letter_header
from celery_reliable.options import Options
from celery_reliable.rabbitmq_transport import REPLY_TIMEOUT_S, give_up_if_silent
from celery_reliable.rabbitmq_version import major_version
from celery_reliable.tally import Tally
from celery_reliable.types import App, BrokerConnection, Message, Payload, Settings

#: The messages of this process's worker.
TALLY = Tally()
DEAD_HEADER = "x-celery-dead-letter"
# Marks a message that a worker has put back, because the broker sees it as a new one (`message.js`).
PUT_BACK_HEADER = "x-celery-put-back"
_SUFFIX = ".dead"
# A refusal quotes the name, and has 255 bytes in all: beyond them, RabbitMQ closes the connection instead.
_MAX_NAME_BYTES = 100
# The length of a hash, in hexadecimal digits, that tells apart two long names with the same beginning.
_HASH_LENGTH = 16
_NOT_FOUND = 404
# Headers that the broker has obeyed already: with them, each copy would go to other queues too.
_OBEYED = ("CC", "BCC")
# All headers have to fit into a frame of 128 KB. Longer texts of arguments, which only people read, are cut.
_MAX_REPR, _SHOWN_REPR = 16_384, 1_024
_KEPT = ("correlation_id", "reply_to", "priority", "delivery_mode")
# The type of a message without one, because kombu would serialize its bytes again.
_NO_TYPE = "application/data"
# The retry policy for the copy, which the event loop waits for. Afterwards the worker reconnects, and the message comes
# again.
_PATIENCE = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "errback": give_up_if_silent}


def dead_queue(queue: str) -> str:
    """Return the name of the dead-letter queue, as in Node (`dead-queue.js`); a hash ends a long name."""
    name, encoded = queue + _SUFFIX, queue.encode()
    if len(name.encode()) <= _MAX_NAME_BYTES:
        return name
    end = _MAX_NAME_BYTES - len(_SUFFIX) - _HASH_LENGTH - 1
    return f"{encoded[:end].decode(errors='ignore')}~{sha256(encoded).hexdigest()[:_HASH_LENGTH]}{_SUFFIX}"


def bury(app: App, message: Message, options: Options, *, queue: str, reason: str, worker: str, lost: int = 0) -> None:
    """Copy a message to its queue's dead letters; the caller acknowledges it.

    Raises what kombu raises if the broker is away, or does not take the copy within seconds.
    """
    header = {DEAD_HEADER: dead_letter_header(reason, worker, lost)}
    _copy(app, message, header, lambda connection: _declare(connection, dead_queue(queue), options))
    TALLY.bury(queue, reason)


def put_back(app: App, message: Message, queue: str) -> None:
    """Copy a message to the end of its queue; the caller acknowledges it.

    Returned to the broker, it would count as lost with a worker.

    Raises what kombu raises if the broker is away, or does not take the copy.
    """
    _copy(app, message, {PUT_BACK_HEADER: True}, lambda _: queue)


def _copy(app: App, message: Message, header: Settings, place: Callable[[BrokerConnection], str]) -> None:
    """Publish a copy with one more header; ``place`` returns the queue."""
    headers = copied_headers(message.headers or {})
    if not message.errors:  # kombu has decompressed the body
        headers.pop("compression", None)
    properties = message.properties or {}
    kept = {name: properties[name] for name in _KEPT if properties.get(name) is not None}
    body = message.body
    with app.producer_or_acquire() as producer:
        # A pooled connection may be closed, after an error of its last user.
        producer.connection.ensure_connection(**_PATIENCE)
        producer.publish(
            # Celery's driver decodes bodies if it can.
            body.encode(errors="surrogatepass") if isinstance(body, str) else body,
            exchange="",
            routing_key=place(producer.connection),
            headers={**headers, **header},
            content_type=message.content_type or _NO_TYPE,
            content_encoding=message.content_encoding or "binary",
            retry=True,
            retry_policy=_PATIENCE,
            confirm_timeout=REPLY_TIMEOUT_S,
            **kept,
        )


def copied_headers(headers: Payload) -> Payload:
    """Return the headers that a copy has: not those of the broker, and room for one more in their frame."""
    copied = {name: value for name, value in headers.items() if not name.startswith("x-") and name not in _OBEYED}
    for name in ("argsrepr", "kwargsrepr"):
        text = copied.get(name)
        if isinstance(text, str) and len(text) > _MAX_REPR:
            copied[name] = f"{text[:_SHOWN_REPR]}..."
    return copied


def queue_of(message: Message) -> str:
    """Return the queue that a message came from, if its routing key is the queue's name."""
    return bare_routing_key((message.delivery_info or {}).get("routing_key") or "")


def bare_routing_key(key: str) -> str:
    """Return a routing key without the bits of native delayed delivery."""
    parts = key.split(".", MAX_NUMBER_OF_BITS_TO_USE)
    is_delayed = len(parts) > MAX_NUMBER_OF_BITS_TO_USE and set(parts[:MAX_NUMBER_OF_BITS_TO_USE]) <= {"0", "1"}
    return parts[-1] if is_delayed else key


def _declare(connection: BrokerConnection, name: str, options: Options) -> str:
    arguments: Settings = {"x-queue-type": "quorum", "x-max-length": options.dead_letter_limit}
    if options.dead_letter_max_age_s > 0:
        arguments["x-message-ttl"] = int(options.dead_letter_max_age_s * 1000)
    # Every inspection of the letters counts as a delivery.
    if major_version(connection) >= 4:
        arguments["x-delivery-limit"] = -1
    try:
        with connection.channel() as channel:
            channel.queue_declare(name, passive=True)
    except connection.channel_errors as error:
        if getattr(error, "reply_code", 0) != _NOT_FOUND:
            raise
        with connection.channel() as channel:
            channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
    return name
