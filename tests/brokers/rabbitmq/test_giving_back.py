"""Messages that a worker gives back. RabbitMQ counts what returns to it, but no worker was lost."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.brokers.rabbitmq.fleet import KINDS, RESULT_WITHIN_S, Fleet, client
from tests.brokers.rabbitmq.node import Broker

# More than the workers' `max_deliveries`: 3 in Python, 5 in Node.
TIMES = 6
# Workers that hold more than they run.
AHEAD: dict[str, Any] = {
    "node": {"workerConcurrency": 1, "workerPrefetchMultiplier": 20},
    "python": {"worker_prefetch_multiplier": 20},
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_stopping_worker_has_not_started_does_not_count_as_lost(
    fleet: Fleet, broker: Broker, kind: str
) -> None:
    start = fleet.node if kind == "node" else fleet.python
    with client(broker) as app:
        results = [app.send_task("tests.sleep", [0.6]) for _ in range(2 * TIMES)]
        for _ in range(TIMES):
            worker = start(**AHEAD[kind])
            worker.wait_for_log(r"tests\.sleep\[.*received")
            worker.signal(signal.SIGTERM)
            assert worker.wait() == 0
        start(**AHEAD[kind])

        assert [result.get(timeout=RESULT_WITHIN_S) for result in results] == [0.6] * len(results)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_waits_for_its_eta_does_not_count_as_lost(
    fleet: Fleet, broker: Broker, kind: str
) -> None:
    """As a sender without native delayed delivery writes it: its worker waits."""
    with client(broker, stock=True) as app:
        # Too far away to come while the workers start. A Node worker gives one back that is two leases away.
        eta = datetime.now(UTC) + timedelta(seconds=100)
        result = app.send_task("tests.now", headers={"eta": eta.isoformat()})
        for _ in range(TIMES):
            worker = fleet.start(kind)
            worker.wait_for_log(r"tests\.now\[.*received")
            worker.signal(signal.SIGTERM)
            assert worker.wait() == 0
        fleet.start(kind).wait_for_log(r"tests\.now\[.*received")

        assert result.state == "PENDING"


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_that_its_task_puts_back_does_not_count_as_lost(
    fleet: Fleet, broker: Broker, kind: str, tmp_path: Path
) -> None:
    fleet.start(kind)
    runs = tmp_path / "runs"
    with client(broker) as app:
        result = app.send_task("tests.put_back", [str(runs), TIMES], priority=3)

        assert result.get(timeout=RESULT_WITHIN_S) == TIMES + 1
    assert runs.read_text() == "x" * (TIMES + 1)
