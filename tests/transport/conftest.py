"""Fixtures: one server for all tests, emptied before each, and transports on it.

`language` is each implementation in turn; so is `first`, and `second` is then the other. `open_transport`
opens a transport in a language, `open_sweeper` one that sweeps all the time; `transport` has usual options.
What a dead worker held comes from `take_and_die`.
"""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis

from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer, served
from tests.transport.interface import Delivery, Language, Options, Transport
from tests.transport.process import Drivers, Remote
from tests.transport.server_state import have_swept_just_now

OpenTransport = Callable[..., Remote]
TakeAndDie = Callable[..., list[Delivery]]
InBackground = Callable[[Callable[[], Any]], "Future[Any]"]


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "transport-valkey")


@pytest.fixture(scope="session")
def drivers() -> Iterator[Drivers]:
    drivers = Drivers()
    yield drivers
    drivers.close()


@pytest.fixture
def server(shared_server: ValkeyServer) -> ValkeyServer:
    with contextlib.closing(shared_server.client) as client:
        client.flushall()
    return shared_server


@pytest.fixture
def redis(server: ValkeyServer) -> Iterator["Redis"]:
    """For looking at the server; answers are text."""
    client = server.client
    yield client
    client.close()


@pytest.fixture
def proxy(server: ValkeyServer) -> Iterator[Proxy]:
    with Proxy(server.port) as proxy:
        yield proxy


@pytest.fixture
def in_background() -> Iterator[InBackground]:
    """`in_background(call)` begins a call that waits for what the test does next, and returns its future."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


@pytest.fixture
def open_transport(server: ValkeyServer, drivers: Drivers) -> Iterator[OpenTransport]:
    """`open_transport(language, url=..., lease_s=..., queues=...)`; see `Options`."""
    opened: list[Remote] = []

    def open_transport(language: Language, **options: object) -> Remote:
        given: dict[str, object] = {"url": server.url, **options}
        remote = Remote(drivers.lend(language), Options(**given))  # type: ignore[arg-type]
        opened.append(remote)
        return remote

    yield open_transport
    for remote in opened:
        if remote.is_open:
            remote.close()
        drivers.give_back(remote.process)


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    """Each implementation in turn."""
    return Language(request.param)


@pytest.fixture
def first(language: Language) -> Language:
    """The one that begins, in a test of both."""
    return language


@pytest.fixture
def second(language: Language) -> Language:
    """The one that goes on, in a test of both."""
    return language.other


@pytest.fixture
def take_and_die(open_transport: OpenTransport, language: Language, redis: "Redis") -> TakeAndDie:
    """`take_and_die(*messages)` sends them to "q" and returns the deliveries of a worker that has died."""

    def take_and_die(*messages: str) -> list[Delivery]:
        redis.lpush("q", *messages)
        dead = open_transport(language)
        deliveries = dead.take(len(messages))
        dead.close()
        return deliveries

    return take_and_die


@pytest.fixture
def open_sweeper(open_transport: OpenTransport, redis: "Redis") -> OpenTransport:
    """`open_sweeper(language)` opens one that sweeps several times a second, and has done so all along."""

    def open_sweeper(language: Language, **options: object) -> Remote:
        sweeper = open_transport(language, lease_s=1, worker_name="sweeper@here", **options)
        have_swept_just_now(redis)
        sweeper.take(0)
        return sweeper

    return open_sweeper


@pytest.fixture
def transport(open_transport: OpenTransport, language: Language) -> Transport:
    """One with the usual options."""
    return open_transport(language)
