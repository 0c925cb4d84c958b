"""Fixtures of the tests of probes and figures."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.workers import Target, client_for, close_client
from tests.monitoring.scraping import KINDS, StartWatched, Watched
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def watch(valkey: ValkeyServer, workers: WorkerFactory) -> StartWatched:
    """`watch(kind)` starts a worker on the test's own server."""

    def start(kind: str, **given: Any) -> Watched:
        return Watched(workers, valkey.url, kind, **given)

    return start


@pytest.fixture
def queue(valkey: ValkeyServer) -> Iterator[Target]:
    client = client_for(valkey.url)
    yield Target(client, "jobs")
    close_client(client)
