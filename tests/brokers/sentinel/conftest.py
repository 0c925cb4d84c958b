"""Fixtures: a primary with two replicas and three sentinels, workers and clients behind them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from celery import Celery

from tests.conformance.ledger import Ledger
from tests.support.sentinels import SentinelCluster
from tests.support.workers import WorkerFactory

from .behind import StartBehind, client_behind

# What a server needs so that a failover loses as little as possible.
SAFE = ("--min-replicas-to-write", "1", "--min-replicas-max-lag", "10")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentinelCluster]:
    """A cluster that the tests of a file share, whole at the start of each."""
    with closing(SentinelCluster(tmp_path_factory.mktemp("sentinels"), SAFE)) as made:
        yield made


@pytest.fixture(autouse=True)
def whole(request: pytest.FixtureRequest) -> None:
    """Bring the shared cluster together before each test."""
    if "cluster" in request.fixturenames:
        request.getfixturevalue("cluster").wait_until_whole()


@pytest.fixture
def start(cluster: SentinelCluster, tmp_path: Path) -> Iterator[StartBehind]:
    """`start(kind)` starts a worker behind the cluster's sentinels."""
    factory = WorkerFactory(cluster.url, tmp_path / "workers")
    yield StartBehind(factory, cluster.url)
    factory.close()


@pytest.fixture
def client(cluster: SentinelCluster) -> Iterator[Celery]:
    """A Python client with celery_reliable's settings."""
    app = client_behind(cluster.url)
    yield app
    app.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """What the tasks note."""
    return Ledger(tmp_path / "ledger")
