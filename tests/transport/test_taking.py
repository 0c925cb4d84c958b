"""A worker takes, records and leases a message in one step."""

import time

import pytest
from redis import Redis

from tests.support.proxy import Proxy
from tests.support.waiting import wait_until
from tests.transport.conftest import InBackground, OpenTransport
from tests.transport.interface import Language, Transport, TransportError
from tests.transport.messages import ODD_MESSAGES, UNDECODABLE, id_of, message
from tests.transport.server_state import dead_letters, held_messages, raw_hash, step_key, take_when_connected


def test_what_is_taken_is_recorded_in_kombus_formats_and_leased(transport: Transport, redis: Redis) -> None:
    raw = message("a")
    redis.lpush("q", raw)

    [delivery] = transport.take()

    assert (delivery.raw, delivery.queue, delivery.workers_lost) == (raw, "q", 0)
    assert redis.hgetall("unacked") == {delivery.tag: f'[{raw}, "", "q"]'}
    assert redis.zscore("unacked_index", delivery.tag) == pytest.approx(time.time(), abs=5)
    assert redis.zscore("celery.leases", delivery.tag) == pytest.approx((time.time() + 60) * 1000, abs=5000)
    assert redis.llen("q") == 0


def test_the_oldest_is_taken_first_and_no_more_than_was_asked_for(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *(message(name) for name in "abc"))
    assert [id_of(each.raw) for each in transport.take(2)] == ["a", "b"]
    assert redis.llen("q") == 1


def test_nothing_comes_of_empty_queues(transport: Transport, redis: Redis) -> None:
    assert transport.take() == []
    assert redis.exists("unacked", "unacked_index", "celery.leases") == 0


def test_the_lowest_priority_number_is_taken_first_over_all_queues(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language, queues=["q", "r"])
    for priority in range(9, -1, -1):
        for queue in ("q", "r"):
            raw = message(f"{priority}", queue, priority)
            redis.lpush(step_key(queue, priority), raw)

    taken = [int(id_of(each.raw)) for each in transport.take(20)]

    steps = [max(step for step in (0, 3, 6, 9) if step <= priority) for priority in taken]
    assert len(taken) == 20
    assert steps == sorted(steps)


def test_queues_take_turns(open_transport: OpenTransport, language: Language, redis: Redis) -> None:
    transport = open_transport(language, queues=["q", "r", "s"])
    for queue in ("q", "r", "s"):
        redis.lpush(queue, *(message(f"{queue}{i}", queue) for i in range(30)))

    assert sorted(each.queue for each in transport.take(6)) == ["q", "q", "r", "r", "s", "s"]
    one_by_one = [transport.take(1)[0].queue for _ in range(6)]
    assert sorted(one_by_one[:3]) == sorted(one_by_one[3:]) == ["q", "r", "s"]


def test_a_queue_that_is_empty_leaves_its_share_to_the_others(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language, queues=["q", "r", "s"])
    redis.lpush("r", *(message(f"{i}", "r") for i in range(10)))
    assert len(transport.take(10)) == 10


def test_a_tag_is_never_used_twice(open_transport: OpenTransport, language: Language, redis: Redis) -> None:
    redis.lpush("q", message("a"))
    tags: list[str] = []
    for _ in range(3):  # one worker after the other, under one name
        transport = open_transport(language)
        for _ in range(3):
            [delivery] = transport.take()
            tags.append(delivery.tag)
            transport.put_back([delivery.tag], "next")
    assert len(set(tags)) == 9
    assert all(tag.startswith("worker@here/") for tag in tags)


def test_every_byte_of_a_message_is_kept(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *ODD_MESSAGES.values())

    taken = transport.take(100)

    assert [each.raw for each in taken] == list(ODD_MESSAGES.values())
    assert raw_hash(redis, "unacked") == {each.tag: f'[{each.raw}, "", "q"]'.encode() for each in taken}


def test_what_cannot_be_decoded_never_enters_unacked(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *UNDECODABLE.values(), message("good"))

    assert [id_of(each.raw) for each in transport.take(100)] == ["good"]

    assert redis.hlen("unacked") == redis.zcard("unacked_index") == redis.zcard("celery.leases") == 1
    letters = dead_letters(redis)[::-1]
    assert [letter.raw for letter in letters] == list(UNDECODABLE.values())
    for letter in letters:
        assert letter.header.pop("time") == pytest.approx(time.time() * 1000, abs=5000)
        assert letter.header == {"reason": "undecodable", "worker": "worker@here", "deliveries": 0}


