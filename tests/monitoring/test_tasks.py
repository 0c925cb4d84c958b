"""What happens to tasks is counted alike in every worker."""

import time
from functools import partial
from pathlib import Path

import pytest
from celery import chain
from celery.exceptions import TaskRevokedError

from tests.conformance.workers import RESULT_WITHIN_S, Target
from tests.monitoring.scraping import StartWatched, Watched
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

ECHO, FAIL, RETRY = "conformance.basic.echo", "conformance.errors.fail", "conformance.retries.retry_until"


def states(worker: Watched, task: str) -> dict[str, float]:
    """The counters of a task that are not 0."""
    names = ("received", "started", "succeeded", "failed", "rejected", "revoked", "retried")
    counts = {name: worker.value(f"celery_task_{name}_total", name=task, queue_name="jobs") for name in names}
    return {name: count for name, count in counts.items() if count}


def test_tasks_are_counted_by_state(watch: StartWatched, queue: Target, kind: str) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    for _ in range(3):
        assert queue.call("basic.echo", [1]) == 1
    with pytest.raises(Exception, match="broken"):
        queue.call("errors.fail", ["broken"])
    assert queue.call("retries.retry_until", [2]) == 2
    with pytest.raises(TaskRevokedError):
        queue.call("basic.greet", ["x"], expires=-1)

    wait_until(lambda: states(worker, RETRY).get("succeeded"), 30, "the last success")
    wait_until(lambda: states(worker, "conformance.basic.greet"), 30, "the revocation")
    assert states(worker, ECHO) == {"received": 3, "started": 3, "succeeded": 3}
    assert states(worker, FAIL) == {"received": 1, "started": 1, "failed": 1}
    assert states(worker, RETRY) == {"received": 3, "started": 3, "succeeded": 1, "retried": 2}
    assert states(worker, "conformance.basic.greet") == {"revoked": 1}
    failed = "celery_task_failed_total"
    exceptions = {
        dict(own)["exception"] for (name, own), count in worker.figures().items() if name == failed and count
    }
    assert exceptions == {"ValueError"}
    assert worker.value("celery_task_runtime_count", name=ECHO) == 3


def test_a_task_that_has_not_run_is_counted_as_0(watch: StartWatched, kind: str) -> None:
    """Prometheus takes the first value of a counter for no increase."""
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    def shown() -> dict[str, float]:
        labels = {("name", ECHO), ("queue_name", "jobs")}
        return {name: count for (name, own), count in worker.figures().items() if labels <= own}

    states = ("sent", "received", "started", "succeeded", "failed", "rejected", "revoked", "retried")
    # A worker's queues are written twice a second.
    wait_until(shown, 10, "the counters")
    assert shown() == {f"celery_task_{state}_total": 0 for state in states}


def test_what_tasks_send_is_counted(watch: StartWatched, queue: Target, kind: str) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    step = queue.signature("basic.echo")
    sent = chain(queue.signature("basic.echo", [1]), step, step).apply_async()
    assert sent.get(timeout=RESULT_WITHIN_S) == 1
    assert queue.call("retries.retry_until", [2]) == 2

    def count(task: str) -> float:
        return worker.value("celery_task_sent_total", name=task, queue_name="jobs")

    wait_until(lambda: (count(ECHO), count(RETRY)) == (2, 2), 30, "two steps and two retries")


def test_the_wait_is_measured_from_the_sending_or_the_eta(
    watch: StartWatched, queue: Target, kind: str
) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    queue.call("basic.echo", [1], timestamp=time.time() - 100)
    queue.call("basic.echo", [2], timestamp=time.time() - 100, countdown=1)
    queue.call("basic.echo", [3])

    wait_until(lambda: states(worker, ECHO).get("succeeded") == 3, 30, "all")
    wait = "celery_task_queue_wait_time"
    assert worker.value(f"{wait}_count", name=ECHO) == 2, "one message has no time"
    assert worker.value(f"{wait}_bucket", name=ECHO, le="60.0") == 1, "the eta is no waiting"
    assert 100 <= worker.value(f"{wait}_sum", name=ECHO) < 110


@pytest.mark.parametrize("kind", ["reliable", "js"], indirect=True)
def test_dead_letters_are_counted_by_queue_and_reason(watch: StartWatched, queue: Target, kind: str) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")

    queue.app.send_task("no.such.task", queue="jobs")

    def buried() -> float:
        return worker.value("celery_worker_dead_letters_total", queue_name="jobs", reason="NotRegistered")

    wait_until(lambda: buried() == 1, 30, "a dead letter")
    wait_until(
        lambda: worker.value("celery_queue_dead_letters", queue_name="jobs") == 1, 10, "the list's length"
    )


