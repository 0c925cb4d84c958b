"""What is wrong with stock Celery on Redis, measured with Celery 5.7.0, and that it is not so here.

A stock worker shows each fault too: here, or for 3, 4, 7, 8 and 9 in `test_stock_faults`.
"""

import signal
import time
from pathlib import Path

import pytest
from celery import Celery
from conftest import LEASE_S, Ledger, Server, StartWorker, kill_all
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"


@pytest.mark.parametrize("delivery", ["stock", "reliable"])
def test_1_a_message_whose_reply_is_cut_off_is_not_lost(
    delivery: str, server: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    """kombu takes with BRPOP and records later: a reply that is lost in between takes the message with it."""
    worker = start(delivery=delivery)
    waiting = "brpop" if delivery == "stock" else "blmove"
    wait_until(lambda: any(c["cmd"] == waiting for c in redis.client_list()), what="a waiting worker")
    worker.signal(signal.SIGSTOP)
    result = client.send_task(f"{TASK}.add", [1, 2])
    wait_until(lambda: server.waiting() == (0 if delivery == "stock" else 1), what="the server's answer")

    kill_all(worker)
    start(delivery=delivery)

    if delivery == "stock":
        assert client.send_task(f"{TASK}.add", [3, 4]).get(timeout=20) == 7
        assert result.state == "PENDING"
        assert server.waiting() + server.held() == 0
    else:
        assert result.get(timeout=20) == 3


@pytest.mark.parametrize("delivery", ["stock", "reliable"])
def test_2_what_a_killed_worker_ran_runs_again(
    delivery: str, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """Celery acknowledges before the task runs."""
    worker = start(delivery=delivery)
    for label in ("a", "b"):
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")
    if delivery == "stock":
        wait_until(lambda: server.held() == 0, what="the early acknowledgements")
    kill_all(worker)
    gate.touch()

    start(delivery=delivery)

    if delivery == "stock":
        assert client.send_task(f"{TASK}.add", [3, 4]).get(timeout=20) == 7
        assert server.held() + server.waiting() == 0
        assert ledger.count("end") == 0
    else:
        wait_until(lambda: ledger.count("end") == 2, 30, "the end of both")
        wait_until(server.is_clean, what="a clean server")


def test_3_recovery_takes_one_lease_and_a_sweep(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """kombu's sweep comes every 100 s, whatever the visibility timeout is."""
    worker, _ = start(), start()
    for label in "abcd":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 4, what="four running tasks")
    kill_all(worker)
    gate.touch()
    killed = time.monotonic()

    wait_until(lambda: len(ledger.runs()) == 4 and ledger.count("end") == 4, 20, "the end of all")

    assert time.monotonic() - killed < LEASE_S + 10
    wait_until(server.is_clean, what="a clean server")


def test_4_a_task_of_three_leases_runs_once(server: Server, client: Celery, start: StartWorker, ledger: Ledger) -> None:
    """A 20 s task under a visibility timeout of 8 s runs three times."""
    pools = ("prefork", "threads", "solo")
    for pool in pools:
        start(pool=pool, queues=pool, lease_s=1)
    start(pool="threads", queues=",".join(pools), concurrency=6, lease_s=1)
    for pool in pools:
        for number in range(3):
            client.send_task(f"{TASK}.work", [str(ledger), f"{pool}-{number}", 3.5], queue=pool)

    wait_until(lambda: ledger.count("end") == 9, 40, "the end of all")

    assert set(ledger.runs().values()) == {1}
    wait_until(server.is_clean, what="a clean server")


@pytest.mark.parametrize("delivery", ["stock", "reliable"])
def test_5_a_message_that_is_no_json_ends_among_the_dead_letters(
    delivery: str, server: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    """It ends a stock worker, and ends it again after every restart."""
    raw = '{"body": "W10=", not json'
    redis.lpush("jobs", raw)
    worker = start(delivery=delivery, wait=False)

    if delivery == "stock":
        assert worker.wait(30) != 0
        assert "Unrecoverable error" in worker.log
    else:
        assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
        [(header, message)] = wait_until(server.dead)
        assert (header["reason"], message) == ("undecodable", raw)


@pytest.mark.parametrize("delivery", ["stock", "reliable"])
def test_5_a_bad_entry_in_unacked_keeps_nothing_from_the_sweep(
    delivery: str, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """It makes every sweep of kombu raise, and nothing behind it is ever restored."""
    redis.hset("unacked", "bad", "[not json")
    redis.zadd("unacked_index", {"bad": 1.0})
    redis.zadd("celery.leases", {"bad": 1.0})
    if delivery == "stock":
        settings = {
            "task_acks_late": True,
            "broker_transport_options": {
                "visibility_timeout": 1,
                "unacked_restore_interval": 1,
                "unacked_restore_throttle": 1,
            },
        }
        worker = start(delivery=delivery, settings=settings, wait=False)
        wait_until(lambda: "JSONDecodeError" in worker.log, 20, "a failing sweep")
        return
    worker = start()
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    kill_all(worker)
    gate.touch()

    start()

    wait_until(lambda: ledger.count("end") == 1, 30, "the end of the task")
    assert redis.zscore("celery.leases", "bad") is None


@pytest.mark.parametrize("delivery", ["stock", "reliable"])
def test_6_a_server_restart_during_a_task_does_not_end_the_worker(
    delivery: str, server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """With a late-acknowledged task and an empty queue a stock worker ends with an AttributeError on hostname."""
    worker = start(delivery=delivery, settings={"task_acks_late": True})
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    server.stop()
    worker.wait_for_log("Trying again|Cannot connect|Connection to broker lost")
    gate.touch()
    server.start()

    if delivery == "stock":
        wait_until(lambda: worker.exit_code is not None or ledger.count("begin") > 1, 40, "the fault")
        assert worker.exit_code is not None, worker.log
        assert "AttributeError" in worker.log
    else:
        wait_until(server.is_clean, 20, "a clean server")
        # Celery's own client may miss what is stored while it subscribes again, and would wait for it in get().
        added = client.send_task(f"{TASK}.add", [1, 2])
        wait_until(added.ready, 20, "the result")
        assert added.result == 3
        assert ledger.runs() == {"a": 1}


def test_7_what_was_reserved_runs_at_once_after_an_outage(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """In stock Celery it sits in `unacked` until the visibility timeout."""
    worker = start(concurrency=1, settings={"worker_prefetch_multiplier": 4}, lease_s=60)
    for label in "abcd":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: server.held() == 4 and ledger.count("begin") == 1, what="four held, one running")

    server.stop()
    worker.wait_for_log("Cannot connect|Connection to broker lost")
    server.start()
    gate.touch()

    wait_until(lambda: ledger.count("end") == 4, 20, "the end of all")
    assert ledger.runs() == {"a": 1, "b": 1, "c": 1, "d": 1}
    wait_until(server.is_clean, what="a clean server")


def test_8_a_task_that_kills_its_worker_is_given_up(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    """In stock Celery with late acknowledgements it is delivered again forever."""
    result = client.send_task(f"{TASK}.kill_process", [str(ledger), "killer", 9])
    for killed in (1, 2):
        start(max_deliveries=2, lease_s=1, pool="solo", wait=False)
        wait_until(lambda: ledger.count("begin") == killed, 20, f"death {killed}")  # noqa: B023 - called at once
    start(max_deliveries=2, lease_s=1, pool="solo")

    with pytest.raises(Exception, match="2 workers were lost") as caught:
        result.get(timeout=20)

    assert type(caught.value).__name__ == "WorkerLostError"
    [(header, _)] = wait_until(server.dead)
    assert (header["reason"], header["deliveries"]) == ("WorkerLostError", 2)
    assert ledger.runs() == {"killer": 2}
    wait_until(server.is_clean, what="a clean server")


def test_8_tasks_beside_a_killer_task_are_not_given_up(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """Neither what ran beside it nor what waited: both are lost with it as often as the limit allows."""
    beside = client.send_task(f"{TASK}.hold", [str(ledger), "beside", str(gate)])
    killer = client.send_task(f"{TASK}.kill_process", [str(ledger), "killer", 9])
    behind = [client.send_task(f"{TASK}.work", [str(ledger), f"behind-{n}", 0]) for n in range(5)]
    settings = {"worker_prefetch_multiplier": 4}
    for killed in (1, 2):
        start(max_deliveries=2, lease_s=1, pool="threads", settings=settings, wait=False).wait(25)
        assert ledger.count("begin", "killer") == killed
        gate.touch()
    start(max_deliveries=2, lease_s=1, pool="threads", settings=settings)

    assert [result.get(timeout=20) for result in (beside, *behind)] == ["beside", *(f"behind-{n}" for n in range(5))]
    assert type(killer.get(timeout=20, propagate=False)).__name__ == "WorkerLostError"
    [(header, message)] = server.dead()
    assert header["deliveries"] == 2
    assert killer.id in message
    runs = ledger.runs()
    assert runs.pop("beside") <= 2  # the killer may have been quicker
    assert runs == {"killer": 2, **{f"behind-{n}": 1 for n in range(5)}}
    wait_until(server.is_clean, what="a clean server")


def test_9_a_late_acknowledgement_leaves_the_second_holder_alone(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    """A redelivered message keeps its tag in stock Celery: the first holder ends the second one's record."""
    first = start(pool="solo", lease_s=1)
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: ledger.count("begin") == 1, what="a running task")
    [first_tag] = redis.hkeys("unacked")
    first.signal(signal.SIGSTOP)
    second = start(pool="solo", lease_s=5)
    wait_until(lambda: ledger.count("begin") == 2, 20, "the second holder")
    [second_tag] = redis.hkeys("unacked")
    second.signal(signal.SIGSTOP)
    first.signal(signal.SIGCONT)
    gate.touch()
    first.wait_for_log(r"hold\[.*succeeded")
    first.wait_for_log("has run out|had run out before its end")

    assert first_tag != second_tag
    assert redis.hexists("unacked", second_tag)
    second.signal(signal.SIGCONT)
    wait_until(server.is_clean, 20, "a clean server")