def test_the_newest_dead_letters_are_kept(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language, dead_letter_limit=3)
    redis.lpush("q", *(f"bad{i}" for i in range(5)))
    assert transport.take() == []
    assert [letter.raw for letter in dead_letters(redis)] == [b"bad4", b"bad3", b"bad2"]


@pytest.mark.parametrize("key", ["r", "r.dead"])
def test_a_queue_that_is_no_list_does_not_stop_the_others(
    open_transport: OpenTransport, language: Language, redis: Redis, key: str
) -> None:
    transport = open_transport(language, queues=["q", "r"])
    redis.set(key, "no list")
    redis.lpush("r\x06\x163", "not JSON")
    redis.lpush("q", message("a"), message("b"))

    assert len(transport.take()) == 2
    with pytest.raises(TransportError, match="WRONGTYPE"):
        transport.take()

    redis.delete(key)
    redis.lpush("r", message("c"))
    assert len(transport.take()) == 1


def test_a_priority_that_is_no_list_does_not_stop_the_others(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language)
    redis.set("q\x06\x163", "no list")
    redis.lpush("q", message("a"), message("b"))
    redis.lpush("q\x06\x166", message("c"))

    assert len(transport.take()) == 3
    with pytest.raises(TransportError, match="WRONGTYPE"):
        transport.take()


def test_a_global_keyprefix_stands_before_every_key(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language, global_keyprefix="mine:")
    neighbour = open_transport(language, global_keyprefix="theirs:")
    redis.lpush("mine:q", *(message(name) for name in "abcde"), "bad")

    a, b, c, _, _ = transport.take()

    assert neighbour.take() == []
    transport.acknowledge(a.tag)
    transport.put_back([b.tag], "last")
    transport.bury(c.tag, "rejected")
    assert [letter.raw == b"bad" or id_of(letter.raw) for letter in dead_letters(redis, "mine:q")] == [
        "c",
        True,
    ]
    keys = set(map(str, redis.keys()))
    assert {key for key in keys if not key.startswith(("mine:", "theirs:"))} == set()
    assert {"mine:q", "mine:q.dead", "mine:unacked", "mine:unacked_index", "mine:celery.leases"} <= keys


def test_what_a_lost_reply_told_of_is_returned_by_the_next_call(
    open_transport: OpenTransport, language: Language, redis: Redis, proxy: Proxy, in_background: InBackground
) -> None:
    transport = open_transport(language, url=proxy.url)
    redis.lpush("q", *(message(name) for name in "abc"))
    transport.take(0)
    proxy.hold_replies()
    lost = in_background(lambda: transport.take(2))
    wait_until(lambda: redis.hlen("unacked") == 2, what="the server's execution of a call")
    held = held_messages(redis)
    proxy.cut()
    with pytest.raises(TransportError):
        lost.result(10)

    again = take_when_connected(transport)
    rest = transport.take()

    assert {each.tag: each.raw for each in again} == held
    assert [id_of(each.raw) for each in (*again, *rest)] == ["a", "b", "c"]
    assert redis.hlen("unacked") == redis.zcard("celery.leases") == 3


def test_a_call_that_arrives_late_takes_nothing_from_anybody(
    open_transport: OpenTransport, language: Language, redis: Redis, proxy: Proxy, in_background: InBackground
) -> None:
    transport = open_transport(language, url=proxy.url)
    redis.lpush("q", *(message(name) for name in "abcd"))
    transport.take(0)
    proxy.hold_requests()
    late = in_background(lambda: transport.take(2))
    wait_until(lambda: proxy.held_bytes > 0, what="a request in the proxy")
    proxy.cut()
    with pytest.raises(TransportError):
        late.result(10)
    taken = take_when_connected(transport, 2)
    proxy.release()
    wait_until(lambda: redis.hlen("unacked") == 4, what="the execution of the late call")

    # The late call's messages have tags that no worker knows. Their leases end, and they go back.
    assert [id_of(each.raw) for each in taken] == ["a", "b"]
    held = held_messages(redis)
    assert sorted(map(id_of, held.values())) == ["a", "b", "c", "d"]
    assert {each.tag for each in taken} < held.keys() == set(redis.zrange("celery.leases", 0, -1))