@pytest.mark.parametrize("kind", ["reliable", "js"], indirect=True)
def test_counters_outlive_the_connection(
    watch: StartWatched, queue: Target, kind: str, valkey: ValkeyServer
) -> None:
    worker = watch(kind)
    wait_until(worker.is_ready, 30, "a ready worker")
    queue.app.send_task("no.such.task", queue="jobs")
    wait_until(partial(worker.value, "celery_worker_dead_letters_total"), 30, "a dead letter")

    valkey.stop()
    wait_until(lambda: not worker.is_ready(), 15, "a worker not ready")
    valkey.start()
    wait_until(worker.is_ready, 30, "a ready worker again")

    assert worker.value("celery_worker_dead_letters_total") == 1


@pytest.mark.parametrize("kind", ["reliable", "js"], indirect=True)
def test_what_a_worker_holds_is_shown(watch: StartWatched, queue: Target, kind: str, tmp_path: Path) -> None:
    """Six tasks, two slots and room for two more in the worker, one of them with a lease to be renewed."""
    worker = watch(kind, celery={"worker_prefetch_multiplier": 2})
    wait_until(worker.is_ready, 30, "a ready worker")
    gate, ledger = tmp_path / "gate", tmp_path / "ledger"

    for label in "abcdef":
        queue.send("work.gate", [str(ledger), label, str(gate)], timestamp=time.time() - 50)

    def shown() -> dict[str, float]:
        names = (
            "celery_worker_tasks_active",
            "celery_worker_tasks_prefetched",
            "celery_worker_messages_held",
        )
        return {
            name: worker.value(name)
            for name in (*names, "celery_queue_length", "celery_broker_messages_held")
        }

    busy = dict(zip(shown(), (2, 2, 4, 2, 4), strict=True))
    wait_until(lambda: shown() == busy, 15, f"{busy}, but {shown()}")
    assert worker.value("celery_worker_slots") == worker.value("celery_worker_slots_used") == 2
    assert 50 <= worker.value("celery_queue_oldest_message_age_seconds", queue_name="jobs") < 80
    wait_until(lambda: worker.value("celery_worker_leases_renewed_total") >= 4, 30, "renewed leases")
    gate.touch()
    wait_until(lambda: not any(shown().values()), 15, "an idle worker")


@pytest.mark.parametrize("kind", ["reliable", "js"], indirect=True)
def test_parked_messages_are_counted_by_queue(watch: StartWatched, queue: Target, kind: str) -> None:
    """Exactly up to 200; from then on by a sample."""
    worker = watch(kind, queues="jobs,others")
    wait_until(worker.is_ready, 30, "a ready worker")

    def parked(name: str) -> float:
        return worker.value("celery_queue_messages_parked", queue_name=name)

    for name, count in (("jobs", 3), ("others", 2)):
        for _ in range(count):
            queue.send("basic.echo", [1], queue=name, countdown=7200)
    wait_until(lambda: (parked("jobs"), parked("others")) == (3, 2), 15, "five parked messages")
    assert states(worker, ECHO) == {}, "they are received when they are due"

    for n in range(900):
        queue.send("basic.echo", [n], queue="others" if n % 3 else "jobs", countdown=7200)
    wait_until(lambda: worker.value("celery_broker_messages_parked") == 905, 30, "all parked messages")
    assert parked("jobs") + parked("others") == pytest.approx(905, abs=2)
    assert parked("jobs") == pytest.approx(303, rel=0.15)


@pytest.mark.parametrize("kind", ["py", "reliable"], indirect=True)
def test_replaced_pool_processes_take_no_counts_with_them(
    watch: StartWatched, queue: Target, kind: str
) -> None:
    worker = watch(kind, arguments=("--max-tasks-per-child", "1"))
    wait_until(worker.is_ready, 30, "a ready worker")

    def shows(chains: int) -> bool:
        names = ("celery_task_succeeded_total", "celery_task_runtime_count", "celery_task_sent_total")
        return [worker.value(name, name=ECHO) for name in names] == [2 * chains, 2 * chains, chains]

    for n in range(1, 5):
        sent = chain(queue.signature("basic.echo", [1]), queue.signature("basic.echo")).apply_async()
        assert sent.get(timeout=RESULT_WITHIN_S) == 1
        wait_until(partial(shows, n), 30, f"the counts of {n} chains")


@pytest.mark.parametrize(("pool", "slots"), [("prefork", 2), ("threads", 2), ("solo", 1)])
def test_the_slots_of_every_python_pool_are_shown(
    watch: StartWatched, queue: Target, pool: str, slots: int, tmp_path: Path
) -> None:
    worker = watch("reliable", arguments=("--pool", pool))
    wait_until(worker.is_ready, 30, "a ready worker")
    gate, ledger = tmp_path / "gate", tmp_path / "ledger"

    for label in "abc":
        queue.send("work.gate", [str(ledger), label, str(gate)])

    def used() -> float:
        return worker.value("celery_worker_slots_used", pool=pool)

    wait_until(lambda: used() == slots, 15, f"{slots} slots in use, but {used()}")
    assert worker.value("celery_worker_slots", pool=pool) == slots
    gate.touch()
    wait_until(lambda: not used(), 15, "an idle worker")
