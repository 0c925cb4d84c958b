"""Reads the server: waiting and held messages, dead letters, stored results."""

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from redis import Redis
from redis.exceptions import RedisError

from tests.support.waiting import wait_until

from .facts import Remains
from .fleet import QUEUES

PRIORITY_STEPS = ("", "\x06\x163", "\x06\x166", "\x06\x169")
T = TypeVar("T")
ANSWERS_WITHIN_S = 60.0

HELD_KEYS = {
    "unacked": "hlen",
    "unacked_index": "zcard",
    "celery.leases": "zcard",
    "celery.parked": "zcard",
    "celery.deliveries": "hlen",
    "celery.started": "scard",
}


def lengths(redis: "Redis") -> dict[str, int]:
    """How much the broker's keys hold, parked messages and the queues included, all at one moment."""

    def ask() -> dict[str, int]:
        with redis.pipeline(transaction=True) as pipe:
            for key, command in HELD_KEYS.items():
                getattr(pipe, command)(key)
            for queue in QUEUES.values():
                for step in PRIORITY_STEPS:
                    pipe.llen(queue + step)
            counts = [int(count) for count in pipe.execute()]
        held, waiting = counts[: len(HELD_KEYS)], counts[len(HELD_KEYS) :]
        steps = len(PRIORITY_STEPS)
        by_queue = [sum(waiting[at : at + steps]) for at in range(0, len(waiting), steps)]
        return dict(zip((*HELD_KEYS, *QUEUES.values()), (*held, *by_queue), strict=True))

    return repeated(ask)


def read_remains(
    redis: "Redis", task_ids: Sequence[str], is_known: Callable[[str], bool] = lambda _: False
) -> Remains:
    """Return what is left when all work is done. Known dead letters are counted elsewhere."""
    metas = repeated(lambda: redis.mget([f"celery-task-meta-{task}" for task in task_ids]))
    states = {task: json.loads(meta)["status"] for task, meta in zip(task_ids, metas, strict=True) if meta}
    letters = [letter for letter in dead_letters(redis) if not is_known(letter)]
    return Remains(lengths(redis), tuple(map(_dead_letter, letters)), states)


def dead_letters(redis: "Redis") -> list[str]:
    """The dead letters of every queue, each with its header line."""
    return [str(letter) for queue in QUEUES.values() for letter in redis.lrange(f"{queue}.dead", 0, -1)]


def held_by(redis: "Redis", worker: str) -> dict[str, str]:
    """Return the messages that a worker holds: tag -> task id."""
    records = repeated(lambda: redis.hgetall("unacked"))
    return {str(tag): id_in(record) for tag, record in records.items() if str(tag).startswith(f"{worker}/")}


def id_in(record: str | bytes) -> str:
    """The id of a record's task; nothing where a hostile message has none."""
    try:
        return str(json.loads(record)[0]["headers"]["id"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return ""


def repeated(ask: Callable[[], T]) -> T:
    """Ask until the server answers. It may have killed the connection, or still load its data."""

    def answer() -> tuple[T] | None:
        try:
            return (ask(),)
        except RedisError:
            return None

    return wait_until(answer, ANSWERS_WITHIN_S, "an answer of the server")[0]


def _dead_letter(letter: object) -> tuple[str, str]:
    header, _, message = str(letter).partition("\n")
    return json.loads(header)["reason"], message.partition('"id": "')[2].partition('"')[0]
