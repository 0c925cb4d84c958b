"""Jobs that no worker has: they are cancelled, resumed and shown all the same, by both web servers."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from browser import Browser, Events
from conftest import Trained
from killing import killed_after
from samples import CUSTOMER
from system import System, wait_until

# By then, clients have given up.
OUTAGE_S = 6.0
# What a worker stores for a task that it takes too late.
EXPIRED = {"exc_type": "TaskRevokedError", "exc_message": ["expired"], "exc_module": "celery.exceptions"}


@pytest.fixture(scope="module")
def waiting(system: System, trained: Trained) -> Iterator[Trained]:
    """A session whose jobs wait."""
    with system.without_workers():
        yield trained


def followed_by_both(system: System, kind: str, waiting: Trained) -> tuple[Browser, Browser, Any]:
    """A session at both servers, and a job of the first one that the other one follows, too."""
    browser, other = waiting.browser, waiting.browser.at(system.other_url(kind))
    job = browser.post("/api/prediction-files", waiting.names).json
    assert other.get(f"/api/jobs/{job['id']}").json["state"] == "waiting"
    return browser, other, job


def test_a_resumed_job_is_followed_anew_by_the_other_server(
    system: System, kind: str, waiting: Trained
) -> None:
    browser, other, job = followed_by_both(system, kind, waiting)
    assert browser.post(f"/api/jobs/{job['id']}/cancel").json["state"] == "cancelled"

    again = browser.post(f"/api/jobs/{job['id']}/resume").json

    assert other.get(f"/api/jobs/{job['id']}").json == again
    assert again["state"] == "waiting"
    assert again["steps"] != job["steps"]


def test_the_end_of_a_cancelled_task_does_not_overwrite_its_resumed_job(
    system: System, kind: str, waiting: Trained
) -> None:
    browser, other, job = followed_by_both(system, kind, waiting)
    browser.post(f"/api/jobs/{job['id']}/cancel")
    again = browser.post(f"/api/jobs/{job['id']}/resume").json

    # The other server still follows the old task, and sees its end.
    old = job["steps"][0]["taskId"]
    system.store_state(old, json.dumps({"status": "REVOKED", "result": None, "task_id": old}))
    [listed] = [each for each in other.get("/api/jobs").json["jobs"] if each["id"] == job["id"]]

    assert listed == again
    assert system.record(job)["steps"][0]["taskId"] == again["steps"][0]["taskId"]


def test_a_job_is_sent_again_once_even_if_both_servers_are_asked(
    system: System, kind: str, waiting: Trained
) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    browser.post(f"/api/jobs/{job['id']}/cancel")

    assert sent_by_both(system, kind, browser, job) == len(system.record(job)["steps"][0]["parts"])


def test_a_job_is_resumed_once_although_a_server_is_killed(
    system: System, kind: str, waiting: Trained, tmp_path: Path
) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    stopped = browser.post(f"/api/jobs/{job['id']}/cancel").json
    claim = system.files / f"resumed-{job['steps'][0]['taskId']}"
    system.stop_web(kind)
    system.start_web(kind, **killed_after(claim, tmp_path))
    with pytest.raises((OSError, HTTPException)):
        browser.post(f"/api/jobs/{job['id']}/resume")
    system.start_web(kind)
    assert browser.get(f"/api/jobs/{job['id']}").json == stopped

    assert sent_by_both(system, kind, browser, job) == len(system.record(job)["steps"][0]["parts"])
    assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "waiting"


def test_a_repeated_resume_is_answered_as_the_first_one(system: System, waiting: Trained) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    browser.post(f"/api/jobs/{job['id']}/cancel")
    before = int(system.redis("LLEN", "py-queue"))

    path = f"/api/jobs/{job['id']}/resume"
    answers = [browser.post(path, key="r1") for _ in range(2)]

    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    assert int(system.redis("LLEN", "py-queue")) - before == len(system.record(job)["steps"][0]["parts"])
    assert [browser.post(path, key=key).status for key in ("r2", None)] == [409, 409]
    browser.post(f"/api/jobs/{job['id']}/cancel")


def test_a_task_that_waits_for_another_try_is_cancelled(system: System, waiting: Trained) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    part = system.record(job)["steps"][0]["parts"][0]
    with Events(browser) as events:
        system.store_state(part, json.dumps({"status": "RETRY", "result": None, "task_id": part}))
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "retrying")

    assert browser.post(f"/api/jobs/{job['id']}/cancel").json["state"] == "cancelled"


def test_a_chord_between_its_parts_is_cancelled(system: System, waiting: Trained) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    part = system.record(job)["steps"][0]["parts"][0]
    with Events(browser) as events:
        system.store_state(part, json.dumps({"status": "SUCCESS", "result": {}, "task_id": part}))
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "running")

    cancelled = browser.post(f"/api/jobs/{job['id']}/cancel").json

    assert cancelled["state"] == "cancelled"


def test_a_stored_result_that_cannot_be_read_fails_its_job_alone(system: System, waiting: Trained) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    system.store_state(job["steps"][0]["taskId"], "no JSON")

    failed = browser.ended(job)

    assert failed["state"] == "failed"
    assert failed["error"]["type"] == "DecodeError"
    assert browser.get("/api/jobs").json["jobs"][0] == failed


def test_a_prediction_that_its_worker_takes_too_late_is_a_timeout(system: System, waiting: Trained) -> None:
    before = int(system.redis("LLEN", "py-queue"))
    with ThreadPoolExecutor(1) as pool:
        body = {"model": waiting.model, "customer": CUSTOMER}
        posted = pool.submit(waiting.browser.post, "/api/predictions", body)
        wait_until(lambda: int(system.redis("LLEN", "py-queue")) > before, "the task is in its queue")
        task = json.loads(system.redis("LINDEX", "py-queue", "0"))["headers"]["id"]
        system.store_state(task, json.dumps({"status": "REVOKED", "result": EXPIRED, "task_id": task}))

    assert posted.result().status == 504


def test_a_retry_is_counted_once_although_an_outage_shows_it_again(system: System, waiting: Trained) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    part = system.record(job)["steps"][0]["parts"][0]
    with Events(browser) as events:
        system.store_state(part, json.dumps({"status": "RETRY", "result": None, "task_id": part}))
        events.until(lambda each: each["id"] == job["id"] and each["retries"] == 1)
        system.stop_broker()
        events.until(lambda broker: broker["state"] == "reconnecting", kind="broker")
        time.sleep(OUTAGE_S)
        system.start_broker()
        events.until(lambda broker: broker["state"] == "connected", kind="broker")
        system.store_state(part, json.dumps({"status": "STARTED", "result": None, "task_id": part}))
        seen = events.until(lambda each: each["id"] == job["id"] and each["state"] == "running")

    assert seen["retries"] == 1


def test_a_job_that_is_cancelled_in_an_outage_is_shown_as_cancelled(system: System, waiting: Trained) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    with Events(browser) as events:
        while "cancelled" not in system.record(job):  # a server that knows of the outage refuses at once
            system.stop_broker()
            cancelling = begun(browser, f"/api/jobs/{job['id']}/cancel")
            cancelling.join(OUTAGE_S)
            system.start_broker()
            wait_until(lambda: browser.get("/readyz").status == 200, "ready again")

            cancelling.join()

        events.until(lambda each: each["id"] == job["id"] and each["state"] == "cancelled", 10)
    assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "cancelled"


def test_a_cancelled_job_is_shown_as_such_once_its_states_are_known(
    system: System, kind: str, waiting: Trained
) -> None:
    browser = waiting.browser
    job = browser.post("/api/prediction-files", waiting.names).json
    task = job["steps"][0]["taskId"]
    for each in system.urls:
        system.stop_web(each)
    [file] = system.files.glob(f"web/*/{job['id']}.json")
    file.write_text(json.dumps({**system.record(job), "cancelled": True}))
    system.store_state(task, json.dumps({"status": "STARTED", "result": None, "task_id": task}))
    system.stop_broker()
    try:
        system.start_web(kind)
        assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "waiting"
        assert "final" not in system.record(job)
    finally:
        system.start_broker()
        system.start_web(system.other_kind(kind))

    wait_until(lambda: browser.get(f"/api/jobs/{job['id']}").json["state"] == "running", "it is stopped")
    wait_until(lambda: browser.get("/readyz").status == 200, "ready again")
    browser.post(f"/api/jobs/{job['id']}/cancel")
    system.store_state(task, json.dumps({"status": "REVOKED", "result": None, "task_id": task}))
    assert browser.ended(job)["state"] == "cancelled"


def test_a_server_that_is_killed_while_it_cancels_ends_the_job_later(
    system: System, kind: str, waiting: Trained
) -> None:
    browser = waiting.browser
    job = browser.post("/api/trainings", {"dataset": waiting.dataset, "rounds": 1}).json
    cancelling = begun(browser, f"/api/jobs/{job['id']}/cancel", after_an_outage=True)
    wait_until(lambda: system.record(job).get("cancelled"), "the job is being cancelled")
    system.kill_web(kind)
    system.start_web(kind)
    cancelling.join()

    assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "cancelled"
    assert system.record(job)["final"]["state"] == "cancelled"


def sent_by_both(system: System, kind: str, browser: Browser, job: Any) -> int:
    """Ask both servers several times at once to send a stopped job again. Return how many tasks they sent."""
    other, before = browser.at(system.other_url(kind)), int(system.redis("LLEN", "py-queue"))
    with ThreadPoolExecutor(8) as pool:
        resumes = [pool.submit(each.post, f"/api/jobs/{job['id']}/resume") for each in [browser, other] * 4]
        assert {resume.result().status for resume in resumes} <= {202, 409}
    return int(system.redis("LLEN", "py-queue")) - before


def begun(browser: Browser, path: str, *, after_an_outage: bool = False) -> threading.Thread:
    """Post in a thread; the server may end before it answers. It may notice an outage when it is over."""

    def post() -> None:
        with suppress(OSError, HTTPException):
            while browser.post(path).status == 503 and after_an_outage:
                time.sleep(0.1)

    thread = threading.Thread(target=post)
    thread.start()
    return thread
