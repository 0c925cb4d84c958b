"""What one connection learns about its server holds for all of them; a reply that belongs to nothing is noticed."""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import Server
from redis import ConnectionPool, Redis
from redis.connection import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celery_reliable import scripts
from celery_reliable.reply_watch import SILENCE, watched
from tests.support.proxy import Proxy

TIMEOUT_S = 5.0
Connect = Callable[[], Redis]


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.port) as running:
        yield running


@pytest.fixture
def connect(proxy: Proxy) -> Iterator[Connect]:
    """`connect()`: a client with its own watched connection."""
    opened: list[Redis] = []

    def connect() -> Redis:
        kind = watched(Connection)
        pool = ConnectionPool(connection_class=kind, host="127.0.0.1", port=proxy.port, socket_timeout=TIMEOUT_S)
        opened.append(Redis(connection_pool=pool))
        opened[-1].ping()
        return opened[-1]

    yield connect
    for client in opened:
        client.close()


def test_one_timeout_is_enough_for_all_connections(proxy: Proxy, connect: Connect) -> None:
    first, second = connect(), connect()
    proxy.hold_replies()  # of the present connections

    with pytest.raises(RedisTimeoutError):
        first.ping()
    since = time.monotonic()
    second.ping()

    assert time.monotonic() - since < TIMEOUT_S / 2


def test_a_pool_s_process_learns_it_as_well(proxy: Proxy, connect: Connect) -> None:
    client = connect()
    proxy.hold_replies()

    if (child := os.fork()) == 0:
        SILENCE.note()
        os._exit(0)
    os.waitpid(child, 0)
    since = time.monotonic()
    client.ping()

    assert time.monotonic() - since < TIMEOUT_S / 2


def test_a_reply_too_many_is_no_reply(proxy: Proxy, connect: Connect) -> None:
    client = connect()
    proxy.change_replies(lambda reply: b"+OK\r\n" + reply)
    with pytest.raises(RedisConnectionError, match="more than one answer"):
        client.get("key")

    proxy.change_replies(None)

    assert client.set("key", "value")
    assert client.get("key") == b"value"


def test_a_connection_that_was_lost_is_watched_again(proxy: Proxy, connect: Connect) -> None:
    client = connect()
    proxy.hold_replies()
    with pytest.raises(RedisTimeoutError):
        client.ping()

    proxy.change_replies(lambda reply: reply if b"PONG" not in reply else b"+OK\r\n" + reply)

    with pytest.raises(RedisConnectionError, match="more than one answer"):
        client.ping()


def test_the_replies_of_a_pipeline_are_counted(connect: Connect) -> None:
    client = connect()
    for transaction in (True, False, True, False):
        pipeline = client.pipeline(transaction=transaction)
        pipeline.ping()
        pipeline.ping()
        assert pipeline.execute() == [True, True]
    assert client.ping()


@pytest.mark.parametrize("name", sorted(scripts._TEXTS))
@pytest.mark.parametrize("reply", [b"+OK\r\n", b"*1\r\n*0\r\n", b"*3\r\n:1\r\n:0\r\n:7\r\n:9\r\n", b"$-1\r\n"])
def test_another_command_s_reply_is_no_script_s(
    name: scripts.Name, reply: bytes, proxy: Proxy, connect: Connect
) -> None:
    client = connect()
    proxy.change_replies(lambda _: reply)

    with pytest.raises(RedisConnectionError):
        scripts.run(client, name, [], [])
