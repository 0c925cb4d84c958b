"""Damaged records of messages: from dead workers, manual changes and other programs."""

import json
from dataclasses import replace

from hypothesis import strategies as st
from redis import Redis

from .messages import QUEUE, HostileMessage, hostile_messages
from .values import NUMBERS, VALUES, dumps, nested

SCORES = st.sampled_from([float("-inf"), 0.0, 1.0, -1e308, 1e-320])
#: What stands in `unacked` and is not a record that `take` has written.
STRAY = st.one_of(
    st.binary(max_size=30),
    VALUES.map(lambda value: dumps(value).encode("utf-8", "surrogatepass")),
    VALUES.map(lambda value: f'[{dumps(value)}, "", "{QUEUE}"]'.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [b'[{}, "", "', b'["", "", ""]', b'[1, "", 5]', b"[" * 2000, b"[" + b"[" * 2000 + b', "", "hostile"]']
    ),
)
#: Fields of the sweep's state, and what another program has written there.
SWEEP_STATE = st.tuples(
    st.sampled_from(["last", "longest", "longest_at", "patient_until"]),
    st.one_of(st.sampled_from(["garbage", "", "nan", "-inf", "1e300", "9e15"]), NUMBERS.map(str)),
)
#: Keys of the protocol that another program has overwritten, and with what. The account itself reads
#: `celery.leases` and `celery.parked`; tests/transport overwrites these.
OVERWRITTEN = st.tuples(
    st.sampled_from(["celery.deliveries", "celery.counted", "celery.started"]),
    st.sampled_from(["list", "string", None]),
)


def overwrite(redis: Redis, key: str, kind: str | None) -> None:
    """Puts a value of another type into a key; None leaves it as it is."""
    if kind is not None:
        redis.delete(key)
    if kind == "list":
        redis.lpush(key, "no message")
    if kind == "string":
        redis.set(key, "no number")


def held(numbered: HostileMessage) -> HostileMessage:
    """A numbered message; its text changes when it is put back, so the number identifies it."""
    if not numbered.text.endswith("}"):
        return numbered
    return replace(numbered, text=f"{numbered.text[:-1]}, {numbered.mark}}}")


def _deep(message: HostileMessage) -> HostileMessage:
    """A message over a limit, which the sweep does not parse."""
    if not message.text.endswith("}"):
        return message
    return replace(message, text=f'{message.text[:-1]}, "deep": {nested(350)}}}')


#: Messages that a dead worker held.
HELD = st.one_of(
    hostile_messages(), hostile_messages(), hostile_messages(), hostile_messages().map(_deep)
).map(held)


def hold(redis: Redis, tag: str, record: bytes, score: float) -> None:
    """Puts a record where a worker would have, under a lease that has run out."""
    redis.hset("unacked", tag, record)
    redis.zadd("unacked_index", {tag: 1.0})
    redis.zadd("celery.leases", {tag: score})


def record_of(message: HostileMessage) -> bytes:
    """Returns what `take` writes for a message."""
    return f"[{message.text}, {json.dumps('')}, {json.dumps(QUEUE)}]".encode("utf-8", "surrogatepass")
