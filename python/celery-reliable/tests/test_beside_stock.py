"""A stock worker on the same queue, both with work, and one of the two is killed: nothing is lost."""

from pathlib import Path

from celery import Celery
from conftest import Ledger, Server, StartWorker, kill_all
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"
LATE = {"task_acks_late": True}


def test_a_reliable_worker_is_killed_beside_a_stock_one(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger
) -> None:
    window = 4
    settings = {"worker_prefetch_multiplier": window // 2}
    killed = start(pool="threads", settings=settings, lease_s=1)
    stock = start(delivery="stock", pool="threads", settings=settings | LATE)
    labels = {str(number) for number in range(300)}
    for label in sorted(labels):
        client.send_task(f"{TASK}.work", [str(ledger), label, 0.05])
    wait_until(lambda: {str(killed.pid), str(stock.pid)} <= who_began(ledger), 20, "work of both")

    kill_all(killed)
    left = server.waiting()
    start(pool="threads", settings=settings, lease_s=1)

    assert left > 0
    wait_until(lambda: server.held() + server.waiting() == 0, 40, "the end of all")
    runs = ledger.runs()
    assert set(runs) == labels
    assert sum(runs.values()) <= len(labels) + window
    assert not redis.exists("unacked_index", "celery.leases")


def test_a_stock_worker_is_killed_beside_a_reliable_one(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """Kombu's own sweep brings back what it held, an hour later, and only that."""
    stock = start(delivery="stock", pool="threads", settings=LATE)
    for label in "ab":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 2, what="two tasks of the stock worker")
    theirs = redis.hkeys("unacked")
    start(pool="threads", lease_s=1)
    for label in "cdef":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 4 and server.held() == 4, what="two tasks of ours")

    kill_all(stock)
    for tag in theirs:
        redis.zadd("unacked_index", {str(tag): 1})  # it has held it since 1970
    sweeping = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    start(delivery="stock", queues="other", settings={"broker_transport_options": sweeping})
    wait_until(lambda: server.held() == 2, 20, "kombu's sweep")
    gate.touch()

    wait_until(lambda: ledger.count("end") == 6, 20, "the end of all")
    assert ledger.runs() == {"a": 2, "b": 2, "c": 1, "d": 1, "e": 1, "f": 1}
    wait_until(server.is_clean, what="a clean server")


def who_began(ledger: Ledger) -> set[str]:
    """The processes that have begun with a task."""
    return {line.split()[2] for line in ledger.path.read_text().splitlines() if line.startswith("begin")}
