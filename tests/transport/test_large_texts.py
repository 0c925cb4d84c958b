"""The server looks into no more of a large text than it has time for, and loses nothing by that."""

import json

import pytest
from redis import Redis

from tests.transport.conftest import OpenTransport, TakeAndDie
from tests.transport.interface import Language, Transport
from tests.transport.messages import message
from tests.transport.server_state import let_leases_run_out

# Bytes, and for how long the script may keep the server from everybody else on a slow machine.
LARGE = 12_600_000
SOON_S = 1.0

HOSTILE = {
    "a list of lists": b"[" + b"[]," * (LARGE // 3) + b"[]]",
    "quotes": b'"' * LARGE,
    "escapes": b'{"body": "' + b'\\"' * (LARGE // 2) + b'", "properties": {}, "headers": {}}',
    "an envelope with a large header": b'{"headers": {"x": ['
    + b"{}," * (LARGE // 3)
    + b'{}]}, "properties": {}, "body": ""}',
}


def script_s(redis: Redis) -> float:
    """How long scripts have kept the server, by its own clock."""
    stats: dict[str, dict[str, float]] = redis.info("commandstats")
    return sum(stats.get(f"cmdstat_{name}", {}).get("usec", 0) for name in ("eval", "evalsha")) / 1e6


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_large_text_does_not_keep_the_server(transport: Transport, redis: Redis, text: bytes) -> None:
    redis.lpush("q", text)
    before = script_s(redis)

    taken = transport.take()

    assert script_s(redis) - before < SOON_S
    assert len(taken) + redis.llen("q.dead") == 1


def test_a_large_message_of_another_client_is_taken_as_it_is(transport: Transport, redis: Redis) -> None:
    envelope = json.loads(message("a"))
    envelope["body"] = "A" * LARGE
    raw = json.dumps(dict(reversed(envelope.items())), separators=(",", ":"))
    redis.lpush("q", raw)

    [delivery] = transport.take()

    assert delivery.raw == raw


@pytest.mark.parametrize("header", ["", "x" * 2_000_000], ids=["body", "headers"])
def test_lost_workers_count_against_a_large_message(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis, header: str
) -> None:
    envelope = json.loads(message("a", own=header))
    envelope["body"] = "A" * 2_000_000
    [lost] = take_and_die(json.dumps(envelope))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, lost.tag)

    assert [each.workers_lost for each in sweeper.take()] == [1]


def test_lost_workers_count_however_many_are_taken(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    lost = take_and_die(*(message(f"{i}", own="x" * 200_000) for i in range(10)))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, *(each.tag for each in lost))

    assert [each.workers_lost for each in sweeper.take()] == [1] * 10
