"""What workers of the two languages do to each other's messages, on the same keys."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from redis import Redis

from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport
from tests.transport.interface import Delivery, Language
from tests.transport.messages import ODD_MESSAGES, UNDECODABLE, id_of, message
from tests.transport.process import Remote
from tests.transport.server_state import (
    dead_letters,
    let_leases_run_out,
    raw_list,
    server_ms,
    traces,
    wait_for_sweeps,
)


def test_each_message_of_a_shared_queue_is_taken_by_one_of_them(
    open_transport: OpenTransport, redis: Redis
) -> None:
    workers = [open_transport(language) for language in Language]
    redis.lpush("q", *(message(f"{i}") for i in range(1000)))

    with ThreadPoolExecutor() as pool:
        shares = list(pool.map(take_all, workers))

    assert sorted(id_of(each.raw) for share in shares for each in share) == sorted(
        str(i) for i in range(1000)
    )
    assert len({each.tag for share in shares for each in share}) == redis.hlen("unacked") == 1000


def test_losses_are_counted_over_workers_of_both(
    open_transport: OpenTransport,
    open_sweeper: OpenTransport,
    first: Language,
    second: Language,
    redis: Redis,
) -> None:
    open_sweeper(second)
    redis.lpush("q", message("a"))
    for lost, language in enumerate([first, second, first, second]):
        dead = open_transport(language)
        [delivery] = dead.take()
        assert delivery.workers_lost == lost
        assert dead.mark_started(delivery.tag)
        dead.close()
        let_leases_run_out(redis, delivery.tag)

    last = open_transport(first)
    [delivery] = last.take()
    assert delivery.workers_lost == 4
    last.bury(delivery.tag, "WorkerLostError")
    assert dead_letters(redis)[0].header["deliveries"] == 4
    assert traces(redis) == []


def test_what_one_has_parked_the_other_puts_back(
    open_transport: OpenTransport,
    open_sweeper: OpenTransport,
    first: Language,
    second: Language,
    redis: Redis,
) -> None:
    parking = open_transport(first)
    redis.lpush("q", message("a"))
    [delivery] = parking.take()
    due_ms = server_ms(redis) + 300
    parking.park(delivery.tag, due_ms, due_ms / 1000 + 60)
    parking.close()
    heir = open_sweeper(second)

    wait_until(lambda: redis.llen("q"), what="the message in its queue")

    assert server_ms(redis) >= due_ms
    [delivery] = heir.take()
    assert (delivery.raw, delivery.workers_lost) == (message("a"), 0)


def test_both_restore_a_message_to_the_same_bytes(
    open_transport: OpenTransport, open_sweeper: OpenTransport, redis: Redis
) -> None:
    restored = {}
    for language in Language:
        redis.lpush("q", *ODD_MESSAGES.values())
        dead = open_transport(language.other)
        tags = [each.tag for each in dead.take(100)]
        dead.close()
        sweeper = open_sweeper(language)
        let_leases_run_out(redis, *tags)
        sweeper.close()
        restored[language] = sorted(raw_list(redis, "q"))
        redis.delete("q")
    assert restored[Language.PYTHON] == restored[Language.NODE]


def test_both_put_a_message_back_as_the_same_bytes(open_transport: OpenTransport, redis: Redis) -> None:
    put_back = {}
    for language in Language:
        transport = open_transport(language)
        redis.lpush("q", *ODD_MESSAGES.values())
        transport.put_back([each.tag for each in transport.take(100)], "next")
        put_back[language] = raw_list(redis, "q")
        redis.delete("q")
    assert put_back[Language.PYTHON] == put_back[Language.NODE]


def test_both_write_the_same_dead_letters(open_transport: OpenTransport, redis: Redis) -> None:
    letters: dict[Language, Any] = {}
    for language in Language:
        transport = open_transport(language, worker_name='worker "1" \\ @here')
        redis.lpush("q", *UNDECODABLE.values(), *ODD_MESSAGES.values())
        for delivery in transport.take(100):
            transport.bury(delivery.tag, "DecodeError")
        letters[language] = dead_letters(redis)
        redis.delete("q.dead")
    kinds = {
        language: [
            {name: value if name != "time" else type(value) for name, value in letter.header.items()}
            for letter in found
        ]
        for language, found in letters.items()
    }
    assert len(kinds[Language.NODE]) == len(UNDECODABLE) + len(ODD_MESSAGES)
    assert kinds[Language.PYTHON] == kinds[Language.NODE]
    texts = {language: [letter.raw for letter in found] for language, found in letters.items()}
    assert texts[Language.PYTHON] == texts[Language.NODE]


def test_both_use_the_same_keys_and_leave_the_same_behind(
    open_transport: OpenTransport, open_sweeper: OpenTransport, redis: Redis
) -> None:
    used: dict[Language, list[dict[str, str]]] = {}
    for language in Language:
        redis.flushall()
        redis.lpush("q", *(message(name) for name in "abcde"), "bad")
        redis.lpush("q\x06\x163", message("f", priority=3))
        dead = open_transport(language)
        lost = dead.take(2)
        dead.close()
        transport = open_sweeper(language)
        let_leases_run_out(redis, *(each.tag for each in lost))
        tags = {id_of(each.raw): each.tag for each in transport.take()}
        assert transport.mark_started(tags["a"])
        transport.park(tags["c"], server_ms(redis) + 60_000, server_ms(redis) / 1000 + 60)
        transport.put_back([tags["d"]], "last")
        transport.put_back([tags["f"]], "next")
        transport.bury(tags["e"], "rejected")
        wait_for_sweeps(redis, 100)
        used[language] = [types_of_keys(redis)]
        for tag in (tags["a"], tags["b"], *(each.tag for each in transport.take())):
            transport.acknowledge(tag)
        transport.close()
        used[language].append(types_of_keys(redis))
    assert used[Language.PYTHON] == used[Language.NODE]


def test_sweeping_side_by_side_they_restore_each_message_once(
    open_transport: OpenTransport, open_sweeper: OpenTransport, redis: Redis
) -> None:
    redis.lpush("q", *(message(f"{i}") for i in range(1000)))
    dead = open_transport(Language.NODE)
    tags = [each.tag for each in dead.take(1000)]
    dead.close()
    for language in (*Language, *Language):
        open_sweeper(language)

    let_leases_run_out(redis, *tags)

    assert sorted(map(id_of, raw_list(redis, "q"))) == sorted(str(i) for i in range(1000))
    assert set(redis.hvals("celery.deliveries")) == {"1"}


def take_all(worker: Remote) -> list[Delivery]:
    """Everything that a worker gets, seven at a time."""
    taken: list[Delivery] = []
    while deliveries := worker.take(7):
        taken += deliveries
    return taken


def types_of_keys(redis: Redis) -> dict[str, str]:
    """Return the server's keys and the types of their values."""
    return {str(key): str(redis.type(key)) for key in sorted(redis.keys())}
