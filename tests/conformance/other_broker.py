"""The suite on RabbitMQ (`--broker rabbitmq-4.0`).

Each Redis server of a test has a virtual host beside it, and keeps the results.
"""

import inspect
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery_reliable import rabbitmq

from tests.brokers.rabbitmq.packages import install
from tests.brokers.rabbitmq.server import RabbitServer

# The settings of workers and clients beside the URL.
QUORUM = {
    "broker_transport_options": {"confirm_publish": True},
    "task_default_queue_type": "quorum",
    "task_default_exchange_type": "topic",
    "task_create_missing_queue_type": "quorum",
    "task_create_missing_queue_exchange_type": "topic",
}
# Celery's settings that the Node worker does not have, or has as its default.
PYTHON_ONLY = ("broker_transport_options", "task_default_queue_type", "task_default_exchange_type")

# Fixtures by which a test looks at the server's keys.
ON_REDIS = frozenset({"redis", "valkey", "shared_redis", "shared_valkey", "proxy"})

_server: RabbitServer | None = None


def configure(config: pytest.Config, folder: Path) -> None:
    """Start a server if the suite is to run on RabbitMQ."""
    global _server
    version = config.getoption("--broker").removeprefix("rabbitmq-")
    if version == "redis":
        return
    _server = RabbitServer(install(version), folder)
    config.add_cleanup(_server.close)


def skip_others(items: list[pytest.Item]) -> None:
    """Skip the tests that look at Redis's keys, where they would find no message."""
    for item in items:
        asked = inspect.signature(getattr(item, "function", lambda: None)).parameters
        if _server is not None and ON_REDIS.intersection(asked):
            item.add_marker(pytest.mark.skip(reason="looks into the keys of a Redis broker"))


@cache
def broker_of(url: str) -> str:
    """Return the broker's URL beside a Redis server; that server's own, unless the broker is another one."""
    if _server is None:
        return url
    return _server.add_vhost(url.rsplit(":", 1)[1].replace("/", "-"))


def is_other() -> bool:
    """Tell whether the broker is not Redis."""
    return _server is not None


def consumers(url: str) -> str:
    """Return the consumers beside a Redis server, a line each, that begins with the queue's name."""
    assert _server is not None
    vhost = broker_of(url).rsplit("/", 1)[1]
    return _server.ctl("list_consumers", "-p", vhost, "queue_name")


def of_broker(url: str) -> dict[str, Any]:
    """Return the settings that differ from those for Redis."""
    if _server is None:
        return {}
    return {"broker_url": broker_of(url), **QUORUM}


def app_class() -> type[Celery]:
    """Return the class of clients: stock Celery's refuses countdowns below a second on RabbitMQ."""
    return Celery if _server is None else rabbitmq.Celery


def for_node(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a Node worker."""
    if _server is None:
        return settings
    return {name: value for name, value in settings.items() if name not in PYTHON_ONLY}
