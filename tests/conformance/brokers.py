"""The brokers of `--broker`: a place on each of them for every Redis server of a test."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from redis import Redis

from scripts import server
from tests.brokers import shared
from tests.brokers.rabbitmq.vhosts import Vhosts
from tests.support.programs import Program


class Broker(Protocol):
    """Where the messages are. `url` is always that of the test's Redis server."""

    def settings(self, url: str) -> dict[str, Any]:
        """Celery's settings of the broker, and of results in Redis."""
        ...

    def for_node(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The Node worker's form of Celery's settings."""
        ...

    def count_receivers(self, url: str) -> int:
        """How many receive events."""
        ...

    def close(self) -> None:
        """Stop its server."""
        ...


class RedisBroker:
    """The test's own server."""

    def settings(self, url: str) -> dict[str, Any]:
        """See `Broker`."""
        return {"broker_url": url, "result_backend": url}

    def for_node(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """See `Broker`."""
        return dict(settings)

    def count_receivers(self, url: str) -> int:
        """See `Broker`."""
        with Redis.from_url(url, decode_responses=True) as redis:
            return sum(int(client["psub"]) for client in redis.client_list(_type="pubsub"))

    def close(self) -> None:
        """See `Broker`."""


class SentinelBroker(RedisBroker):
    """One Sentinel, which knows every test's server by a name."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="sentinel-"))
        self._port = server.free_port()
        config = folder / "sentinel.conf"
        config.write_text(f"port {self._port}\nbind 127.0.0.1\ndir {folder}\n")
        binary = os.environ.get("VALKEY_SERVER") or str(server.binary())
        command = [binary, str(config), "--sentinel"]
        self._program = Program("sentinel", command, cwd=folder, env=os.environ, log=folder / "sentinel.log")
        self._program.wait_for_log("Sentinel ID is", 20)
        self._name_of = cache(self._watch)

    def settings(self, url: str) -> dict[str, Any]:
        """See `Broker`."""
        database = urlsplit(url).path or "/0"
        own = f"sentinel://127.0.0.1:{self._port}{database}"
        options = {"master_name": self._name_of(urlsplit(url).port)}
        return {
            "broker_url": own,
            "result_backend": own,
            "broker_transport_options": options,
            "result_backend_transport_options": options,
        }

    def for_node(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """See `Broker`."""
        given = dict(settings)
        for url, options in (
            ("broker_url", "broker_transport_options"),
            ("result_backend", "result_backend_transport_options"),
        ):
            rest = dict(given.pop(options, {}))
            name = rest.pop("master_name", None)
            if name and str(given[url]).startswith("sentinel:"):
                given[url] = f"{given[url]}?master_name={name}"
            if rest:
                given[options] = rest
        return given

    def close(self) -> None:
        """See `Broker`."""
        self._program.close()

    def _watch(self, port: int) -> str:
        name = f"server-{port}"
        with Redis(port=self._port) as sentinel:
            sentinel.execute_command("SENTINEL", "MONITOR", name, "127.0.0.1", port, 1)
        return name


class RabbitBroker:
    """RabbitMQ, with queues of a type; each test has a virtual host."""

    # Celery's settings that the Node worker does not have, or has as its default.
    PYTHON_ONLY = ("broker_transport_options", "task_default_queue_type", "task_default_exchange_type")

    def __init__(self, version: str, queue_type: str, exchange_type: str) -> None:
        self._settings = {
            "broker_transport_options": {"confirm_publish": True},
            "task_default_queue_type": queue_type,
            "task_default_exchange_type": exchange_type,
            "task_create_missing_queue_type": queue_type,
            "task_create_missing_queue_exchange_type": exchange_type,
        }
        self._stack = ExitStack()
        self._vhosts = Vhosts(self._stack.enter_context(shared.rabbit(version)))
        self._names: dict[str, str] = {}

    def settings(self, url: str) -> dict[str, Any]:
        """See `Broker`."""
        own = self._vhosts.server.url_of(self._vhost_of(url))
        return {"broker_url": own, "result_backend": url, **self._settings}

    def for_node(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """See `Broker`."""
        return {name: value for name, value in settings.items() if name not in self.PYTHON_ONLY}

    def count_receivers(self, url: str) -> int:
        """See `Broker`."""
        consumers = self._vhosts.server.ctl("list_consumers", "-p", self._vhost_of(url), "queue_name")
        return consumers.count("celeryev.")

    def close(self) -> None:
        """See `Broker`."""
        self._stack.close()

    def _vhost_of(self, url: str) -> str:
        """The virtual host of a Redis server. It is given back once that server has stopped."""
        if url not in self._names:
            for ended in [known for known in self._names if server.is_port_free(urlsplit(known).port or 0)]:
                self._vhosts.give_back(self._names.pop(ended))
            self._names[url] = self._vhosts.take()
        return self._names[url]


BROKERS: dict[str, Callable[[], Broker]] = {
    "redis": RedisBroker,
    "sentinel": SentinelBroker,
    "rabbitmq-quorum": partial(RabbitBroker, "4.0", "quorum", "topic"),
    "rabbitmq-quorum-3.10": partial(RabbitBroker, "3.10", "quorum", "topic"),
    "rabbitmq-classic": partial(RabbitBroker, "4.0", "classic", "direct"),
}
