"""Remote control of workers that a test has for itself: shut down, cut off, or with control limited."""

from contextlib import suppress
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.support.waiting import wait_until

from .broker import wait_until_all_settled
from .control import CONTROL_KINDS, answers
from .ledger import Ledger
from .workers import Kind, StartWorker, Target


def test_a_ping_is_answered_while_the_event_loop_is_blocked(
    start: StartWorker, queue: Target, ledger: Ledger
) -> None:
    start(Kind.NODE)
    queue.send("pools.spin", (ledger.path, "busy", 3))
    ledger.wait_for("start")
    [answer] = answers(queue.app, "ping", timeout=1.5)
    assert list(answer.values()) == [{"ok": "pong"}]
    assert not ledger.labels("end")


@pytest.mark.parametrize("kind", CONTROL_KINDS)
def test_a_worker_is_shut_down(
    start: StartWorker, queue: Target, redis: Redis, ledger: Ledger, kind: str
) -> None:
    worker = (
        start(Kind.NODE) if kind == "js" else start(Kind.PYTHON, reliable={} if kind == "reliable" else None)
    )
    queue.send("work.record", (ledger.path, "a", 0.5))
    ledger.wait_for("start")
    assert answers(queue.app, "shutdown", timeout=0.3) == []
    assert worker.wait() == 0
    assert ledger.labels("end") == ["a"]
    wait_until_all_settled(redis)


def test_remote_control_is_switched_off(start: StartWorker, queue: Target, kind: Kind) -> None:
    start(kind, celery={"worker_enable_remote_control": False})
    assert queue.call("basic.add", (1, 2)) == 3
    assert answers(queue.app, "ping", timeout=0.5) == []


def test_remote_control_is_limited_to_inspection(start: StartWorker, queue: Target) -> None:
    start(Kind.NODE, node={"worker_enable_remote_control": "inspect"})
    [answer] = answers(queue.app, "pool_grow", timeout=2, limit=1)
    assert list(answer.values()) == [{"error": "pool_grow is refused: this worker only takes inspections"}]
    assert answers(queue.app, "stats", timeout=2, limit=1)


def test_control_goes_on_after_the_server_was_away(
    start: StartWorker, queue: Target, redis: Redis, kind: Kind
) -> None:
    start(kind, reliable=None if kind is Kind.NODE else {})
    assert answers(queue.app, "ping", timeout=2, limit=1)
    redis.client_kill_filter(_type="pubsub")
    redis.client_kill_filter(_type="normal", skipme=True)

    def pongs() -> list[Any]:
        with suppress(RedisConnectionError):  # the client's connection was cut as well
            return answers(queue.app, "ping", timeout=0.5, limit=1)
        return []

    wait_until(pongs, 20, "an answer again")
