"""What a worker does with the messages that it has taken, pool by pool."""

import json
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import Ledger, Server, StartWorker
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"


def test_a_worker_takes_no_more_than_its_window(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    for number in range(50):
        client.send_task(f"{TASK}.hold", [str(ledger), str(number), str(gate)])
    start(settings={"worker_prefetch_multiplier": 4})
    wait_until(lambda: server.held() == 8, what="a full window")
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    assert (server.held(), server.waiting()) == (8, 42)
    gate.touch()
    wait_until(lambda: ledger.count("end") == 50, 30, "the end of all")
    wait_until(server.is_clean, what="a clean server")


def test_without_prefetching_a_worker_takes_only_what_can_start(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    for number in range(10):
        client.send_task(f"{TASK}.hold", [str(ledger), str(number), str(gate)])
    start(settings={"worker_prefetch_multiplier": 4, "worker_disable_prefetch": True})
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    assert (server.held(), server.waiting()) == (2, 8)


def test_a_stopping_worker_finishes_tasks_and_requeues_the_rest(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(pool="threads", settings={"worker_prefetch_multiplier": 4})
    for number in range(8):
        client.send_task(f"{TASK}.hold", [str(ledger), str(number), str(gate)])
    wait_until(lambda: server.held() == 8 and ledger.count("begin") == 2, what="a full window")

    worker.signal(signal.SIGTERM)
    worker.wait_for_log("Warm shutdown")
    gate.touch()

    assert worker.wait(20) == 0
    left = [json.loads(raw)["headers"]["argsrepr"] for raw in reversed(redis.lrange("jobs", 0, -1))]
    begun = set(ledger.runs())
    assert ledger.count("end") == len(begun)
    assert [f"'{n}'" in text for n, text in zip(range(8 - len(left), 8), left, strict=True)] == [True] * len(left)
    assert redis.exists("unacked", "celery.leases", "unacked_index") == 0


def test_a_cold_stop_puts_back_what_runs_at_once(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    worker = start(lease_s=60)
    client.send_task(f"{TASK}.hold", [str(ledger), "a", str(gate)])
    wait_until(lambda: any((client.control.inspect(timeout=1).active() or {}).values()), what="a running task")

    worker.signal(signal.SIGQUIT)
    worker.wait(20)

    wait_until(lambda: server.waiting() == 1 and server.held() == 0, what="the message in its queue")


@pytest.mark.parametrize("times", [1, 9], ids=["once", "every time"])
def test_a_lost_pool_process_costs_a_retry_and_at_most_max_retries(
    times: int, server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    start()
    result = client.send_task(f"{TASK}.kill_process", [str(ledger), "a", times])

    if times == 1:
        assert result.get(timeout=20) == "a"
    else:
        with pytest.raises(Exception, match="Worker exited prematurely"):
            result.get(timeout=25)
    assert ledger.runs() == {"a": min(times, 3) + 1}
    wait_until(server.is_clean, what="a clean server")


def test_a_task_of_a_lost_process_is_put_back_if_the_app_says_so(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    start(settings={"task_reject_on_worker_lost": True})

    assert client.send_task(f"{TASK}.kill_process", [str(ledger), "a", 1]).get(timeout=25) == "a"

    assert ledger.runs() == {"a": 2}
    wait_until(server.is_clean, what="a clean server")


def test_replaced_processes_leave_their_parents_threads_running(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    worker = start(settings={"worker_max_tasks_per_child": 1, "worker_prefetch_multiplier": 4})
    for number in range(30):
        client.send_task(f"{TASK}.work", [str(ledger), str(number), 0.01])

    wait_until(lambda: ledger.count("end") == 30, 40, "the end of all")
    wait_until(server.is_clean, what="a clean server")
    assert set(ledger.runs().values()) == {1}
    assert "had run out" not in worker.log


def test_near_etas_are_held_far_ones_parked_and_each_runs_once(
    server: Server, client: Celery, redis: Redis, start: StartWorker, ledger: Ledger
) -> None:
    start(lease_s=1, concurrency=1)
    sent = time.time()
    for label, countdown in (("near", 1.5), ("far", 4)):
        client.send_task(f"{TASK}.work", [str(ledger), label, 0], countdown=countdown)

    wait_until(lambda: redis.zcard("celery.parked") == 1 and redis.zcard("celery.leases") == 1, what="one of each")
    wait_until(lambda: ledger.count("end", "near") == 1, what="the near one")
    assert time.time() - sent >= 1.4
    wait_until(lambda: ledger.count("end", "far") == 1, 15, "the far one")
    assert time.time() - sent >= 3.9
    assert ledger.runs() == {"near": 1, "far": 1}
    wait_until(server.is_clean, what="a clean server")


def test_near_etas_beyond_a_thousand_are_parked(client: Celery, redis: Redis, start: StartWorker) -> None:
    eta = datetime.now(UTC) + timedelta(seconds=60)
    with client.producer_pool.acquire() as producer:
        for number in range(1_200):
            client.send_task(f"{TASK}.add", [number, 1], eta=eta, producer=producer, ignore_result=True)
    start(lease_s=60, pool="solo")

    keys = ("celery.leases", "celery.parked")
    wait_until(lambda: [redis.zcard(key) for key in keys] == [1_000, 200], 20, "1,000 held, the others parked")
    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3


def test_priorities_go_first_and_queues_have_fair_turns(client: Celery, start: StartWorker, ledger: Ledger) -> None:
    queues = [f"q{number}" for number in range(10)]
    for round_ in range(3):
        for queue in queues:
            client.send_task(f"{TASK}.work", [str(ledger), f"{queue}-{round_}", 0], queue=queue, priority=9)
    client.send_task(f"{TASK}.work", [str(ledger), "urgent", 0], queue="q9", priority=0)
    start(pool="solo", concurrency=1, queues=",".join(queues))

    wait_until(lambda: ledger.count("end") == 31, 30, "the end of all")

    order = list(ledger.runs())
    assert order[0] == "urgent"
    assert {label.split("-")[0] for label in order[1:11]} == set(queues)


def test_a_queue_is_added_and_cancelled_while_the_worker_runs(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    start(arguments=())  # with mingle, gossip and heartbeats
    for round_ in range(3):
        client.control.add_consumer("extra", reply=True)
        result = client.send_task(f"{TASK}.work", [str(ledger), str(round_), 0], queue="extra")
        assert result.get(timeout=20) == str(round_)
        client.control.cancel_consumer("extra", reply=True)

    assert client.control.ping(timeout=2)
    [queues] = (client.control.inspect(timeout=3).active_queues() or {}).values()
    assert [queue["name"] for queue in queues] == ["jobs"]
    waiting = client.send_task(f"{TASK}.add", [1, 2], queue="extra")
    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=20) == 3
    assert (waiting.state, server.waiting("extra")) == ("PENDING", 1)
    with client.connection() as connection:
        assert connection.default_channel.queue_purge("extra") == 1


def test_an_early_acknowledgement_comes_before_the_end(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start()
    client.send_task(f"{TASK}.early", [str(ledger), "a", str(gate)])

    wait_until(lambda: ledger.count("begin") == 1 and server.held() == 0, what="a running task that is not held")


def test_final_failures_are_kept_if_the_task_says_so(server: Server, client: Celery, start: StartWorker) -> None:
    start()
    result = client.send_task(f"{TASK}.fail_for_good", ["no stock"])

    with pytest.raises(ValueError, match="no stock"):
        result.get(timeout=20)
    [(header, message)] = wait_until(server.dead)
    assert header["reason"] == "ValueError"
    assert json.loads(message)["headers"]["id"] == result.id
    wait_until(server.is_clean, what="a clean server")


def test_what_cannot_be_run_fails_for_its_sender_and_is_kept(
    server: Server, client: Celery, redis: Redis, start: StartWorker
) -> None:
    worker = start()
    unknown = client.send_task("no.such.task")
    wait_until(lambda: len(server.dead()) == 1, what="the first dead letter")
    worker.wait_for_log(rf"The message of task {unknown.id} is kept in jobs\.dead: NotRegistered")
    good = client.send_task(f"{TASK}.add", [1, 2])
    assert good.get(timeout=20) == 3

    def copy_of(**changes: Any) -> str:
        message = json.loads(server.dead()[-1][1])
        message["headers"] |= {"id": changes.pop("id"), "task": f"{TASK}.add"}
        return json.dumps(message | changes)

    redis.lpush("jobs", copy_of(id="undecodable-body", body="W10", **{"content-type": "application/x-nonsense"}))
    redis.lpush("jobs", copy_of(id="no-list-of-arguments", body="MQ=="))
    redis.lpush("jobs", copy_of(id="unreadable-encoding", properties={"body_encoding": "rot13", "delivery_info": {}}))
    wait_until(lambda: len(server.dead()) == 4, 20, "four dead letters")

    assert [header["reason"] for header, _ in server.dead()][-1] == "NotRegistered"
    for task_id in (unknown.id, "undecodable-body"):
        assert client.AsyncResult(task_id).state == "FAILURE"
    assert client.send_task(f"{TASK}.add", [3, 4]).get(timeout=20) == 7
    wait_until(server.is_clean, what="a clean server")


def test_a_stock_worker_beside_us_takes_nothing_of_ours(
    server: Server, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start(lease_s=1)
    start(delivery="stock", queues="other")
    for label in "ab":
        client.send_task(f"{TASK}.hold", [str(ledger), label, str(gate)])
    wait_until(lambda: ledger.count("begin") == 2, what="two running tasks")

    assert client.send_task(f"{TASK}.add", [1, 2], queue="other").get(timeout=20) == 3
    assert client.send_task(f"{TASK}.tag", queue="other").get(timeout=20) is False
    gate.touch()
    wait_until(server.is_clean, 20, "a clean server")
    assert ledger.runs() == {"a": 1, "b": 1}


def test_mingle_gossip_and_events_survive_a_lost_connection(client: Celery, server: Server, start: StartWorker) -> None:
    worker = start(arguments=("--task-events",))
    server.restart()
    worker.wait_for_log("Connection to broker lost")
    worker.wait_for_log("The broker is back", 20)

    assert client.send_task(f"{TASK}.add", [1, 2]).get(timeout=25) == 3
    wait_until(lambda: client.control.ping(timeout=1), 20, "a pong")
