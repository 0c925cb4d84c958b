"""How a task ends is stored, and its message goes, as Celery has it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.result import AsyncResult
from redis import Redis

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .broker import dead
from .executions import FAILURE_EXPIRES_S, Programs
from .ledger import Ledger
from .workers import Kind, StartWorker, Target


@pytest.fixture
def redis(execution_server: ValkeyServer) -> Any:
    client = execution_server.client
    yield client
    client.close()


def error_of(result: "AsyncResult[Any]") -> str:
    """The error that is the result of a task, as its class and its message."""
    error = result.get(timeout=30, propagate=False)
    return f"{type(error).__name__}: {error}"


def state_of(result: "AsyncResult[Any]") -> str:
    """The state, which may be one of the task's own."""
    return str(result.state)


def test_a_task_that_waits_to_be_started_is_pending(worker: Target) -> None:
    result = worker.send("basic.add", (1, 2), countdown=1.5)
    worker.call("basic.nothing")  # what was sent before it has been received
    assert (result.state, result.info) == ("PENDING", None)
    assert result.get(timeout=30) == 3


def test_a_task_that_tracks_its_start_is_started_until_it_ends(worker: Target, tmp_path: Path) -> None:
    result = worker.send("outcomes.tracked", (str(tmp_path / "go"),))
    wait_until(lambda: result.state == "STARTED", 30, "state STARTED")
    assert sorted(result.info) == ["hostname", "pid"]
    (tmp_path / "go").touch()
    assert result.get(timeout=30) == "done"


def test_a_custom_state_arrives_with_its_meta(worker: Target, tmp_path: Path) -> None:
    result = worker.send("outcomes.progress", (str(tmp_path / "go"),))
    wait_until(lambda: state_of(result) == "PROGRESS", 30, "state PROGRESS")
    assert result.info == {"done": 1, "of": 2}
    (tmp_path / "go").touch()
    assert result.get(timeout=30) == "done"


def test_an_ignored_task_keeps_the_state_that_it_gave_itself(worker: Target, redis: Redis) -> None:
    result = worker.send("outcomes.ignore_after", ("PAUSED", {"at": 3}))
    wait_until(lambda: state_of(result) == "PAUSED", 30, "state PAUSED")
    wait_until(lambda: redis.hlen("unacked") == 0, 30, "its acknowledgement")
    assert (state_of(result), result.info) == ("PAUSED", {"at": 3})


def test_a_task_stores_its_own_failure_and_the_state_of_another(worker: Target) -> None:
    another = f"another-of-{worker.queue}"
    worker.call("outcomes.update_other", (another, "WAITING", {"for": "it"}))
    other = worker.app.AsyncResult(another)
    assert (state_of(other), other.info) == ("WAITING", {"for": "it"})
    failed = worker.send("outcomes.fail_itself", ("half way",))
    assert error_of(failed) == "ValueError: half way"
    assert state_of(failed) == "FAILURE"


def test_a_task_has_its_options_as_attributes_with_the_values_in_force(worker: Target) -> None:
    own = {"max_retries": 5, "acks_on_timeout": False, "priority": 2}
    annotated = {"default_retry_delay": 7, "rate_limit": "100/s"}
    of_settings = {"time_limit": 3, "soft_time_limit": None, "serializer": "json", "expires": None}
    off = dict.fromkeys(("ignore_result", "track_started", "store_errors_even_if_ignored"), False)
    on = dict.fromkeys(("trail", "send_events", "typing", "acks_on_failure"), True)
    expected = own | annotated | of_settings | off | on | {"resultrepr_maxsize": 1024}
    assert worker.call("outcomes.attributes") == expected


def test_a_rejected_task_that_is_put_back_runs_again(worker: Target, ledger: Ledger) -> None:
    assert worker.call("outcomes.reject_once", (ledger.path,)) == "second time"
    assert len(ledger.entries("run")) == 2


def test_an_expected_error_is_no_error_in_the_log(worker: Target, execution_programs: Programs) -> None:
    unexpected, expected = worker.send("errors.fail", ("no",)), worker.send("outcomes.expected", ("key",))
    assert error_of(expected).startswith("KeyError")
    assert error_of(unexpected) == "ValueError: no"
    log = execution_programs[worker.queue].wait_for_log
    log(rf"Task conformance.errors.fail\[{unexpected.id}\] raised unexpected")
    log(rf"\[{expected.id}\] raised expected")
    assert f"{expected.id}] raised unexpected" not in execution_programs[worker.queue].log


def test_errors_of_ignored_results_are_stored_only_with_the_option(worker: Target, redis: Redis) -> None:
    unheard = worker.send("outcomes.fail_unheard", ("no",))
    success = worker.send("outcomes.fail_heard", ("",))
    assert error_of(worker.send("outcomes.fail_heard", ("no",))) == "ValueError: no"
    wait_until(lambda: redis.hlen("unacked") == 0, 30, "the end of all of them")
    assert redis.exists(*(f"celery-task-meta-{result.id}" for result in (unheard, success))) == 0


