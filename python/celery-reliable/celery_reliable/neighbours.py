"""Asks the other workers for revoked tasks (Celery's step Mingle): no answer of theirs ends or stops a worker."""

import time
from collections.abc import Iterator
from functools import partial

from amqp.exceptions import AMQPError
from kombu import Consumer
from redis.exceptions import RedisError

from celery_reliable.decompression import check_encoding
from celery_reliable.intake import is_outage
from celery_reliable.line_limit import CONTROL_LINES, MALFORMED
from celery_reliable.types import Channel, Json, Message, Passed, Payload, Worker

MINGLE = "celery.worker.consumer.mingle.Mingle"
# How long to wait for the next answer, as Celery does, and for all of them.
_NEXT_S = 1.0
_ALL_S = 5.0


def guard_mingle(step: Passed) -> None:
    """Give Celery's step another way to ask."""
    step.send_hello = ask


def ask(c: Worker) -> dict[str, Payload]:
    """Return the answers by worker, but its own (``Mingle.send_hello``). Raises what a lost connection raises."""
    mailbox: Passed = c.app.control.mailbox(c.connection)  # a copy
    mailbox._collect = partial(_collect, mailbox)
    question = {"from_node": c.hostname, "revoked": list(c.controller.state.revoked)}
    answers = mailbox._broadcast("hello", question, reply=True, timeout=_NEXT_S)
    return {name: reply for name, reply in _replies(answers) if name != c.hostname}


def _collect(mailbox: Passed, ticket: str, channel: Channel, **_: Passed) -> list[Json]:
    """Return the answers to one question (``kombu.pidbox.Mailbox._collect``), without those that cannot be read."""
    answers: list[Json] = []
    queue = mailbox.reply_queue

    def on_message(message: Message) -> None:
        try:
            check_encoding(message.content_type, message.content_encoding)
            mailbox.clock.adjust(message.headers.get("clock") or 0)
            if message.headers.get("ticket", ticket) == ticket:
                answers.append(message.decode())
        except Exception as error:
            _ignore(error)

    until = time.monotonic() + _ALL_S
    try:
        with Consumer(channel, [queue], accept=mailbox.accept, no_ack=True, on_message=on_message):
            while time.monotonic() < until and _is_answered(mailbox):
                pass
    finally:
        channel.after_reply_message_received(queue.name)
    return answers


def _is_answered(mailbox: Passed) -> bool:
    """Wait for the next answer; return whether there was one."""
    try:
        mailbox.connection.drain_events(timeout=_NEXT_S)
    except TimeoutError:
        return False
    except Exception as error:
        _ignore(error)
    return True


def _ignore(error: Exception) -> None:
    if is_outage(error) or isinstance(error, (RedisError, AMQPError, OSError)):
        raise error
    CONTROL_LINES.error(MALFORMED, "An answer of another worker is ignored: %r", error)


def _replies(answers: list[Json]) -> Iterator[tuple[str, Payload]]:
    for answer in answers:
        if isinstance(answer, dict):
            yield from ((name, reply) for name, reply in answer.items() if isinstance(reply, dict))
