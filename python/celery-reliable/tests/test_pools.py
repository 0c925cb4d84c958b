"""Pools that change while the worker runs, and pools that are refused."""

import os
import signal
from pathlib import Path

from celery import Celery
from conftest import QUICK, Ledger, Server, StartWorker
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"


def test_an_autoscaled_worker_fetches_for_its_maximum_of_processes(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start(arguments=(*QUICK, "--autoscale", "4,1"), env={"AUTOSCALE_KEEPALIVE": "1"})
    second_gate = gate.with_name("second")
    for number in range(8):
        client.send_task(f"{TASK}.hold", [str(ledger), f"{number}", str(gate)])
    wait_until(lambda: ledger.count("begin") == 4, 20, "four running tasks")
    assert (server.held(), server.waiting()) == (4, 4)

    client.control.autoscale(6, 1)
    wait_until(lambda: ledger.count("begin") == 6, 20, "six running tasks")
    assert (server.held(), server.waiting()) == (6, 2)
    gate.touch()
    wait_until(lambda: ledger.count("end") == 8, 20, "the end of all")
    wait_until(lambda: processes(client) == 1, 30, "one process")

    client.control.autoscale(2, 1, reply=True)
    for number in range(8, 12):
        client.send_task(f"{TASK}.hold", [str(ledger), f"{number}", str(second_gate)])
    wait_until(lambda: ledger.count("begin") == 10, 20, "two more running tasks")
    assert (server.held(), server.waiting()) == (2, 2)
    second_gate.touch()
    wait_until(server.is_clean, 30, "a clean server")
    assert ledger.runs() == {f"{number}": 1 for number in range(12)}


def processes(client: Celery) -> int:
    """How many processes the worker has now; 0 when it does not say."""
    stats = client.control.inspect(timeout=1).stats() or {}
    return sum(len(worker["pool"]["processes"]) for worker in stats.values())


def test_a_task_whose_process_dies_after_its_lease_is_left_alone(
    server: Server, redis: Redis, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(concurrency=1)
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="the start")
    redis.delete("celery.leases", "unacked", "unacked_index")  # as if another worker had taken and finished it
    worker.wait_for_log("has run out")

    os.kill(int(ledger.path.read_text().split()[-1]), signal.SIGKILL)

    worker.wait_for_log("is not retried: the lease of its message has run out")
    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    assert ledger.runs() == {"a": 1}
    wait_until(server.is_clean, what="the acknowledgement of the last task")


def test_a_pool_of_green_threads_is_refused_in_one_line(start: StartWorker) -> None:
    worker = start(pool="custom", wait=False, env={"CELERY_CUSTOM_WORKER_POOL": "green_pool:GreenPool"})

    assert worker.wait(25) != 0
    [line] = [line for line in worker.log.splitlines() if "gevent" in line]
    assert "GreenPool: celery_reliable needs threads that run while a task computes" in line
    assert "--pool prefork, threads or solo" in line
    assert "Traceback" not in worker.log
