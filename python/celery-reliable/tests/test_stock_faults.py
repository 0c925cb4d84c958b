"""The facts 3, 4, 7, 8 and 9 of `test_nine_facts` in stock Celery: what the tests there show to be gone.

Of fact 3 (recovery took 93 s) only the beginning is waited for: that nothing comes back in the time that we need.
"""

import signal
import time
from pathlib import Path
from typing import Any

from celery import Celery
from conftest import LEASE_S, Ledger, Server, StartWorker, kill_all
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"
LATE = {"task_acks_late": True}
# kombu's sweep every second, for messages that were taken a second ago.
SWEEPING = {"visibility_timeout": 1, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}
LATE_AND_SWEPT: dict[str, Any] = LATE | {"broker_transport_options": SWEEPING}


def test_3_recovery_waits_for_a_sweep_after_the_visibility_timeout(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """kombu sweeps every tenth time (`unacked_restore_throttle`) that it might: every 100 s, here every 30 s."""
    sweeping = {"visibility_timeout": 1, "unacked_restore_interval": 3}
    start(delivery="stock", settings=LATE | {"broker_transport_options": sweeping}, queues="elsewhere")
    first = start(delivery="stock", settings=LATE)
    wait_until(lambda: redis.info("commandstats").get("cmdstat_zrange"), 20, "the first sweep")
    for label in "ab":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")
    killed = time.monotonic()
    kill_all(first)

    wait_until(lambda: time.monotonic() - killed > LEASE_S + 5, 20, "the time in which ours are back")

    assert (server.held(), server.waiting()) == (2, 0)


def test_4_a_task_longer_than_the_visibility_timeout_runs_twice(
    client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start(delivery="stock", pool="threads", settings=LATE_AND_SWEPT)
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])

    wait_until(lambda: ledger.count("begin", "a") == 2, 20, "the second run, beside the first")

    assert ledger.count("end") == 0


def test_7_what_was_reserved_stays_in_unacked_after_an_outage(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """The worker itself mostly ends (fact 6); the next one knows nothing of what waits there either."""
    worker = start(delivery="stock", concurrency=1, settings={"worker_prefetch_multiplier": 4})
    for label in "abcd":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 1 and server.held() >= 3, what="one running, three reserved")

    server.stop()
    worker.wait_for_log("Cannot connect|Connection to broker lost")
    server.start()
    gate.touch()
    start(delivery="stock")

    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    assert server.held() == 3
    assert ledger.runs() == {"a": 1}


def test_8_a_task_that_kills_its_worker_is_redelivered_forever(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    result = client.send_task(f"{TASK}.kill_process", [str(ledger), "killer", 9])
    for killed in (1, 2, 3):
        start(delivery="stock", settings=LATE_AND_SWEPT, pool="solo", wait=False)
        wait_until(lambda: ledger.count("begin") == killed, 20, f"death {killed}")  # noqa: B023 - called at once

    assert (server.held(), server.dead(), result.state) == (1, [], "PENDING")


def test_9_a_late_acknowledgement_ends_the_second_holders_record(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    first = start(delivery="stock", settings=LATE_AND_SWEPT, pool="solo")
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    first_tags = redis.hkeys("unacked")
    first.signal(signal.SIGSTOP)
    second = start(delivery="stock", settings=LATE_AND_SWEPT, pool="solo", wait=False)
    wait_until(lambda: ledger.count("begin") == 2, 20, "the second holder")
    assert redis.hkeys("unacked") == first_tags
    second.signal(signal.SIGSTOP)
    first.signal(signal.SIGCONT)
    gate.touch()

    wait_until(lambda: server.held() == 0, 20, "the first holder's acknowledgement")

    assert ledger.count("end") == 1  # the second one still runs: killed now, its task would be lost