def test_a_failure_is_kept_as_long_as_its_own_setting_says(worker: Target, redis: Redis) -> None:
    failure, success = worker.send("errors.fail", ("no",)), worker.send("basic.add", (1, 2))
    assert error_of(failure) == "ValueError: no"
    assert success.get(timeout=30) == 3
    assert FAILURE_EXPIRES_S - 60 < redis.ttl(f"celery-task-meta-{failure.id}") <= FAILURE_EXPIRES_S
    assert redis.ttl(f"celery-task-meta-{success.id}") > 80_000


def test_time_limits_come_from_message_task_or_app(worker: Target) -> None:
    by_message = worker.send("outcomes.sleep_limited", (2.5,), time_limit=2)
    longer_message = worker.send("outcomes.sleep_limited", (1.4,), time_limit=3)
    by_task = worker.send("outcomes.sleep_limited", (2.5,))
    by_app = worker.send("outcomes.sleep", (4,))
    assert longer_message.get(timeout=30) == "slept"
    errors = [error_of(result) for result in (by_message, by_task, by_app)]
    assert errors == [f"TimeLimitExceeded: TimeLimitExceeded({s}.0,)".replace(".0,", ",") for s in (2, 1, 3)]


def test_a_task_over_its_hard_limit_calls_its_handlers_of_a_failure(worker: Target, ledger: Ledger) -> None:
    result = worker.send("hooks.observed", (ledger.path, "hang"), {"queue": worker.queue}, time_limit=1)
    assert error_of(result).startswith("TimeLimitExceeded")
    ledger.wait_for("after_return")
    events = [entry.event for entry in ledger.entries()]
    assert events == ["before_start", "run", "on_failure", "after_return"]


@pytest.mark.difference(
    "A rejected message: `Reject` without `requeue`, or a failure with `acksOnFailure: false`"
)
def test_an_unacknowledged_failure_is_stored_and_does_not_run_again(
    worker: Target, ledger: Ledger, redis: Redis
) -> None:
    """A stock worker drops the message, the others keep it among the dead letters."""
    result = worker.send("outcomes.fail_unacknowledged", (ledger.path,))
    assert error_of(result) == "ValueError: no"
    wait_until(lambda: redis.hlen("unacked") == 0, 30, "the end of its message")
    assert redis.llen(worker.queue) == 0
    assert len(ledger.entries("run")) == 1
    kept = [header["reason"] for header, raw in dead(redis, worker.queue) if result.id in raw]
    assert kept == ([] if worker.queue == "py" else ["ValueError"])


@pytest.mark.parametrize("option", ["hang_once", "hang_once_older"])
def test_a_timeout_that_is_not_acknowledged_puts_the_task_back(
    worker: Target, ledger: Ledger, option: str
) -> None:
    result = worker.send(f"outcomes.{option}", (ledger.path,))
    assert error_of(result).startswith("TimeLimitExceeded")

    def again() -> "AsyncResult[Any]":
        return worker.app.AsyncResult(result.id)  # one that is ready remembers itself

    wait_until(lambda: again().state == "SUCCESS", 30, "the result of the second run")
    assert again().result == "second time"
    assert len(ledger.entries("run")) == 2


def test_a_timeout_is_acknowledged_otherwise(worker: Target, ledger: Ledger, redis: Redis) -> None:
    assert error_of(worker.send("outcomes.hang", (ledger.path,))).startswith("TimeLimitExceeded")
    wait_until(lambda: redis.hlen("unacked") == 0, 30, "its acknowledgement")
    assert redis.llen(worker.queue) == 0
    assert len(ledger.entries("run")) == 1


@pytest.mark.parametrize("delivery", ["py", "reliable", "js"])
def test_a_task_that_is_acknowledged_early_never_runs_again(
    start: StartWorker, queue: Target, ledger: Ledger, delivery: str, valkey: ValkeyServer
) -> None:
    kind = Kind.NODE if delivery == "js" else Kind.PYTHON
    options: dict[str, Any] = {"reliable": {"lease_s": 1}} if delivery == "reliable" else {}
    if delivery == "js":
        options = {"node": {"lease_s": 1}}
    victim = start(kind, **options)
    queue.send("outcomes.early", (ledger.path, "early", 600))
    ledger.wait_for("start")
    client = valkey.client
    wait_until(lambda: client.hlen("unacked") == 0, 30, "its acknowledgement")
    victim.kill()
    start(kind, **options)
    queue.send("outcomes.early", (ledger.path, "next", 0)).get(timeout=30)
    # Nothing is left that any worker could bring back. A result may come before an early acknowledgement.
    left = ("unacked", "unacked_index", "celery.leases", "celery.parked", "jobs")
    wait_until(lambda: client.exists(*left) == 0, 30, "the acknowledgement of the next task")
    client.close()
    assert ledger.labels("start") == ["early", "next"]


