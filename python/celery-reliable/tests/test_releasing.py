"""Settling: a result has its task's id, and a refused result is told apart from a wrong key of the protocol."""

import json
from collections.abc import Iterator, Sequence

import pytest
from conftest import Server
from redis import ConnectionPool, Redis
from redis.connection import Connection

from celery_reliable.handing_over import Handed
from celery_reliable.keys import Keys
from celery_reliable.options import read_options
from celery_reliable.releasing import Releasing, Settlement
from celery_reliable.reply_watch import watched
from tests.support.proxy import Proxy

TAG = "w:1"
HANDED = Handed("t", "celery-task-meta-", json.dumps({"status": "SUCCESS"}), 0)


# The answer of Redis 6.2 to a script that a full server does not let write.
FULL = (
    b"-ERR Error running script (call to f_43370a470b7af2e8bd606c97880be54ceeb86ed2): @user_script:24: "
    b"@user_script: 24: -OOM command not allowed when used memory > 'maxmemory'.\r\n"
)


@pytest.fixture
def settled() -> list[str]:
    """The tags whose settling was confirmed."""
    return []


@pytest.fixture
def releasing(server: Server, redis: Redis, settled: list[str]) -> Iterator[Releasing]:
    client = Redis.from_url(server.url)

    def confirm(tags: Sequence[str]) -> None:
        settled.extend(tags)

    redis.hset("unacked", TAG, '[{"body": "", "properties": {}}, "", "jobs"]')
    redis.zadd("unacked_index", {TAG: 1})
    redis.zadd("celery.leases", {TAG: 1})
    yield Releasing(client, read_options({}, Keys()), confirm)
    client.close()


def test_a_result_has_the_tasks_id_and_not_the_counted_one(
    releasing: Releasing, settled: list[str], redis: Redis
) -> None:
    redis.hset("celery.deliveries", "foreign", 1)
    redis.zadd("celery.counted", {"foreign": 1})

    releasing.settle([Settlement(TAG, "mine", "jobs", handed=HANDED, counted_id="foreign")])

    assert sorted(redis.keys("celery-task-meta-*")) == ["celery-task-meta-mine"]
    assert redis.exists("celery.deliveries", "celery.counted", "unacked") == 0
    assert settled == [TAG]


@pytest.mark.parametrize("key", ["celery.leases", "unacked_index"])
def test_a_wrong_key_of_the_protocol_buries_no_success(
    key: str, releasing: Releasing, settled: list[str], redis: Redis
) -> None:
    redis.delete(key)
    redis.set(key, "another type")

    releasing.settle([Settlement(TAG, "mine", "jobs", handed=HANDED, counted_id="mine")])

    assert redis.llen("jobs.dead") == 0
    assert (redis.hlen("unacked"), settled, releasing.pending) == (1, [], 1)
    assert redis.exists("celery-task-meta-mine"), "the result is there"
    redis.delete(key)
    assert releasing.flush()
    assert (redis.hlen("unacked"), settled) == (0, [TAG])


def test_a_result_that_is_refused_alone_buries_its_message(
    releasing: Releasing, settled: list[str], redis: Redis
) -> None:
    redis.hset("celery-task-meta-mine", "of", "another program")

    releasing.settle([Settlement(TAG, "mine", "jobs", handed=HANDED, counted_id="mine")])

    assert redis.llen("jobs.dead") == 1
    assert (redis.hlen("unacked"), settled, releasing.pending) == (0, [TAG], 0)


@pytest.mark.parametrize("kind", [Connection, watched(Connection)])
def test_a_full_redis_6_buries_no_success(
    kind: type[Connection], server: Server, settled: list[str], redis: Redis
) -> None:
    redis.hset("unacked", TAG, '[{"body": "", "properties": {}}, "", "jobs"]')
    with Proxy(server.port) as proxy:
        pool = ConnectionPool(connection_class=kind, host="127.0.0.1", port=proxy.port, socket_timeout=5)
        with Redis(connection_pool=pool) as client:
            client.ping()
            proxy.change_replies(lambda _: FULL)
            releasing = Releasing(client, read_options({}, Keys()), settled.extend)

            releasing.settle([Settlement(TAG, "mine", "jobs", handed=HANDED, counted_id="mine")])

            assert (redis.hlen("unacked"), redis.llen("jobs.dead")) == (1, 0)
            assert (settled, releasing.pending) == ([], 1)
            proxy.change_replies(None)
            assert releasing.flush()
            assert (redis.hlen("unacked"), settled) == (0, [TAG])
