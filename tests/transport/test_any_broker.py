"""What every transport does with messages, on each broker. Its capabilities say what differs."""

import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from tests.brokers import shared
from tests.brokers.rabbitmq.packages import RELEASES, find
from tests.brokers.rabbitmq.vhosts import Vhosts
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.transport.conftest import OpenTransport
from tests.transport.interface import Delivery, Language
from tests.transport.messages import id_of, message
from tests.transport.places import Place, RabbitPlace, RedisPlace
from tests.transport.process import Remote

# Python workers have Celery's own transport on RabbitMQ, and none of ours.
DRIVERS = ("redis-python", "redis-node", "rabbitmq-node")

Open = Callable[..., Remote]


@pytest.fixture(scope="module")
def vhosts() -> Iterator[Vhosts]:
    found = [version for version in sorted(RELEASES, reverse=True) if find(version)]
    if not found:
        pytest.skip("no RabbitMQ server here: make test-brokers unpacks one")
    with shared.rabbit(found[0]) as server:
        yield Vhosts(server)


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(driver: str, request: pytest.FixtureRequest) -> Place:
    if driver.startswith("redis"):
        server: ValkeyServer = request.getfixturevalue("server")
        redis: Redis = request.getfixturevalue("redis")
        return RedisPlace(server, redis)
    vhosts: Vhosts = request.getfixturevalue("vhosts")
    return RabbitPlace(vhosts.server.url_of(vhosts.take()))


@pytest.fixture
def open_worker(driver: str, place: Place, open_transport: OpenTransport) -> Open:
    """`open_worker(name)` opens a transport of the driver's language on the place."""
    language = Language(driver.partition("-")[2])

    def open_worker(name: str = "worker@here", **options: object) -> Remote:
        return open_transport(language, url=place.url, worker_name=name, **options)

    return open_worker


def ids(deliveries: list[Delivery]) -> list[str]:
    return [id_of(each.raw) for each in deliveries]


def test_messages_are_taken_once_and_in_order(place: Place, open_worker: Open) -> None:
    place.send(*map(message, "abc"))
    worker = open_worker()

    taken = worker.take(2)

    assert ids(taken) == ["a", "b"]
    assert {(each.queue, each.workers_lost) for each in taken} == {("q", 0)}
    assert ids(open_worker("second@here").take(10)) == ["c"]


def test_an_empty_queue_gives_nothing(open_worker: Open) -> None:
    assert open_worker().take(10) == []


def test_an_acknowledged_message_is_gone(place: Place, open_worker: Open) -> None:
    place.send(message("a"))
    worker, other = (open_worker(name, lease_s=1) for name in ("worker@here", "other@here"))
    [delivery] = worker.take(1)

    worker.acknowledge(delivery.tag)

    assert wait_until(worker.is_idle, 5, "the acknowledgement")
    worker.kill()
    began = time.monotonic()
    while time.monotonic() - began < 4:  # a message that is held comes back within this
        assert other.take(1) == []
        time.sleep(0.1)
    assert place.waiting() == 0
    assert place.letters() == []


def test_what_is_put_back_keeps_its_order_and_is_no_loss(place: Place, open_worker: Open) -> None:
    place.send(*map(message, "abc"))
    worker = open_worker()
    taken = worker.take(2)

    worker.put_back([each.tag for each in taken], "next")

    again = worker.take(10)
    assert ids(again) == (["a", "b", "c"] if place.capabilities.keeps_its_place else ["c", "a", "b"])
    assert {each.workers_lost for each in again} == {0}


def test_a_buried_message_is_a_dead_letter(place: Place, open_worker: Open) -> None:
    place.send(message("a"), message("b"))
    worker = open_worker()

    for delivery in worker.take(2):
        worker.bury(delivery.tag, f"for {id_of(delivery.raw)}")

    assert wait_until(lambda: place.letters() == [("for a", "a"), ("for b", "b")], 30, "two dead letters")
    assert place.waiting() == 0


def test_a_killed_workers_messages_come_to_another_and_count(place: Place, open_worker: Open) -> None:
    place.send(*map(message, "ab"))
    lost = open_worker("lost@here", lease_s=1)
    tags = [each.tag for each in lost.take(2)]
    other = open_worker("other@here", lease_s=1)
    assert other.take(0) == []

    lost.kill()
    place.give_up(*tags)

    taken = other.take(10)
    assert sorted(ids(taken)) == ["a", "b"]
    assert {each.workers_lost for each in taken} == {1}


def test_a_parked_message_comes_back_when_it_is_due(place: Place, open_worker: Open) -> None:
    place.send(message("a"))
    worker = open_worker(lease_s=1)
    [delivery] = worker.take(1)
    due_s = time.time() + 2

    worker.park(delivery.tag, int(due_s * 1000), due_s)
    assert wait_until(worker.is_idle, 30, "the parking")

    [again] = wait_until(lambda: worker.take(1), 30, "the parked message")
    assert time.time() >= due_s - 1.1, "it came early; a delay of RabbitMQ is in whole seconds"
    assert id_of(again.raw) == "a"
    assert again.workers_lost == 0


def test_a_message_that_is_held_may_start(place: Place, open_worker: Open) -> None:
    place.send(message("a"))
    worker = open_worker()
    [delivery] = worker.take(1)

    assert worker.mark_started(delivery.tag)
    worker.acknowledge(delivery.tag)
    assert wait_until(worker.is_idle, 5, "the acknowledgement")
