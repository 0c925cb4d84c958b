"""Reads and changes the server's state for tests."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.client import NEVER_DECODE

from tests.support.waiting import wait_until
from tests.transport.interface import Delivery, Transport, TransportError

# Where a held message may leave traces.
HELD = ("unacked", "unacked_index", "celery.leases", "celery.parked", "celery.started")
COUNTS = ("celery.deliveries", "celery.counted")
# The lists of the queue "q", in the order of taking.
PRIORITY_LISTS = ("q", "q\x06\x163", "q\x06\x166", "q\x06\x169")


@dataclass(frozen=True)
class DeadLetter:
    """Why a message is dead, and the message as it was."""

    header: dict[str, Any]
    raw: bytes


def step_key(queue: str, priority: int) -> str:
    """The list in which kombu puts a message of a priority."""
    step = max(step for step in (0, 3, 6, 9) if step <= priority)
    return f"{queue}\x06\x16{step}" if step else queue


def raw_list(redis: Redis, key: str) -> list[bytes]:
    """Return a list's items from left to right, as bytes."""
    return [bytes(item) for item in _as_bytes(redis, "LRANGE", key, 0, -1)]


def raw_hash(redis: Redis, key: str) -> dict[str, bytes]:
    """Return a hash, as bytes."""
    items = _as_bytes(redis, "HGETALL", key)
    return {bytes(field).decode(): bytes(value) for field, value in items.items()}


def held_messages(redis: Redis) -> dict[str, str]:
    """The messages in `unacked`, by tag; all have to be of the queue "q"."""
    return {
        str(tag): str(record)[1:].removesuffix(', "", "q"]')
        for tag, record in redis.hgetall("unacked").items()
    }


def dead_letters(redis: Redis, queue: str = "q") -> list[DeadLetter]:
    """A queue's dead letters, the newest first."""
    split = (entry.split(b"\n", 1) for entry in raw_list(redis, f"{queue}.dead"))
    return [DeadLetter(json.loads(header), raw) for header, raw in split]


def traces(redis: Redis) -> list[str]:
    """The keys in which something is left of a message that was held."""
    return [key for key in (*HELD, *COUNTS) if redis.exists(key)]


def server_ms(redis: Redis) -> int:
    """The server's clock, in ms."""
    seconds, microseconds = redis.time()
    return int(seconds * 1000 + microseconds // 1000)


def have_swept_just_now(redis: Redis) -> None:
    """Pretend that workers have swept all the time, as the first sweep after a pause waits for one lease."""
    redis.hset("celery.sweep", "last", server_ms(redis))
    redis.hdel("celery.sweep", "patient_until")


def let_leases_run_out(redis: Redis, *tags: str) -> None:
    """Pretend that a lease has passed without renewal, and wait for a sweep."""

    def are_gone() -> bool:
        # Again and again: a worker may renew them meanwhile, and a late sweep is patient for one lease.
        have_swept_just_now(redis)
        redis.zadd("celery.leases", dict.fromkeys(tags, 1.0), xx=True)
        return not any(redis.zmscore("celery.leases", list(tags)))

    wait_until(are_gone, what="a sweep")


def wait_for_sweeps(redis: Redis, span_ms: int) -> None:
    """Wait until workers have swept for so long that a wrongly restored message would be back."""
    until_ms = server_ms(redis) + span_ms
    wait_until(lambda: int(redis.hget("celery.sweep", "last") or 0) >= until_ms, what="sweeps")


def take_when_connected(transport: Transport, limit: int = 10) -> list[Delivery]:
    """Take as soon as the transport reaches the server again; something has to be there."""

    def take() -> list[Delivery]:
        with contextlib.suppress(TransportError):
            return transport.take(limit)
        return []

    return wait_until(take, what="a message")


def _as_bytes(redis: Redis, *command: str | int) -> Any:
    """A command's reply as it is on the wire."""
    execute: Callable[..., Any] = redis.execute_command
    return execute(*command, **{NEVER_DECODE: True})
