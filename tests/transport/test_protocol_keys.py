"""A client may send a message into a key of the delivery protocol: the sweep makes it a dead letter."""

import pytest
from redis import Redis

from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport, TakeAndDie
from tests.transport.interface import Language
from tests.transport.messages import id_of, message
from tests.transport.server_state import dead_letters, let_leases_run_out, raw_list


@pytest.mark.parametrize(
    "key",
    [
        "celery.leases",
        "celery.parked",
        "celery.sweep",
        "celery.deliveries",
        "celery.counted",
        "celery.started",
    ],
)
def test_a_message_that_was_sent_to_a_key_of_the_protocol_stops_no_sweep(
    key: str, take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    open_sweeper(language)
    with redis.pipeline(transaction=True) as break_keys:
        break_keys.delete(key)
        break_keys.lpush(key, *(message(f"{number}") for number in range(1_500)))
        break_keys.set("unacked_index", "no zset")
        break_keys.execute()
    wait_until(lambda: redis.llen(f"{key}.dead") == 1_500, what="the dead letters")

    if key == "celery.leases":
        redis.zadd(key, {lost.tag: 1.0})
    let_leases_run_out(redis, lost.tag)

    assert [id_of(raw) for raw in raw_list(redis, "q")] == ["a"]
    letters = dead_letters(redis, key)
    assert {letter.header["reason"] for letter in letters} == {"misdirected"}
    assert [id_of(letter.raw) for letter in letters[::-1]] == [str(number) for number in range(1_500)]
