"""Sentry gets one event for each task that has failed for good, with nothing set but SENTRY_DSN."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import Program
from tests.support.sentry import Sentry, error_of
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory
from tests.telemetry.shop import WITHIN_S, Shop, Tasks, opened

_PYTHON = '''
"""Tasks that fail."""

import os
import signal
import time

from py_workers.worker import celery_app


@celery_app.task
def fail():
    raise ValueError("no stock")


@celery_app.task
def fine():
    return "fine"


@celery_app.task(throws=(KeyError,))
def expected():
    raise KeyError("as expected")


@celery_app.task(autoretry_for=(ValueError,), max_retries=2, default_retry_delay=0)
def flaky():
    raise ValueError("still busy")


@celery_app.task(max_retries=0)
def lost():
    os.kill(os.getpid(), signal.SIGKILL)


@celery_app.task(time_limit=1)
def slow():
    time.sleep(30)
'''
_NODE = """
import { task } from "celery-js";

export const fail = () => {
  throw new RangeError("no stock");
};
export const fine = () => "fine";
export const expected = task({ throws: [TypeError] }, () => {
  throw new TypeError("as expected");
});
const busy = () => {
  throw new RangeError("still busy");
};
export const flaky = task({ autoretryFor: [RangeError], maxRetries: 2, retryKwargs: { countdown: 0 } }, busy);
export const fail_thread = task({ pool: "threads" }, () => {
  throw new RangeError("no stock");
});
export const slow = task({ timeLimit: 0.5 }, () => new Promise(() => {}));
export const lost = () => process.kill(process.pid, "SIGKILL");
"""
TASKS = Tasks(_PYTHON, _NODE)
# Workers look for messages of dead ones once in a while.
SWEPT_WITHIN_S = 90.0
ERRORS = {"py": "ValueError", "js": "RangeError"}


class Reporting(Shop):
    """Its workers report to a stand-in for Sentry."""

    def __init__(self, folder: Path, factory: WorkerFactory, url: str, sentry: Sentry) -> None:
        super().__init__(folder, factory, url, TASKS, {"SENTRY_DSN": sentry.dsn})
        self.sentry = sentry

    def run(self, language: str, name: str, queue: str | None = None) -> Any:
        """Runs a task to its end, and returns its result."""
        result = self.app.send_task(self.name_of(language, name), queue=queue or f"{language}-queue")
        result.get(timeout=WITHIN_S, propagate=False)
        return result


@pytest.fixture(scope="module")
def reporting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reporting]:
    sentry = Sentry()
    yield from opened(tmp_path_factory, lambda folder, factory, url: Reporting(folder, factory, url, sentry))
    sentry.close()


@pytest.mark.parametrize(("language", "name"), [("py", "fail"), ("js", "fail"), ("js", "fail_thread")])
def test_a_failure_is_one_event_with_name_and_ids(reporting: Reporting, language: str, name: str) -> None:
    result = reporting.run(language, name)

    event = reporting.sentry.wait_for(task_id=result.id)
    assert error_of(event) == (ERRORS[language], "no stock")
    tags = {name: event["tags"].get(name) for name in ("task", "root_id", "queue")}
    assert tags == {
        "task": reporting.name_of(language, name),
        "root_id": result.id,
        "queue": f"{language}-queue",
    }
    # An error that crosses from a thread has its traceback as text.
    frames = event["exception"]["values"][-1].get("stacktrace", {}).get("frames", [])
    assert name == "fail_thread" or any("orders" in str(frame.get("filename")) for frame in frames)


@pytest.mark.parametrize("language", ["py", "js"])
def test_retries_are_no_events_but_the_last_failure_is(reporting: Reporting, language: str) -> None:
    result = reporting.run(language, "flaky")

    event = reporting.sentry.wait_for(task_id=result.id)
    assert error_of(event) == (ERRORS[language], "still busy")
    _is_the_only_one(reporting, language, result.id)


@pytest.mark.parametrize("language", ["py", "js"])
@pytest.mark.parametrize("name", ["fine", "expected"])
def test_successes_and_expected_errors_are_no_events(reporting: Reporting, language: str, name: str) -> None:
    before = len(reporting.sentry.events)
    result = reporting.run(language, name)

    reporting.sentry.wait_for(task_id=reporting.run(language, "fail").id)
    assert reporting.sentry.of(task_id=result.id) == []
    assert len(reporting.sentry.events) == before + 1


@pytest.mark.parametrize(
    ("language", "name", "error"),
    [
        ("py", "lost", "WorkerLostError"),
        ("py", "slow", "TimeLimitExceeded"),
        ("js", "slow", "TimeLimitExceeded"),
    ],
)
def test_what_ends_a_task_from_outside_is_one_event(
    reporting: Reporting, language: str, name: str, error: str
) -> None:
    result = reporting.run(language, name)

    event = reporting.sentry.wait_for(task_id=result.id)
    assert error_of(event)[0] == error
    assert event["tags"]["task"] == reporting.name_of(language, name)
    _is_the_only_one(reporting, language, result.id)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("language", ["py", "js"])
def test_a_task_that_loses_its_workers_is_one_event(reporting: Reporting, language: str) -> None:
    env = {"JOBS_LEASE_S": "1", "JOBS_MAX_DELIVERIES": "1", "JOBS_JS_QUEUES": "js-lost"}

    def start() -> Program:
        if language == "js":
            return reporting.start_node(env)
        return reporting.start_python("py-lost", env, ("--pool", "solo"))

    killed = start()
    name = reporting.name_of(language, "lost")
    result = reporting.app.send_task(name, queue=f"{language}-lost")
    wait_until(lambda: killed.exit_code is not None, WITHIN_S, "the worker being lost")
    start()

    event = reporting.sentry.wait_for(SWEPT_WITHIN_S, task_id=result.id)
    assert error_of(event)[0] == "WorkerLostError"
    assert (event["tags"]["task"], event["tags"]["queue"]) == (name, f"{language}-lost")
    assert len(reporting.sentry.of(task_id=result.id)) == 1


def test_a_replaced_pool_process_reports_its_first_failure(reporting: Reporting) -> None:
    """It is forked after its parent has reported the time limit."""
    reporting.start_python("one-queue", arguments=("--concurrency", "1"))
    reporting.sentry.wait_for(task_id=reporting.run("py", "slow", "one-queue").id)

    result = reporting.run("py", "fail", "one-queue")

    reporting.sentry.wait_for(task_id=result.id)


@pytest.mark.parametrize("pool", ["solo", "threads"])
def test_python_pools_without_processes_report(reporting: Reporting, pool: str) -> None:
    reporting.start_python(f"{pool}-queue", arguments=("--pool", pool))

    result = reporting.run("py", "fail", f"{pool}-queue")

    assert error_of(reporting.sentry.wait_for(task_id=result.id)) == ("ValueError", "no stock")
    assert len(reporting.sentry.of(task_id=result.id)) == 1


def _is_the_only_one(reporting: Reporting, language: str, task_id: str) -> None:
    """Once a later failure has arrived, an earlier one would have."""
    reporting.sentry.wait_for(task_id=reporting.run(language, "fail").id)
    assert len(reporting.sentry.of(task_id=task_id)) == 1
