"""A user with exactly the rights of docs/settings.md can do everything that a worker does with messages."""

import time

import pytest
from redis import Redis

from tests.support.server_users import create_user, refusals, rule
from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport
from tests.transport.interface import Language
from tests.transport.messages import message

ROWS = {"jobs:": "Node, with `JOBS_GLOBAL_KEYPREFIX=jobs:`", "": "Node worker, without a prefix"}


@pytest.mark.parametrize("prefix", ROWS, ids=["with a prefix", "without a prefix"])
def test_every_operation_is_allowed(prefix: str, open_transport: OpenTransport, redis: Redis) -> None:
    url = create_user(redis, "worker", *rule("Node worker"), *rule(ROWS[prefix]))
    redis.lpush(f"{prefix}js-queue", *(message(f"id-{n}", "js-queue") for n in range(5)))
    dead = open_transport(Language.NODE, url=url, queues=["js-queue"], global_keyprefix=prefix, lease_s=1)
    deliveries = dead.take(1)
    dead.kill()
    transport = open_transport(
        Language.NODE, url=url, queues=["js-queue"], global_keyprefix=prefix, lease_s=1, worker_name="b@here"
    )

    done, back, buried, parked = transport.take(4)
    assert transport.mark_started(done.tag)
    transport.acknowledge(done.tag)
    transport.put_back([back.tag], "next")
    transport.bury(buried.tag, "for the test")
    transport.park(parked.tag, int((time.time() + 60) * 1000), time.time() + 60)
    again = wait_until(lambda: [each for each in transport.take(9) if each.workers_lost], 15, "the swept one")

    assert again[0].raw != deliveries[0].raw, "marked as delivered again"
    assert [each for each in refusals(redis) if not each.endswith(("info", "client|setname"))] == []
