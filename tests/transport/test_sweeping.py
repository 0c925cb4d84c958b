"""Messages of dead workers and parked messages go back to their queue once, despite damaged records."""

import json

import pytest
from redis import Redis

from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport, TakeAndDie
from tests.transport.interface import Language
from tests.transport.messages import ODD_MESSAGES, id_of, message, unmarked
from tests.transport.server_state import (
    PRIORITY_LISTS,
    dead_letters,
    have_swept_just_now,
    held_messages,
    let_leases_run_out,
    raw_list,
    server_ms,
    step_key,
    traces,
    wait_for_sweeps,
)

# More than a sweep looks at in one round.
MANY = 450


def test_a_dead_workers_messages_are_marked_and_taken_next(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    redis.lpush("q", message("b"))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, lost.tag)

    delivery, _ = sweeper.take()
    restored = json.loads(delivery.raw)
    assert (
        restored["headers"]["redelivered"] is restored["properties"]["delivery_info"]["redelivered"] is True
    )
    assert unmarked(delivery.raw) == message("a")
    assert delivery.tag != lost.tag
    assert delivery.workers_lost == 1
    wait_until(lambda: [line for line in sweeper.log() if "a" in line and "q" in line], what="its line")


def test_every_other_byte_of_what_is_restored_is_kept(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    tags = [each.tag for each in take_and_die(*ODD_MESSAGES.values())]
    open_sweeper(language)

    let_leases_run_out(redis, *tags)

    restored = [raw.decode() for raw in raw_list(redis, "q")]
    assert sorted(map(unmarked, restored)) == sorted(ODD_MESSAGES.values())
    assert not set(restored) & set(ODD_MESSAGES.values())


@pytest.mark.parametrize("is_ascii", [True, False], ids=["as kombu writes it", "as take does"])
def test_a_restored_message_goes_to_its_queue_whatever_its_name(
    is_ascii: bool, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    names = ['quote"d', "back\\slash", "ümläut 😀", 'end", "", "', "\\u0041"]
    for name in names:
        record = json.dumps([json.loads(message(name, name)), "", name], ensure_ascii=is_ascii)
        redis.hset("unacked", f"dead:{name}", record)
    tags = [f"dead:{name}" for name in names]
    redis.zadd("celery.leases", dict.fromkeys(tags, 1.0))
    open_sweeper(language)

    let_leases_run_out(redis, *tags)

    assert {name: [id_of(raw) for raw in raw_list(redis, name)] for name in names} == {n: [n] for n in names}
    assert redis.exists("unacked", "celery.leases") == 0


def test_what_is_restored_goes_to_the_list_of_its_priority(
    open_transport: OpenTransport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    dead = open_transport(language)
    for priority in range(10):
        redis.lpush(step_key("q", priority), message(f"{priority}", priority=priority))
    tags = [each.tag for each in dead.take()]
    dead.close()
    open_sweeper(language)

    let_leases_run_out(redis, *tags)

    lists = {key: sorted(map(id_of, raw_list(redis, key))) for key in PRIORITY_LISTS}
    assert list(lists.values()) == [["0", "1", "2"], ["3", "4", "5"], ["6", "7", "8"], ["9"]]


def test_any_number_of_messages_is_restored_each_once(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    tags = [each.tag for each in take_and_die(*(message(f"{i}") for i in range(MANY)))]
    open_sweeper(language)

    let_leases_run_out(redis, *tags)

    assert sorted(map(id_of, raw_list(redis, "q"))) == sorted(str(i) for i in range(MANY))
    assert redis.exists("unacked", "unacked_index", "celery.leases") == 0


def test_what_was_held_first_is_taken_first_again(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    """Also of those whose leases were renewed, and so run out, together: tag 9 comes before tag 10."""
    tags = [each.tag for each in take_and_die(*(message(f"{i}") for i in range(30)))]
    redis.lpush("q", message("waiting"))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, *tags)

    assert [id_of(each.raw) for each in sweeper.take(31)] == [*map(str, range(30)), "waiting"]


def test_recovered_messages_are_taken_in_their_order(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    leases = {
        each.tag: 1.0 + number
        for number, each in enumerate(take_and_die(*(message(f"{i}") for i in range(MANY))))
    }
    open_sweeper(language)

    redis.zadd("celery.leases", leases, xx=True)
    have_swept_just_now(redis)

    wait_until(lambda: redis.llen("q") == MANY, what="all of them")
    assert [id_of(raw) for raw in reversed(raw_list(redis, "q"))] == [*map(str, range(MANY))]


def test_overdue_parked_messages_are_taken_in_eta_order(
    open_transport: OpenTransport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language)
    redis.lpush("q", *(message(f"{i}") for i in range(12)))
    taken = transport.take(12)
    due_ms = server_ms(redis) + 500
    for number, each in enumerate(taken):
        transport.park(each.tag, due_ms + number, due_ms / 1000)
    wait_until(lambda: server_ms(redis) > due_ms + 100, what="the last eta")
    sweeper = open_sweeper(language)

    wait_until(lambda: not redis.exists("celery.parked"), what="a sweep")

    assert [id_of(each.raw) for each in sweeper.take(12)] == [*map(str, range(12))]


def test_after_a_pause_leases_expire_only_after_a_whole_lease(
    open_transport: OpenTransport, take_and_die: TakeAndDie, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    began_ms = server_ms(redis)
    redis.zadd("celery.leases", {lost.tag: began_ms - 10_000})
    redis.hset("celery.sweep", "last", began_ms - 10_000)

    open_transport(language, lease_s=2).take(0)

    wait_until(lambda: redis.llen("q"), what="the restored message")
    assert server_ms(redis) - began_ms >= 2000


def test_a_due_parked_message_returns_unmarked_and_uncounted(
    open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_sweeper(language)
    raw = message("a", priority=6)
    redis.lpush(step_key("q", 6), raw)
    [delivery] = transport.take()
    far_ms = server_ms(redis) + 60_000

    transport.park(delivery.tag, far_ms, far_ms / 1000 + 1)

    wait_for_sweeps(redis, 300)
    assert held_messages(redis).keys() == {delivery.tag}
    due_ms = server_ms(redis) + 300
    redis.zadd("celery.parked", {delivery.tag: due_ms}, xx=True)
    wait_until(lambda: redis.llen(step_key("q", 6)), what="the message in its queue")
    assert server_ms(redis) >= due_ms
    assert raw_list(redis, step_key("q", 6)) == [raw.encode()]
    assert traces(redis) == []
    assert transport.take()[0].workers_lost == 0


# Records in `unacked` with leases, but with a content that no worker has written.
FOREIGN = (
    "x",
    "",
    '{"a": 1}',
    '[{"body": "b", "properties": {}}, "exchange", "key"]',
    '[{"body": "b", "properties": {}}, "", ""]',
    '[{"body": "b", "properties": {}}, "", "\\ud800"]',  # half a surrogate pair has no bytes
    '[5, "", "\\ud800"]',
)


def test_foreign_records_stay_and_do_not_stop_the_sweep(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    foreign = {f"foreign:{i}": FOREIGN[i % len(FOREIGN)] for i in range(MANY)}
    redis.hset("unacked", items=[text for item in foreign.items() for text in item])
    redis.zadd("celery.leases", dict.fromkeys(foreign, 0.5))
    open_sweeper(language)

    let_leases_run_out(redis, lost.tag, *foreign)

    assert [id_of(raw) for raw in raw_list(redis, "q")] == ["a"]
    assert redis.hgetall("unacked") == foreign
    assert redis.exists("celery.leases") == 0


# Messages under leases of ours that nobody can read. The last one has the beginning, the middle and the end
# of what kombu writes, which is all that is looked at when it is taken.
UNREADABLE = (b"{oops}", b'{"body": 1}', message("bad").replace('"retries": 0', '"retries": 0 0').encode())


def test_unreadable_records_are_buried_and_stop_no_sweep(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    tags = [f"odd:{i}" for i in range(len(UNREADABLE))]
    for tag, raw in zip(tags, UNREADABLE, strict=True):
        redis.hset("unacked", tag, b"[" + raw + b', "", "q"]')
        redis.zadd("celery.leases", {tag: 0.5})
    open_sweeper(language)

    let_leases_run_out(redis, lost.tag, *tags)

    assert [id_of(raw) for raw in raw_list(redis, "q")] == ["a"]
    assert redis.hlen("unacked") == 0
    letters = dead_letters(redis)
    assert {letter.raw for letter in letters} == set(UNREADABLE)
    for letter in letters:
        del letter.header["time"]
        assert letter.header == {"reason": "undecodable", "worker": "sweeper@here", "deliveries": 0}


def test_a_lease_whose_message_is_gone_is_dropped(
    open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    redis.zadd("celery.leases", {"ghost:1": 1})
    redis.sadd("celery.started", "ghost:1")
    open_sweeper(language)
    wait_until(lambda: not traces(redis), what="a sweep")


def test_messages_whose_queue_is_no_list_stay_and_stop_no_sweep(
    open_transport: OpenTransport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    dead = open_transport(language, queues=["q", "broken"])
    redis.lpush("q", message("a"))
    redis.lpush("broken", *(message(f"{i}", "broken") for i in range(MANY)))
    taken = dead.take(MANY + 1)
    dead.close()
    redis.set("broken", "no list")
    sweeper = open_sweeper(language)
    # Only once: a refused record gets a new lease and is tried again after it.
    redis.zadd("celery.leases", {each.tag: 0.5 if each.queue == "broken" else 1.0 for each in taken})
    have_swept_just_now(redis)

    wait_until(lambda: redis.llen("q"), what="the message behind them")
    assert redis.hlen("unacked") == MANY
    wait_until(lambda: [line for line in sweeper.log() if "WRONGTYPE" in line], what="a line in the log")

    redis.delete("broken")
    wait_until(lambda: redis.llen("broken") == MANY, what="the second try")
    assert redis.exists("unacked", "celery.leases") == 0
