"""Helpers that look into the broker: where messages are, and whether workers have swept."""

import json
from typing import Any

from redis import Redis

from tests.support.waiting import wait_until

# The lists of a queue's priority steps, as kombu names them.
STEPS = ("", "\x06\x163", "\x06\x166", "\x06\x169")


def waiting(redis: Redis, queue: str = "jobs") -> list[str]:
    """The messages in a queue, those that are taken next first."""
    return [str(raw) for step in STEPS for raw in reversed(_list(redis, queue + step))]


def dead(redis: Redis, queue: str = "jobs") -> list[tuple[dict[str, Any], str]]:
    """The dead letters of a queue: why each is dead, and the message as it was."""
    letters = (raw.split("\n", 1) for raw in _list(redis, f"{queue}.dead"))
    return [(json.loads(header), message) for header, message in letters]


def wait_for_a_dead_letter(redis: Redis, queue: str = "jobs") -> tuple[dict[str, Any], str]:
    """Wait for the first dead letter of a queue. Its sender gets the failure before."""
    return wait_until(lambda: dead(redis, queue), 30, "a dead letter")[0]


def is_all_settled(redis: Redis, queue: str = "jobs") -> bool:
    """Whether no message of the queue is left, nor any trace of one that was held."""
    held = ("unacked", "unacked_index", "celery.leases", "celery.parked", "celery.deliveries")
    return not waiting(redis, queue) and redis.exists(*held) == 0


def wait_until_all_settled(redis: Redis, timeout_s: float = 20) -> None:
    """Wait until nothing is left. Raises AssertionError, with what is left, at the deadline."""
    try:
        wait_until(lambda: is_all_settled(redis), timeout_s, "the end of all messages")
    except AssertionError as error:
        left = {
            key: redis.type(key) for key in redis.scan_iter() if not str(key).startswith("celery-task-meta")
        }
        raise AssertionError(f"{error}; left: {left}") from None


def wait_for_sweeps(redis: Redis, span_s: float) -> None:
    """Wait until Node workers have swept for so long that a wrongly restored message would be back."""
    seconds, microseconds = redis.time()
    until_ms = seconds * 1000 + microseconds / 1000 + span_s * 1000

    def has_swept() -> bool:
        return float(redis.hget("celery.sweep", "last") or 0) >= until_ms

    wait_until(has_swept, span_s + 15, f"sweeps for {span_s:g} s")


def _list(redis: Redis, key: str) -> list[str]:
    return [str(item) for item in redis.lrange(key, 0, -1)]
