"""Leases in real time: kept by the living, lost by the dead."""

import time

import pytest
from redis import Redis

from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport
from tests.transport.interface import Language
from tests.transport.messages import id_of, message
from tests.transport.server_state import held_messages, take_when_connected, traces, wait_for_sweeps


def test_while_its_worker_lives_nobody_else_gets_a_message(
    open_transport: OpenTransport, redis: Redis
) -> None:
    # Each of the two renews its own leases, and sweeps for those of the other.
    workers = [open_transport(language, lease_s=2) for language in Language]
    redis.lpush("q", message("a"), message("b"))
    tags = {worker.take(1)[0].tag for worker in workers}

    wait_for_sweeps(redis, 6500)

    assert held_messages(redis).keys() == tags
    assert redis.exists("q") == 0
    assert [worker.log() for worker in workers] == [[], []]


@pytest.mark.parametrize("sweeps", Language)
def test_a_killed_workers_messages_come_back_within_lease_and_sweep(
    open_transport: OpenTransport, language: Language, sweeps: Language, redis: Redis
) -> None:
    survivor = open_transport(sweeps, lease_s=1)
    survivor.take(0)
    killed = open_transport(language, lease_s=1)
    redis.lpush("q", message("a"))
    [lost] = killed.take()
    wait_for_sweeps(redis, 100)

    killed.kill()

    died_at = time.monotonic()
    [delivery] = take_when_connected(survivor)
    assert time.monotonic() - died_at < 10
    assert (id_of(delivery.raw), delivery.workers_lost) == ("a", 1)
    assert delivery.tag != lost.tag
    survivor.acknowledge(delivery.tag)
    assert traces(redis) == []


def test_a_worker_leaves_a_message_whose_lease_is_gone(
    open_transport: OpenTransport, language: Language, redis: Redis
) -> None:
    transport = open_transport(language, lease_s=1)
    redis.lpush("q", message("a"))
    [delivery] = transport.take()
    # As when another worker has restored it.
    redis.hdel("unacked", delivery.tag)
    redis.zrem("unacked_index", delivery.tag)
    redis.zrem("celery.leases", delivery.tag)
    redis.lpush("q", message("a"))

    wait_until(
        lambda: [line for line in transport.log() if "ran out" in line or "run out" in line], what="a warning"
    )

    transport.put_back([delivery.tag], "next")
    assert redis.llen("q") == 1
    assert traces(redis) == []
