"""How messages leave a worker: acknowledged, put back, buried or parked, each in one step."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from scripts.paths import PYTHON_PROJECT
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until
from tests.transport.conftest import InBackground, OpenTransport
from tests.transport.interface import Language, Transport
from tests.transport.messages import ODD_MESSAGES, id_of, message, unmarked
from tests.transport.server_state import (
    PRIORITY_LISTS,
    dead_letters,
    held_messages,
    let_leases_run_out,
    raw_list,
    step_key,
    traces,
)

PARK = PYTHON_PROJECT / "celery-reliable" / "celery_reliable" / "lua" / "park.lua"
# More than is put back by one call.
MANY = 450


def test_an_acknowledged_message_leaves_no_trace(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", message("a"))
    [delivery] = transport.take()
    transport.acknowledge(delivery.tag)
    assert traces(redis) == []
    assert redis.llen("q") == 0


def test_an_acknowledgement_whose_tag_is_gone_is_a_logged_no_op(
    transport: Transport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    redis.lpush("q", message("a"))
    [late] = transport.take()
    next_holder = open_sweeper(language.other)
    let_leases_run_out(redis, late.tag)
    [delivery] = next_holder.take()

    transport.acknowledge(late.tag)

    assert held_messages(redis).keys() == {delivery.tag}
    assert redis.zcard("celery.leases") == redis.zcard("unacked_index") == 1
    assert [line for line in transport.log() if "had run out" in line]


def test_what_is_put_back_to_be_taken_next_keeps_its_order(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *(message(name) for name in "abcd"))
    taken = transport.take(3)
    transport.put_back([each.tag for each in taken], "next")
    assert traces(redis) == []
    assert [id_of(each.raw) for each in transport.take()] == ["a", "b", "c", "d"]


def test_any_number_of_messages_is_put_back_in_order(transport: Transport, redis: Redis) -> None:
    ids = [f"{i}" for i in range(MANY)]
    redis.lpush("q", *map(message, ids))
    transport.put_back([each.tag for each in transport.take(MANY)], "next")
    assert [id_of(each.raw) for each in transport.take(MANY)] == ids


def test_a_message_put_back_last_is_taken_last(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *(message(name) for name in "abc"))
    [first] = transport.take(1)
    transport.put_back([first.tag], "last")
    assert [id_of(each.raw) for each in transport.take()] == ["b", "c", "a"]


def test_what_is_put_back_goes_to_the_list_of_its_priority(transport: Transport, redis: Redis) -> None:
    for priority in range(10):
        redis.lpush(step_key("q", priority), message(f"{priority}", priority=priority))
    taken = transport.take()
    assert len(taken) == 10

    transport.put_back([each.tag for each in taken], "next")

    lists = {key: sorted(map(id_of, raw_list(redis, key))) for key in PRIORITY_LISTS}
    assert list(lists.values()) == [["0", "1", "2"], ["3", "4", "5"], ["6", "7", "8"], ["9"]]


def test_a_requeued_message_is_marked_and_otherwise_the_same(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *ODD_MESSAGES.values())

    transport.put_back([each.tag for each in transport.take(100)], "next")

    texts = [text.decode() for text in raw_list(redis, "q")[::-1]]
    for marked in map(json.loads, texts):
        info = marked["properties"]["delivery_info"]
        assert marked["headers"]["redelivered"] is info["redelivered"] is True
    assert [unmarked(text) for text in texts] == list(ODD_MESSAGES.values())


def test_what_was_put_back_is_not_counted_as_a_loss(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", message("a"))
    for _ in range(3):
        [delivery] = transport.take()
        assert delivery.workers_lost == 0
        transport.put_back([delivery.tag], "next")
    assert redis.exists("celery.deliveries", "celery.counted") == 0


def test_what_is_no_longer_held_is_not_put_back(
    transport: Transport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    redis.lpush("q", message("a"))
    [late] = transport.take()
    sweeper = open_sweeper(language)
    let_leases_run_out(redis, late.tag)
    sweeper.take()

    transport.put_back([late.tag], "next")
    transport.bury(late.tag, "rejected")

    assert redis.exists("q", "q.dead") == 0


def test_a_buried_message_is_kept_byte_for_byte_with_its_reason(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", *ODD_MESSAGES.values())

    for delivery in transport.take(100):
        transport.bury(delivery.tag, "NotRegistered")

    letters = dead_letters(redis)[::-1]
    assert [letter.raw.decode() for letter in letters] == list(ODD_MESSAGES.values())
    for letter in letters:
        assert letter.header.pop("time") == pytest.approx(time.time() * 1000, abs=5000)
        assert letter.header == {"reason": "NotRegistered", "worker": "worker@here", "deliveries": 0}
    assert traces(redis) == []


def test_a_parked_message_has_no_lease_and_its_eta_as_score(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", message("a"))
    [delivery] = transport.take()
    eta_s = time.time() + 3600

    transport.park(delivery.tag, round(eta_s * 1000) - 60_000, eta_s)

    assert held_messages(redis) == {delivery.tag: message("a")}
    assert redis.zscore("celery.parked", delivery.tag) == round(eta_s * 1000) - 60_000
    assert redis.zscore("unacked_index", delivery.tag) == pytest.approx(eta_s, abs=0.01)
    assert redis.exists("celery.leases") == 0


def test_a_message_that_cannot_be_parked_keeps_its_lease(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", message("a"))
    [delivery] = transport.take()
    redis.lpush("celery.parked", "no message")

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        park(redis, delivery.tag)

    assert redis.zscore("celery.leases", delivery.tag) is not None
    assert redis.hexists("unacked", delivery.tag)


def test_a_full_server_parks(transport: Transport, redis: Redis) -> None:
    redis.lpush("q", message("a"))
    [delivery] = transport.take()

    redis.config_set("maxmemory", 1)
    gone = park(redis, delivery.tag)
    redis.config_set("maxmemory", 0)

    assert gone == []
    assert redis.zcard("celery.parked") == 1
    assert not redis.exists("celery.leases")


def park(redis: Redis, tag: str) -> object:
    """What the script answers."""
    keys = ("unacked_index", "celery.leases", "celery.parked")
    return redis.eval(PARK.read_text(), len(keys), *keys, tag, 32_503_680_000_000, 32_503_680_000.0)


@dataclass(frozen=True)
class End:
    """One way to end a message, and whether the server shows that it has ended so, once."""

    begin: Callable[[Transport, str], None]
    has_ended: Callable[[Redis], bool]


ENDS = {
    "acknowledged": End(lambda t, tag: t.acknowledge(tag), lambda redis: not redis.exists("unacked")),
    "put back": End(
        lambda t, tag: t.put_back([tag], "next"),
        lambda redis: redis.llen("q") == 1 and not redis.exists("unacked"),
    ),
    "buried": End(
        lambda t, tag: t.bury(tag, "rejected"),
        lambda redis: redis.llen("q.dead") == 1 and not redis.exists("unacked"),
    ),
    "parked": End(
        lambda t, tag: t.park(tag, 32_503_680_000_000, 32_503_680_000.0),
        lambda redis: redis.zcard("celery.parked") == 1 and not redis.exists("celery.leases"),
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_an_end_whose_command_never_arrived_is_told_again(
    open_transport: OpenTransport,
    language: Language,
    redis: Redis,
    proxy: Proxy,
    in_background: InBackground,
    end: str,
) -> None:
    transport = open_transport(language, url=proxy.url)
    redis.lpush("q", message("a"))
    [delivery] = transport.take()
    proxy.hold_requests()
    ending = in_background(lambda: ENDS[end].begin(transport, delivery.tag))
    wait_until(lambda: proxy.held_bytes > 0, what="a request in the proxy")

    proxy.cut()
    ending.result(10)

    wait_until(transport.is_idle, what="the repetition")
    assert ENDS[end].has_ended(redis)
    assert not [line for line in transport.log() if "run out" in line]


@pytest.mark.parametrize("end", ENDS)
def test_a_settlement_with_a_lost_reply_happens_once(
    open_transport: OpenTransport,
    language: Language,
    redis: Redis,
    proxy: Proxy,
    in_background: InBackground,
    end: str,
) -> None:
    transport = open_transport(language, url=proxy.url)
    redis.lpush("q", message("before"))
    # From now on the server knows the script: the reply that it does not is not the one to be lost here.
    ENDS[end].begin(transport, transport.take()[0].tag)
    redis.flushall()
    redis.lpush("q", message("a"))
    [delivery] = transport.take()
    redis.client_pause(30_000, all=False)
    ending = in_background(lambda: ENDS[end].begin(transport, delivery.tag))
    wait_until(lambda: is_paused(redis, "worker@here:tasks"), what="a command that the server holds back")
    proxy.hold_replies()
    redis.client_unpause()
    wait_until(lambda: ENDS[end].has_ended(redis), what="the execution of the command")

    proxy.cut()
    ending.result(10)

    wait_until(transport.is_idle, what="the repetition")
    assert ENDS[end].has_ended(redis)
    assert not [line for line in transport.log() if "run out" in line]


def is_paused(redis: Redis, client: str) -> bool:
    """Whether the server holds back a write of a client."""
    return any(each["name"] == client and "b" in each["flags"] for each in redis.client_list())
