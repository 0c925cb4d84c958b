"""Sentry gets one event for each task that has failed for good, with nothing set but SENTRY_DSN."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.programs import Program
from tests.support.sentry import Sentry, error_of
from tests.support.template import installed_copy
from tests.support.valkey import ValkeyServer, served
from tests.support.waiting import wait_until
from tests.support.workers import CELERY_ARGUMENTS, WorkerFactory

from .workers import client_for, close_client, factory_on

PYTHON_TASKS = '''
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
NODE_TASKS = """
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
WITHIN_S = 30.0
# Workers look for messages of dead ones once in a while.
SWEPT_WITHIN_S = 90.0
ERRORS = {"py": "ValueError", "js": "RangeError"}


class Reporting:
    """A worker of each language that reports to a stand-in for Sentry."""

    def __init__(self, folder: Path, valkey: ValkeyServer, factory: WorkerFactory, sentry: Sentry) -> None:
        self.clone = installed_copy(folder / "clone")
        self.sentry = sentry
        self.env = {"SENTRY_DSN": sentry.dsn}
        for path, text in (("python/py_workers", PYTHON_TASKS), ("node/js_workers", NODE_TASKS)):
            file = self.clone / path / "tasks/shop" / ("orders.py" if path[0] == "p" else "orders.js")
            file.parent.mkdir()
            file.write_text(text)
        self.python: Program = factory.python(cwd=self.clone / "python", env=self.env)
        self.node: Program = factory.node(cwd=self.clone / "node", env=self.env)
        self.factory = factory
        self.app = client_for(valkey.url)

    def run(self, language: str, name: str, queue: str | None = None) -> Any:
        """Runs a task to its end, and returns its result."""
        full_name = f"{language}_workers.tasks.shop.orders.{name}"
        result = self.app.send_task(full_name, queue=queue or f"{language}-queue")
        result.get(timeout=WITHIN_S, propagate=False)
        return result


@pytest.fixture(scope="module")
def reporting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reporting]:
    sentry = Sentry()
    for valkey in served(tmp_path_factory):
        factory = factory_on(valkey.url, tmp_path_factory.mktemp("workers"))
        try:
            running = Reporting(tmp_path_factory.mktemp("sentry"), valkey, factory, sentry)
            yield running
            close_client(running.app)
        finally:
            factory.close()
    sentry.close()


@pytest.mark.parametrize(("language", "name"), [("py", "fail"), ("js", "fail"), ("js", "fail_thread")])
def test_a_failure_is_one_event_with_name_and_ids(reporting: Reporting, language: str, name: str) -> None:
    result = reporting.run(language, name)

    event = reporting.sentry.wait_for(task_id=result.id)
    assert error_of(event) == (ERRORS[language], "no stock")
    tags = {name: event["tags"].get(name) for name in ("task", "root_id", "queue")}
    assert tags == {
        "task": f"{language}_workers.tasks.shop.orders.{name}",
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
    assert event["tags"]["task"] == f"{language}_workers.tasks.shop.orders.{name}"
    _is_the_only_one(reporting, language, result.id)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("language", ["py", "js"])
def test_a_task_that_loses_its_workers_is_one_event(reporting: Reporting, language: str) -> None:
    env = {**reporting.env, "JOBS_LEASE_S": "1", "JOBS_MAX_DELIVERIES": "1", "JOBS_JS_QUEUES": "js-lost"}

    def start() -> Program:
        if language == "js":
            return reporting.factory.node(env, cwd=reporting.clone / "node")
        solo = (*CELERY_ARGUMENTS, "--pool", "solo")
        return reporting.factory.python("py-lost", env, arguments=solo, cwd=reporting.clone / "python")

    killed = start()
    name = f"{language}_workers.tasks.shop.orders.lost"
    result = reporting.app.send_task(name, queue=f"{language}-lost")
    wait_until(lambda: killed.exit_code is not None, WITHIN_S, "the worker being lost")
    start()

    event = reporting.sentry.wait_for(SWEPT_WITHIN_S, task_id=result.id)
    assert error_of(event)[0] == "WorkerLostError"
    assert (event["tags"]["task"], event["tags"]["queue"]) == (name, f"{language}-lost")
    assert len(reporting.sentry.of(task_id=result.id)) == 1


@pytest.mark.parametrize("pool", ["solo", "threads"])
def test_python_pools_without_processes_report(reporting: Reporting, pool: str) -> None:
    reporting.factory.python(
        f"{pool}-queue",
        reporting.env,
        arguments=(*CELERY_ARGUMENTS, "--pool", pool),
        cwd=reporting.clone / "python",
    )

    result = reporting.run("py", "fail", f"{pool}-queue")

    assert error_of(reporting.sentry.wait_for(task_id=result.id)) == ("ValueError", "no stock")
    assert len(reporting.sentry.of(task_id=result.id)) == 1


def _is_the_only_one(reporting: Reporting, language: str, task_id: str) -> None:
    """Once a later failure has arrived, an earlier one would have."""
    reporting.sentry.wait_for(task_id=reporting.run(language, "fail").id)
    assert len(reporting.sentry.of(task_id=task_id)) == 1
