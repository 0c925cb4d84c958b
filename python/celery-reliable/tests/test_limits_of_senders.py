"""What a client does not send: the limits of a message hold for its sender, too."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, signature
from conftest import Server
from kombu.exceptions import EncodeError

import celery_reliable

LONG_ID = "é" * 1024 + "x"


def deep(levels: int) -> list[Any]:
    """So many lists, one in the other, more than JSON's reader takes."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


SENT: dict[str, tuple[dict[str, Any], str]] = {
    "a large one": ({"args": ["x" * 80_000]}, "message_size_limit=100000"),
    "a deep argument": ({"args": [deep(30)]}, "message_depth_limit=20"),
    # Python 3.13 and newer can write it: then it is over the limit, with fewer values than that limit.
    "an argument too deep to write": ({"args": [deep(1500)]}, "message_depth_limit=20"),
    "deep headers": ({"headers": {"x": deep(30)}}, "message_depth_limit=20"),
    "many values": ({"args": [[[]] * 3000]}, "message_value_limit=2000"),
    "callbacks": ({"link": [signature("t")] * 6}, "callback_limit=5"),
    "a chain": ({"chain": [signature("t")] * 6}, "chain_length_limit=5"),
    "a long id": ({"task_id": LONG_ID}, "2048"),
    "a long name": ({"shadow": "x" * 2049}, "2048"),
    "a compressed one": ({"args": ["x" * 60_000], "compression": "gzip"}, "decompressed_size_limit=50000"),
}
SENDERS_LIMITS = {
    "message_size_limit": 100_000,
    "decompressed_size_limit": 50_000,
    "message_depth_limit": 20,
    "message_value_limit": 2000,
    "callback_limit": 5,
    "chain_length_limit": 5,
}


@pytest.fixture
def sender(server: Server) -> Iterator[Celery]:
    """A client with the package, and low limits."""
    with Celery("sender", broker=server.url, set_as_current=False) as app:
        app.conf.task_default_queue = "jobs"
        celery_reliable.install(app, **SENDERS_LIMITS)
        yield app


@pytest.mark.parametrize("name", SENT)
def test_what_is_over_a_limit_is_not_sent(name: str, sender: Celery, server: Server) -> None:
    options, limit = SENT[name]

    with pytest.raises(EncodeError, match=f"the limit is .*{limit}"):
        sender.send_task("t", **options)

    assert server.waiting() == 0


def test_what_is_at_a_limit_is_sent(sender: Celery, server: Server) -> None:
    followers: Any = [signature("t")] * 5
    sender.send_task("t", link=followers, chain=followers)
    sender.send_task("t", ["x" * 49_000], compression="gzip")

    assert server.waiting() == 2
