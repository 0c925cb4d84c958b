"""A message over a limit is not run: its sender hears of the limit, and the next one is run."""

import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis

from .broker import dead, wait_until_all_settled
from .workers import Kind, StartWorker, Target

Envelope = dict[str, Any]
LIMITED = {"message_size_limit": 2_000_000}


def _with_body(make: Callable[[], bytes], **headers: str) -> Callable[[Envelope], None]:
    """The body is made when it is needed: some are large, and every process of the tests reads this file."""

    def change(envelope: Envelope) -> None:
        envelope["body"] = b64encode(make()).decode()
        envelope["headers"] |= headers

    return change


def _with_header(envelope: Envelope) -> None:
    value: Any = 1
    for _ in range(350):
        value = [value]
    envelope["headers"]["deep"] = value


def _followed_by(**followers: int) -> Callable[[Envelope], None]:
    embed = {name: [{"task": "t"}] * count for name, count in followers.items()}
    return _with_body(json.dumps([[1, 2], {}, embed]).encode)


#: What becomes of a message for `basic.add`, by the limit that it is over then.
OVER: dict[str, tuple[Callable[[Envelope], None], str, str]] = {
    "size": (_with_body(lambda: b'["' + b"x" * 2_000_000 + b'"]'), "DecodeError", "message_size_limit"),
    "depth of the body": (
        _with_body(lambda: b"[" + b"[" * 300 + b"]" * 300 + b", {}, {}]"),
        "DecodeError",
        "message_depth_limit",
    ),
    "depth of the headers": (_with_header, "DecodeError", "message_depth_limit"),
    "values": (
        _with_body(
            lambda: zlib.compress(b"[[" + b"[]," * 1_000_000 + b"[]], {}, {}]"),
            compression="application/x-gzip",
        ),
        "DecodeError",
        "message_value_limit",
    ),
    "decompressed size": (
        _with_body(
            lambda: zlib.compress(b'["' + b"x" * 200_000_000 + b'"]'), compression="application/x-gzip"
        ),
        "DecodeError",
        "decompressed_size_limit",
    ),
    "callbacks": (_followed_by(callbacks=600, errbacks=600), "InvalidTaskError", "callback_limit"),
    "chain": (_followed_by(chain=10_001), "InvalidTaskError", "chain_length_limit"),
}


@pytest.mark.timeout(120)
def test_each_limit_is_named_to_the_sender_and_blocks_no_other(
    start: StartWorker, queue: Target, kind: Kind, redis: Redis
) -> None:
    for name, (change, _, _) in OVER.items():
        queue.send("basic.add", (1, 2), task_id=name)
        envelope = json.loads(str(redis.lpop("jobs")))
        change(envelope)
        redis.lpush("jobs", json.dumps(envelope))
    results = {name: queue.app.AsyncResult(name) for name in OVER}

    start(
        kind, reliable=LIMITED if kind is Kind.PYTHON else None, node=LIMITED if kind is Kind.NODE else None
    )

    for name, (_, error, limit) in OVER.items():
        raised = results[name].get(timeout=30, propagate=False)
        assert type(raised).__name__ == error, name
        assert limit.replace("_", "") in str(raised).replace("_", "").lower(), name
    assert queue.call("basic.add", (1, 2)) == 3
    wait_until_all_settled(redis)
    assert sorted(header["reason"] for header, _ in dead(redis)) == sorted(
        error for _, error, _ in OVER.values()
    )