LINK = {"task": "conformance.basic.echo", "args": [], "kwargs": {}, "options": {"queue": "nowhere"}}
RETRIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "args": ({"args": [{}, 1]}, {"args": [1]}),
    "kwargs": ({"kwargs": {"y": 2}}, {"kwargs": {"y": 2}}),
    "priority": ({"priority": 1}, {"priority": 1}),
    "headers": ({"headers": {"other": "new"}}, {"headers": {"other": "new"}}),
    "both limits": ({"time_limit": 9, "soft_time_limit": 8}, {"limits": [9, 8]}),
    "one limit": ({"soft_time_limit": 8}, {"limits": [20, 8]}),
    "shadow": ({"shadow": "other.name"}, {"shadow": "other.name"}),
    "reply_to": ({"reply_to": "there"}, {"reply_to": "there"}),
    "link": ({"link": LINK}, {"callbacks": 1}),
    "link_error": ({"link_error": LINK}, {"errbacks": 1}),
    "root_id": ({"root_id": "another"}, {"root_id": "another"}),
}


@pytest.mark.parametrize("option", RETRIES)
def test_a_retry_is_sent_as_before_except_for_new_options(worker: Target, option: str) -> None:
    given, changed = RETRIES[option]
    sent = {"headers": {"mine": "old"}, "priority": 2, "shadow": "shadow.name", "reply_to": "here"}
    limits = {"time_limit": 20, "soft_time_limit": 15}
    ids = {"correlation_id": "of the first run"}
    result = worker.send("outcomes.retry_with", (given, "old"), {"x": 1}, **sent, **limits, **ids)
    expected = {
        "args": ["old"],
        "kwargs": {"x": 1},
        "headers": {"mine": "old"},
        "limits": [20, 15],
        "priority": 2,
        "queue": worker.queue,
        "expires": None,
        "shadow": "shadow.name",
        "reply_to": "here",
        "correlation_id": result.id,
        "ignore_result": False,
        "callbacks": 0,
        "errbacks": 0,
        "retries": 1,
        "root_id": result.id,
    }
    retried = result.get(timeout=30)
    assert retried.pop("eta") is not None
    assert retried == expected | changed


def test_a_retry_starts_at_its_eta(worker: Target) -> None:
    eta = datetime.now(UTC) + timedelta(seconds=0.7)
    retried = worker.call("outcomes.retry_with", ({"countdown": None, "eta": eta},))
    assert datetime.now(UTC) >= eta
    assert (retried["retries"], retried["eta"]) == (1, eta.isoformat())


def test_a_retry_may_go_to_another_queue_and_expire(worker: Target, redis: Redis) -> None:
    aside = f"{worker.queue}-aside"
    result = worker.send("outcomes.retry_with", ({"queue": aside, "expires": 600, "countdown": 0},))
    wait_until(lambda: redis.llen(aside) == 1, 30, "the retry in the other queue")
    [raw] = redis.lrange(aside, 0, -1)
    assert result.id in str(raw)
    assert '"expires": "20' in str(raw)


def test_a_retry_that_ignores_its_result_stores_none(worker: Target) -> None:
    result = worker.send("outcomes.retry_with", ({"ignore_result": True},))
    wait_until(lambda: result.state == "RETRY", 30, "state RETRY")
    worker.call("outcomes.retry_with", ({},))  # takes as long as the other retry
    assert result.state == "RETRY"


def test_a_retry_that_does_not_throw_lets_the_task_end_first(worker: Target, ledger: Ledger) -> None:
    result = worker.send("outcomes.retry_aside", (ledger.path,))
    assert result.get(timeout=30) == "Retry"
    ledger.wait_for("run", 2)
    assert ledger.labels("run") == ["0", "1"]


def test_a_retry_counts_up_to_the_limit_that_it_is_given(worker: Target, ledger: Ledger) -> None:
    assert error_of(worker.send("outcomes.retry_at_most", (ledger.path, 1))) == "ConnectionError: enough"
    assert len(ledger.entries("run")) == 2


def test_automatic_retries_take_the_options_of_a_retry(worker: Target, ledger: Ledger) -> None:
    assert error_of(worker.send("outcomes.autoretry_once", (ledger.path,))) == "ConnectionError: again"
    assert len(ledger.entries("run")) == 2


def test_autoretry_of_everything_retries_reject_but_not_ignore(worker: Target, ledger: Ledger) -> None:
    worker.send("outcomes.autoretry_all", (ledger.path, "ignore"))
    result = worker.send("outcomes.autoretry_all", (ledger.path, "reject"))
    assert error_of(result).startswith("Reject")
    assert sorted(ledger.labels("run")) == ["ignore", "reject", "reject"]
