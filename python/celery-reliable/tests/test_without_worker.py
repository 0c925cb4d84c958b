"""The transport as kombu's users have it, without a worker around it; and several brokers in one process."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from conftest import Server
from kombu import Connection, Consumer, Exchange, Queue
from kombu.simple import SimpleQueue
from redis import Redis

from celery_reliable.connection import TRANSPORT
from celery_reliable.connection import Connection as ReliableConnection
from tests.support.waiting import wait_until

JOBS = Queue("jobs", Exchange("jobs"), routing_key="jobs")
Connect = Callable[..., Any]


@pytest.fixture
def connect(server: Server) -> Iterator[Connect]:
    """`connect(url, lease_s=..., ...)`: a connection of ours, closed with the test."""
    with ExitStack() as opened:

        def connect(url: str = server.url, lease_s: float = 60, **options: Any) -> Any:
            options["lease_s"] = lease_s
            return opened.enter_context(ReliableConnection(url, transport=TRANSPORT, transport_options=options))

        yield connect


def send(connection: Any, *bodies: Any) -> None:
    """Send without our transport, as any client does."""
    with Connection(connection.as_uri(include_password=True), transport_options=prefix_of(connection)) as stock:
        for body in bodies:
            stock.Producer().publish(
                body, serializer="json", exchange=JOBS.exchange, routing_key="jobs", declare=[JOBS]
            )


def prefix_of(connection: Any) -> dict[str, Any]:
    return {name: value for name, value in connection.transport_options.items() if name == "global_keyprefix"}


def take(connection: Any, count: int = 1) -> list[Any]:
    """Consume so many messages, and acknowledge none."""
    taken: list[Any] = []
    with Consumer(connection, [JOBS], on_message=taken.append, accept=["json"], prefetch_count=count):
        while len(taken) < count:
            connection.drain_events(timeout=10)
    return taken


def test_a_consumer_takes_under_a_lease_and_acknowledges(connect: Connect, redis: Redis, server: Server) -> None:
    connection = connect()
    send(connection, "a", "b")

    taken = take(connection, 2)

    assert [message.decode() for message in taken] == ["a", "b"]
    tags = {message.delivery_tag for message in taken}
    assert tags == set(redis.hkeys("unacked")) == set(redis.zrange("celery.leases", 0, -1))
    for message in taken:
        message.ack()
    assert server.is_clean()


def test_a_consumer_that_waits_gets_what_is_sent_then(connect: Connect, redis: Redis) -> None:
    connection = connect()

    def send_late() -> None:
        wait_until(lambda: waits(redis), what="a waiting consumer")
        send(connection, "late")

    sending = threading.Thread(target=send_late)
    sending.start()
    began = time.monotonic()

    [message] = take(connection)

    assert message.decode() == "late"
    assert time.monotonic() - began < 15
    sending.join()


def test_waiting_in_vain_ends_with_a_timeout(connect: Connect) -> None:
    connection = connect()
    with Consumer(connection, [JOBS], accept=["json"]), pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.3)


def test_what_is_not_acknowledged_goes_back_with_the_connection(connect: Connect, redis: Redis, server: Server) -> None:
    connection = connect()
    send(connection, "a", "b", "c")
    first, *_ = take(connection, 2)
    first.ack()

    connection.close()

    assert (server.held(), server.waiting()) == (0, 2)
    assert redis.exists("celery.leases") == 0
    [b, c] = take(connect(), 2)
    assert (b.decode(), b.headers["redelivered"], c.decode()) == ("b", True, "c")


@pytest.mark.parametrize("requeue", [True, False])
def test_a_rejected_message_goes_back_or_to_the_dead_letters(requeue: bool, connect: Connect, server: Server) -> None:
    connection = connect()
    send(connection, "a")
    [message] = take(connection)

    message.reject(requeue=requeue)

    assert (server.held(), server.waiting(), len(server.dead())) == (0, int(requeue), int(not requeue))


def test_a_simple_queue_gets_acknowledges_and_may_be_empty(connect: Connect, server: Server) -> None:
    connection = connect()
    named: Any = JOBS
    queue = SimpleQueue(connection, named)
    with pytest.raises(queue.Empty):
        queue.get_nowait()
    queue.put({"n": 1})

    message = queue.get(timeout=30)
    assert message.payload == {"n": 1}
    assert server.held() == 1
    message.ack()

    assert server.is_clean()
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.2)
    queue.close()


@pytest.mark.parametrize("no_ack", [False, True])
def test_a_message_can_be_fetched_by_hand(no_ack: bool, connect: Connect, server: Server) -> None:
    connection = connect()
    channel = connection.channel()
    bound: Any = JOBS(channel)
    bound.declare()
    assert bound.get(no_ack=no_ack, accept=["json"]) is None
    send(connection, "a")

    message = bound.get(no_ack=no_ack, accept=["json"])

    assert message.decode() == "a"
    assert server.held() == int(not no_ack)
    if not no_ack:
        message.ack()
    assert server.is_clean()


def test_several_brokers_in_one_process_keep_their_messages_apart(
    connect: Connect, server: Server, redis: Redis
) -> None:
    """Another database, and another prefix in the same one: each has its own leases and tags."""
    other_url = server.url.removesuffix("/0") + "/5"
    other = Redis.from_url(other_url, decode_responses=True)
    connections = [connect(lease_s=1), connect(lease_s=1, global_keyprefix="blue:"), connect(other_url, lease_s=1)]
    views = [(redis, ""), (redis, "blue:"), (other, "")]
    for label, connection in zip("abc", connections, strict=True):
        send(connection, label)
    messages = [take(connection)[0] for connection in connections]

    assert [message.decode() for message in messages] == ["a", "b", "c"]
    assert len({message.delivery_tag.rpartition(":")[0] for message in messages}) == 3
    for message, (view, prefix) in zip(messages, views, strict=True):
        assert view.hkeys(f"{prefix}unacked") == [message.delivery_tag]
    ends = [lease(view, prefix) for view, prefix in views]
    for (view, prefix), end in zip(views, ends, strict=True):
        wait_until(lambda: lease(view, prefix) > end, what=f"a renewal under {prefix!r}")  # noqa: B023 - called at once

    # The end of one ends nothing of the others.
    connections[0].close()
    assert redis.llen("jobs") == 1
    for message, (view, prefix) in list(zip(messages, views, strict=True))[1:]:
        assert view.hkeys(f"{prefix}unacked") == [message.delivery_tag]
        message.ack()
        assert not view.exists(f"{prefix}unacked", f"{prefix}celery.leases")
    other.close()


def waits(redis: Redis) -> bool:
    """Whether a waiter waits for a message."""
    return any(client["cmd"] == "blmove" for client in redis.client_list())


def lease(redis: Redis, prefix: str) -> float:
    """When the lease of the one held message ends."""
    found: list[Any] = redis.zrange(f"{prefix}celery.leases", 0, -1, withscores=True)
    [(_, end)] = found
    return float(end)
