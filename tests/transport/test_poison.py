"""Lost workers are counted, against the message that was running."""

import json

import pytest
from redis import Redis

from tests.transport.conftest import OpenTransport, TakeAndDie
from tests.transport.interface import Language
from tests.transport.messages import id_of, message, message_of_protocol_1
from tests.transport.server_state import dead_letters, let_leases_run_out, traces


def test_the_first_loss_counts_against_every_held_message(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    tags = [each.tag for each in take_and_die(message("a"), message("b"))]
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, *tags)

    assert redis.hgetall("celery.deliveries") == {"a": "1", "b": "1"}
    assert [each.workers_lost for each in sweeper.take()] == [1, 1]


def test_from_the_second_loss_on_only_running_tasks_are_counted(
    open_transport: OpenTransport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    redis.lpush("q", message("running"), message("waiting"))
    sweeper = open_sweeper(language)
    for _ in range(3):
        dead = open_transport(language)
        taken = {id_of(each.raw): each.tag for each in dead.take()}
        assert dead.mark_started(taken["running"])
        dead.close()
        let_leases_run_out(redis, *taken.values())

    assert {id_of(each.raw): each.workers_lost for each in sweeper.take()} == {"running": 3, "waiting": 1}
    assert redis.exists("celery.started") == 0


# The longest that is counted; workers refuse a message with a longer one.
LONG_ID = "a" * 2048


@pytest.mark.parametrize(
    ("task_id", "raw"),
    [
        ("a", message_of_protocol_1("a")),
        (LONG_ID, message(LONG_ID)),
        (LONG_ID, message(LONG_ID, padding="x" * 1_500_000)),  # more than `take` looks into
        (LONG_ID, message(LONG_ID, padding="x" * 1_500_000).replace(": ", ":")),
    ],
    ids=[
        "protocol 1",
        "a long id",
        "a long id in a large text",
        "a long id in a large text of another writer",
    ],
)
def test_every_task_that_has_an_id_is_counted(
    task_id: str,
    raw: str,
    take_and_die: TakeAndDie,
    open_sweeper: OpenTransport,
    language: Language,
    redis: Redis,
) -> None:
    [lost] = take_and_die(raw)
    sweeper = open_sweeper(language)
    let_leases_run_out(redis, lost.tag)

    [delivery] = sweeper.take()

    assert redis.hgetall("celery.deliveries") == {task_id: "1"}
    assert delivery.workers_lost == 1
    sweeper.acknowledge(delivery.tag)
    assert traces(redis) == []


def without_correlation_id(raw: str, **properties: str) -> str:
    """A message of another client, with these properties instead."""
    envelope = json.loads(raw)
    del envelope["properties"]["correlation_id"]
    envelope["properties"] |= properties
    return json.dumps(envelope)


@pytest.mark.parametrize("padding", ["", "x" * 1_500_000], ids=["", "large"])
@pytest.mark.parametrize(
    ("counted", "properties"),
    [("c", {"correlationId": "c"}), ("0b0e6c2e", {})],
    ids=["celery-node", "a delivery tag"],
)
def test_a_task_is_counted_whose_id_is_in_its_body_only(
    counted: str,
    properties: dict[str, str],
    padding: str,
    take_and_die: TakeAndDie,
    open_sweeper: OpenTransport,
    language: Language,
    redis: Redis,
) -> None:
    [lost] = take_and_die(without_correlation_id(message_of_protocol_1("a"), **properties, padding=padding))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, lost.tag)

    assert redis.hgetall("celery.deliveries") == {counted: "1"}
    [delivery] = sweeper.take()
    assert delivery.workers_lost == 1
    sweeper.bury(delivery.tag, "WorkerLostError")
    assert traces(redis) == []


def test_a_message_without_a_place_for_the_mark_is_counted(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    envelope = json.loads(message_of_protocol_1("a"))
    del envelope["headers"], envelope["properties"]["delivery_info"]
    [lost] = take_and_die(json.dumps(envelope))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, lost.tag)

    assert [each.workers_lost for each in sweeper.take()] == [1]


def test_an_id_of_any_length_takes_no_memory_for_counts(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a" * 2049))
    sweeper = open_sweeper(language)

    let_leases_run_out(redis, lost.tag)

    assert [each.workers_lost for each in sweeper.take()] == [0]
    assert redis.exists("celery.deliveries", "celery.counted") == 0


def test_what_has_lost_its_lease_is_not_noted_as_started(
    open_transport: OpenTransport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language)
    redis.lpush("q", message("a"))
    [late] = transport.take()
    open_sweeper(language)
    let_leases_run_out(redis, late.tag)
    assert transport.mark_started(late.tag) is False
    assert redis.exists("celery.started") == 0


def test_what_was_counted_is_forgotten_when_the_task_ends(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    sweeper = open_sweeper(language)
    let_leases_run_out(redis, lost.tag)
    [delivery] = sweeper.take()
    assert sweeper.mark_started(delivery.tag)

    sweeper.acknowledge(delivery.tag)

    assert traces(redis) == []


def test_a_poisonous_tasks_dead_letter_counts_the_lost_workers(
    open_transport: OpenTransport, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    redis.lpush("q", message("a"))
    sweeper = open_sweeper(language)
    for _ in range(2):
        dead = open_transport(language)
        [lost] = dead.take()
        assert dead.mark_started(lost.tag)
        dead.close()
        let_leases_run_out(redis, lost.tag)
    [delivery] = sweeper.take()

    sweeper.bury(delivery.tag, "WorkerLostError")

    [letter] = dead_letters(redis)
    assert (letter.header["reason"], letter.header["deliveries"]) == ("WorkerLostError", 2)
    assert traces(redis) == []
    # Once it is removed from the dead letters, it is counted from zero again.
    redis.lpush("q", letter.raw)
    assert sweeper.take()[0].workers_lost == 0


def test_a_suspect_put_back_before_it_ran_is_not_counted(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    sweeper = open_sweeper(language)
    let_leases_run_out(redis, lost.tag)
    for _ in range(3):
        [delivery] = sweeper.take()
        assert delivery.workers_lost == 1
        sweeper.put_back([delivery.tag], "next")
