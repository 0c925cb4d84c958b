"""A stock kombu consumer next to our workers, on the same keys: neither disturbs the other."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kombu import Connection, Consumer, Queue
from kombu.message import Message
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport, TakeAndDie
from tests.transport.interface import Language, Transport
from tests.transport.messages import ODD_MESSAGES, id_of, message
from tests.transport.server_state import held_messages, let_leases_run_out, raw_list, traces, wait_for_sweeps

HOUR_S = 3600


class Stock:
    """A consumer of kombu's own transport on the queue "q"."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url)
        self._channel: Any = self._connection.channel()
        self._taken: list[Message] = []
        self._queue = Queue("q")
        self._consumer = Consumer(
            self._channel, [self._queue], on_message=self._taken.append, accept=["json"]
        )

    def take(self) -> Message:
        """Wait for one message, with kombu's `BRPOP`."""
        self._consumer.qos(prefetch_count=1)
        with self._consumer:
            self._connection.drain_events(timeout=5)
        return self._taken.pop()

    def sweep(self) -> None:
        """Restore messages that were taken over an hour ago, as a stock worker does from time to time."""
        self._channel.qos._vrestore_count = 0
        self._channel.qos.restore_visible()

    def close(self) -> None:
        """Close the connection, which puts unacknowledged messages back."""
        self._connection.close()


@pytest.fixture
def stock(server: ValkeyServer) -> Iterator[Stock]:
    with contextlib.closing(Stock(server.url)) as stock:
        yield stock


def test_a_stock_consumer_takes_and_acknowledges_beside_ours(
    transport: Transport, stock: Stock, redis: Redis
) -> None:
    redis.lpush("q", message("a"), message("b"))
    [ours] = transport.take(1)
    theirs = stock.take()
    assert theirs.headers["id"] == "b"

    theirs.ack()
    assert held_messages(redis).keys() == {ours.tag}
    transport.acknowledge(ours.tag)
    assert traces(redis) == []


def test_our_sweep_never_restores_a_stock_consumers_messages(
    open_sweeper: OpenTransport, language: Language, stock: Stock, redis: Redis
) -> None:
    redis.lpush("q", message("a"))
    theirs = stock.take()
    tag = str(theirs.delivery_tag)
    redis.zadd("unacked_index", {tag: 1})  # it has held it since 1970
    open_sweeper(language)

    wait_for_sweeps(redis, 500)

    assert redis.hexists("unacked", tag)
    theirs.ack()
    assert traces(redis) == []


def test_a_stock_sweep_restores_no_held_or_parked_message(
    transport: Transport, stock: Stock, redis: Redis
) -> None:
    redis.lpush("q", message("held"), message("parked"))
    held, parked = transport.take()
    now_s = redis.time()[0]
    transport.park(parked.tag, now_s * 1000 + 60_000, now_s + 120.0)

    stock.sweep()

    assert held_messages(redis).keys() == {held.tag, parked.tag}
    assert redis.exists("q") == 0


def test_a_stock_worker_restores_messages_held_for_over_an_hour(
    transport: Transport, stock: Stock, redis: Redis
) -> None:
    sent = [ODD_MESSAGES["odd spacing"], ODD_MESSAGES["text beyond ASCII"], message("usual")]
    redis.lpush("q", *sent)
    taken = transport.take()
    redis.zadd("unacked_index", {each.tag: redis.time()[0] - HOUR_S - 1 for each in taken})

    stock.sweep()

    restored = [json.loads(raw) for raw in raw_list(redis, "q")]
    assert [each["headers"].pop("redelivered") for each in restored] == [True] * 3
    assert sorted(each["headers"]["id"] for each in restored) == sorted(map(id_of, sent))
    for delivery in taken:
        transport.acknowledge(delivery.tag)  # late: it is no longer ours
    assert redis.llen("q") == 3
    assert traces(redis) == []


def test_the_lease_of_what_a_stock_sweep_has_restored_is_dropped(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, stock: Stock, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    redis.zadd("unacked_index", {lost.tag: redis.time()[0] - HOUR_S - 1})
    stock.sweep()
    open_sweeper(language)

    let_leases_run_out(redis, lost.tag)

    assert [id_of(raw) for raw in raw_list(redis, "q")] == ["a"]
    assert traces(redis) == []


def test_a_stock_consumer_takes_messages_that_we_put_back(
    take_and_die: TakeAndDie, open_sweeper: OpenTransport, language: Language, stock: Stock, redis: Redis
) -> None:
    [lost] = take_and_die(message("a"))
    sweeper = open_sweeper(language)

    def park_overdue() -> None:
        sweeper.park(sweeper.take()[0].tag, 1, 1.0)
        wait_until(lambda: redis.llen("q"), what="the parked message in its queue")

    ways: list[Callable[[], None]] = [
        lambda: let_leases_run_out(redis, lost.tag),
        lambda: sweeper.put_back([sweeper.take()[0].tag], "next"),
        lambda: sweeper.put_back([sweeper.take()[0].tag], "last"),
        park_overdue,
    ]
    for go_back in ways:
        go_back()
        theirs = stock.take()
        assert theirs.headers["id"] == "a"
        assert theirs.delivery_info["redelivered"] is True
        theirs.requeue()
    stock.take().ack()
    assert redis.exists("q", "unacked", "unacked_index", "celery.leases", "celery.parked") == 0
