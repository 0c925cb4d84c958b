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


def worked_s(redis: Redis) -> float:
    """The CPU time of the server's main thread, which other programs of a busy machine do not add to."""
    cpu: dict[str, float] = redis.info("cpu")
    return float(cpu["used_cpu_user_main_thread"]) + float(cpu["used_cpu_sys_main_thread"])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_large_text_does_not_keep_the_server(transport: Transport, redis: Redis, text: bytes) -> None:
    redis.lpush("q", text)
    before = worked_s(redis)

    taken = transport.take()

    assert worked_s(redis) - before < SOON_S
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


def test_one_call_takes_about_16_mb(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *(message(f"{i}", own="x" * 6_000_000) for i in range(5)))

    taken = [len(transport.take(5)) for _ in range(2)]

    assert taken == [3, 2]


def test_one_call_takes_about_16_mb_of_several_queues(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    queues = [f"q{i}" for i in range(5)]
    transport = open_transport(language, queues=queues)
    for queue in queues:
        redis.lpush(queue, message(queue, own="x" * 6_000_000))

    taken = [len(transport.take(5)) for _ in range(2)]

    assert taken == [3, 2]


def test_one_call_takes_about_16_mb_behind_a_small_message(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", message("small"), *(message(f"{i}", own="x" * 6_000_000) for i in range(9)))

    assert len(transport.take(10)) == 4


def test_one_call_looks_at_about_1000_undecodable_texts(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *(["x"] * 2_500), message("good"))

    taken = [transport.take(10) for _ in range(3)]

    assert [len(each) for each in taken] == [0, 0, 1]
    assert redis.llen("q") == 0


def test_a_message_over_a_limit_is_buried_and_not_parsed_by_the_sweep(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    lost = take_and_die(message("deep", own=json.loads("[" * 350 + "]" * 350)), message("good"))
    open_sweeper(language)

    let_leases_run_out(redis, *(each.tag for each in lost))

    assert redis.llen("q") == redis.llen("q.dead") == 1
