"""The servers that the suite runs on: `--broker` and `--results`, any of one with any of the other.

Each test and each group of tests has its own Redis server. On another broker its URL stands for a place
beside it: a virtual host of RabbitMQ, or a name that a Sentinel knows. With `--results postgres` all results
are in one database.
"""

import inspect
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery_reliable import rabbitmq

from tests.brokers import shared

from .brokers import BROKERS, Broker
from .server_differences import DIFFERENCES, LEFT_OUT

FOLDER = Path(__file__).parent
# Parameters of tests that look at the server's keys or stop the server, and fixtures that look at the keys.
ON_REDIS = frozenset({"redis", "valkey", "shared_redis", "shared_valkey", "proxy"})
LOOKING = frozenset({"redis", "shared_redis"})
# Fixtures that look at the keys of results alone.
LOOKING_AT_RESULTS = frozenset({"flow_redis"})


class Pair:
    """A broker and a kind of results; their servers start when the first test asks for them."""

    def __init__(self, broker: str, results: str) -> None:
        self.names = (broker, results)
        self._stack = ExitStack()

    @cached_property
    def broker(self) -> Broker:
        """The broker."""
        return self._stack.enter_context(closing(BROKERS[self.names[0]]()))

    @cached_property
    def database(self) -> str:
        """The URL of the database."""
        return self._stack.enter_context(shared.database())

    def close(self) -> None:
        """Stop what was started."""
        self._stack.close()

    @property
    def is_on_redis(self) -> bool:
        """Whether messages are in the keys of the test's Redis server."""
        return self.names[0] in ("redis", "sentinel")

    @property
    def is_on_quorum_queues(self) -> bool:
        """Whether RabbitMQ replicates the queues, and delays messages itself."""
        return self.names[0].startswith("rabbitmq-quorum")

    @property
    def is_on_postgres(self) -> bool:
        """Whether results are in PostgreSQL."""
        return self.names[1] == "postgres"


class Choice:
    """What the command line has chosen; tests of other folders are on Redis alone."""

    pair = Pair("redis", "redis")


def configure(config: pytest.Config) -> None:
    """Read the options of the command line."""
    Choice.pair = Pair(config.getoption("--broker"), config.getoption("--results"))
    config.add_cleanup(Choice.pair.close)


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what other servers cannot change, on these."""
    if Choice.pair.names == ("redis", "redis"):
        return
    left_out = [item for item in items if item.path.parent == FOLDER and item.path.name in LEFT_OUT]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def mark(items: list[pytest.Item]) -> None:
    """Skip the tests that look at Redis's keys where there are none; expect the listed ones to fail."""
    for item in items:
        asked = inspect.signature(getattr(item, "function", lambda: None)).parameters
        used = getattr(item, "fixturenames", ())
        looks = ON_REDIS.intersection(asked) or LOOKING.intersection(used)
        if not Choice.pair.is_on_redis and item.get_closest_marker("on_redis"):
            item.add_marker(pytest.mark.skip(reason="is about a Redis broker"))
        elif looks and not Choice.pair.is_on_redis:
            item.add_marker(pytest.mark.skip(reason="looks into the keys of a Redis broker"))
        elif Choice.pair.is_on_postgres and (looks or LOOKING_AT_RESULTS.intersection(used)):
            item.add_marker(pytest.mark.skip(reason="looks into the keys of results in Redis"))
        for each in DIFFERENCES:
            if each.concerns(item.name, Choice.pair.names):
                item.add_marker(pytest.mark.xfail(reason=each.what, strict=True))


def settings_of(url: str) -> dict[str, Any]:
    """Celery's settings of both servers beside a Redis server."""
    settings = Choice.pair.broker.settings(url)
    return settings | ({"result_backend": Choice.pair.database} if Choice.pair.is_on_postgres else {})


def for_node(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The Node worker's form of Celery's settings."""
    return Choice.pair.broker.for_node(settings)


def app_class() -> type[Celery]:
    """The class of clients: stock Celery's refuses countdowns below a second on quorum queues."""
    return Celery if Choice.pair.is_on_redis else rabbitmq.Celery


def broker_url(url: str) -> str:
    """The broker beside a Redis server, as a command line takes it: behind a Sentinel, the server itself."""
    return url if Choice.pair.is_on_redis else str(settings_of(url)["broker_url"])


def results_url(url: str) -> str:
    """Where its results are, in the same way."""
    return Choice.pair.database if Choice.pair.is_on_postgres else url


def waiting_in_worker(seconds: float) -> dict[str, Any]:
    """Options of a task that is due in so many seconds, and waits in its worker.

    With a countdown, a quorum queue gets it when it is due.
    """
    if not Choice.pair.is_on_quorum_queues:
        return {"countdown": seconds}
    return {"headers": {"eta": (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()}}


def count_receivers(url: str) -> int:
    """How many receive events."""
    return Choice.pair.broker.count_receivers(url)
