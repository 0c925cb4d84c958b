"""A failover behind sentinels: both kinds of worker go on at the new primary, and what they held runs once.

`make test-brokers` says more: load, frozen and demoted primaries, passwords, TLS, wrong input, every client.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from celery import Celery

from tests.brokers.sentinel.behind import StartBehind, client_behind
from tests.support.sentinels import SentinelCluster
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .ledger import Ledger
from .workers import KINDS

pytestmark = pytest.mark.on_redis


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[SentinelCluster]:
    """A primary, a replica and one sentinel."""
    with closing(SentinelCluster(tmp_path / "servers", replicas=1, sentinels=1, down_after_ms=500)) as made:
        yield made


@pytest.fixture
def client(cluster: SentinelCluster) -> Iterator[Celery]:
    """A Python client behind the sentinel."""
    with closing(client_behind(cluster.url)) as app:
        yield app


def test_workers_and_what_they_hold_survive_a_failover(
    cluster: SentinelCluster, client: Celery, tmp_path: Path
) -> None:
    ledger, gate = Ledger(tmp_path / "ledger"), tmp_path / "gate"
    with closing(WorkerFactory(cluster.url, tmp_path / "workers")) as factory:
        start = StartBehind(factory, cluster.url)
        for kind in KINDS:
            start(kind, queues=kind)
            client.send_task("conformance.work.gate", [ledger.path, kind, str(gate)], queue=kind)
        ledger.wait_for("start", 2)

        cluster.fail_over()
        gate.touch()
        results = [client.send_task("conformance.basic.add", [1, 2], queue=kind) for kind in KINDS]

        assert [result.get(timeout=20) for result in results] == [3, 3]
        ledger.wait_for("end", 2)
        with cluster.primary.client as redis:
            wait_until(lambda: redis.hlen("unacked") == 0, 25, "the acknowledgements")
        assert sorted(ledger.labels("start")) == sorted(KINDS)
