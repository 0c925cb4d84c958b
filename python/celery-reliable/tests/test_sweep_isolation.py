"""An error at one record of the sweep belongs to that record: the others come back."""

import time

import pytest
from conftest import Server
from raising import ERRORS
from redis import Redis

from celery_reliable import sweeper
from celery_reliable.held_record import HeldMessage, read_record
from celery_reliable.keys import Keys
from celery_reliable.limits import Limits
from celery_reliable.options import read_options

LEASE_S = 5.0
MESSAGE = '{"body": "", "headers": {"id": "%s"}, "properties": {}}'


def _hold(redis: Redis, tag: str, message: str) -> None:
    redis.hset("unacked", tag, f'[{message}, "", "jobs"]')
    redis.zadd("celery.leases", {tag: 1})
    redis.hset("celery.sweep", "last", int(time.time() * 1000))


def _sweeper(server: Server) -> sweeper.Sweeper:
    return sweeper.Sweeper(Redis.from_url(server.url), read_options({"lease_s": LEASE_S}, Keys()))


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_at_one_record_does_not_stop_the_others(
    error: str, server: Server, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "bad", "b"):
        _hold(redis, f"w:{name}", MESSAGE % name)

    def read(entry: bytes, limits: Limits) -> HeldMessage | None:
        if b"bad" in entry:
            raise ERRORS[error]
        return read_record(entry, limits)

    monkeypatch.setattr(sweeper, "read_record", read)
    _sweeper(server).sweep()

    assert redis.llen("jobs") == 2
    assert redis.hkeys("unacked") == ["w:bad"]
    assert float(redis.zscore("celery.leases", "w:bad") or 0) > time.time() * 1000, "it is left alone for a lease"


@pytest.mark.parametrize(
    "message",
    [
        '{"body": "", "headers": {"id": "x"}, "properties": {"priority": 1e400}}',
        '{"body": "", "headers": {"id": "\\ud800"}, "properties": {}}',
        '{"body": "", "headers": {"id": ' + "[" * 3000 + "]" * 3000 + '}, "properties": {}}',
        '{"body": "", "headers": 5, "properties": {"priority": []}}',
    ],
    ids=["an endless priority", "an id without bytes", "too deep", "headers that are a number"],
)
def test_a_record_that_cannot_be_read_is_buried_or_comes_back(message: str, server: Server, redis: Redis) -> None:
    _hold(redis, "w:odd", message)
    _hold(redis, "w:a", MESSAGE % "a")

    _sweeper(server).sweep()

    assert redis.hlen("unacked") == 0
    assert redis.llen("jobs") + redis.llen("jobs.dead") == 2
    assert MESSAGE[:20] in str(redis.lrange("jobs", 0, -1))


@pytest.mark.parametrize(("field", "value"), [("longest", "garbage"), ("longest", "1e300"), ("patient_until", "9e15")])
def test_the_sweeps_own_state_is_repaired(field: str, value: str, server: Server, redis: Redis) -> None:
    _hold(redis, "w:a", MESSAGE % "a")
    redis.hset("celery.sweep", field, value)

    _sweeper(server).sweep()

    assert redis.llen("jobs") == 1
