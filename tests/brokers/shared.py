"""Servers that all processes of `make test-brokers` share. In any other run, each process starts its own."""

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from tests.brokers.postgres.server import PostgresServer, add_database, binaries
from tests.brokers.rabbitmq.node import Ports, RabbitNode
from tests.brokers.rabbitmq.packages import RELEASES, install
from tests.brokers.rabbitmq.server import RabbitServer

VARIABLE = "SHARED_SERVERS"
POSTGRES = "postgres"


@contextmanager
def started() -> Iterator[dict[str, str]]:
    """Start all servers that this machine can have; yields the variable that tells other processes."""
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        for version in RELEASES:
            try:
                installation = install(version)
            except RuntimeError as error:
                print(f"RabbitMQ {version}: {error}", flush=True)
                continue
            folder = stack.enter_context(_folder())
            server = stack.enter_context(closing(RabbitServer(installation, folder)))
            found[version] = {"data": str(server.data), "ports": server.ports}
        if binaries() is not None:
            found[POSTGRES] = stack.enter_context(closing(PostgresServer())).port
        yield {VARIABLE: json.dumps(found)}


@contextmanager
def rabbit(version: str) -> Iterator[RabbitNode]:
    """A RabbitMQ server of this version.

    Raises RuntimeError when this machine cannot have it.
    """
    installation = install(version)
    with _folder() as folder:
        if found := _shared().get(version):
            yield RabbitNode(installation, Path(found["data"]), Ports(*found["ports"]), folder)
        else:
            with closing(RabbitServer(installation, folder)) as server:
                yield server


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database of this process, in UTC, as stock Python workers need it."""
    name = f"jobs_{secrets.token_hex(4)}"
    if port := _shared().get(POSTGRES):
        yield add_database(port, name)
    else:
        with closing(PostgresServer()) as server:
            yield add_database(server.port, name)


def _shared() -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(os.environ.get(VARIABLE, "{}"))
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rabbitmq-", ignore_cleanup_errors=True) as name:
        yield Path(name)
