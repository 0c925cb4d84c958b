"""Ended messages are settled together with those that end soon after, and never late."""

from pathlib import Path

import pytest
from celery import Celery
from conftest import Clock, Server, StartWorker
from redis import Redis

from celery_reliable.ended import MOST, WAIT_S, Ended
from celery_reliable.releasing import Settlement
from tests.support.waiting import wait_until


def items(count: int) -> list[Settlement]:
    return [Settlement(f"tag{number}", f"task{number}") for number in range(count)]


def test_what_has_ended_waits_until_the_first_is_due(clock: Clock) -> None:
    waiting = Ended()
    first, second = items(2)

    waiting.add(first)
    clock.now += WAIT_S / 2
    waiting.add(second)
    assert waiting.may_wait
    clock.now += WAIT_S

    assert not waiting.may_wait
    assert waiting.next_batch() == [first, second]
    assert waiting.next_batch() == []
    assert waiting.may_wait


def test_no_batch_grows_without_a_limit() -> None:
    waiting = Ended()

    for item in items(MOST):
        waiting.add(item)

    assert not waiting.may_wait


def test_a_message_counts_until_the_server_has_confirmed_it() -> None:
    waiting = Ended()
    first, second = items(2)
    waiting.add(first)
    waiting.add(second)

    waiting.next_batch()
    waiting.confirm([first.tag])

    assert waiting.unconfirmed() == [second]
    assert waiting
    assert waiting.clear() == [second]
    assert not waiting


def test_a_result_without_a_message_is_only_stored() -> None:
    waiting = Ended()

    waiting.add(Settlement("", "task"))

    assert waiting.unconfirmed() == []
    assert len(waiting.next_batch()) == 1


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_a_batch_does_not_wait_for_a_long_task(
    server: Server, start: StartWorker, client: Celery, gate: Path, pool: str
) -> None:
    """Long tasks keep the pool busy, and others were taken ahead: no turn of the loop comes by itself."""
    results = [client.send_task("worker_app.add", (n, 1)) for n in range(300)]
    for n in range(20):
        client.send_task("worker_app.hold", (str(gate.with_name(f"ledger{n}")), "long", str(gate)))

    start(pool=pool, concurrency=2, lease_s=30)

    assert [result.get(timeout=60) for result in results] == list(range(1, 301))
    wait_until(lambda: server.held() + server.waiting() == 20, 30, "only long tasks to be left")
    gate.touch()
    wait_until(lambda: server.held() + server.waiting() == 0, 60, "the end of all tasks")


def test_short_tasks_are_settled_many_at_a_time(redis: Redis, start: StartWorker, client: Celery) -> None:
    results = [client.send_task("worker_app.add", (n, 1)) for n in range(1000)]
    redis.config_resetstat()
    start(pool="prefork", concurrency=2, settings={"worker_prefetch_multiplier": 4})

    assert results[-1].get(timeout=60) == 1000
    wait_until(lambda: not redis.hlen("unacked"), 30, "all acknowledgements")

    calls = redis.info("commandstats")
    assert calls["cmdstat_evalsha"]["calls"] < 1000
