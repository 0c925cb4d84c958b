"""What a web server has begun when the queues' server stops answering, or when it is killed itself."""

import threading
from contextlib import suppress
from http.client import HTTPException

from browser import Browser, Events
from conftest import Trained
from system import System, wait_until


def test_a_task_that_was_sent_in_spite_of_an_error_does_not_run(system: System, trained: Trained) -> None:
    browser = trained.browser
    before = set(system.files.glob("model-*"))
    with Events(browser) as events:
        refused = posted_in_an_outage(system, browser, "/api/trainings", {"dataset": trained.dataset, "rounds": 1})
        gone = events.until(lambda _: True, kind="gone")

    assert refused == 503
    assert gone["id"] not in [job["id"] for job in browser.get("/api/jobs").json["jobs"]]
    after = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 20}).json
    assert browser.ended(after)["state"] == "done"
    assert {file.stem for file in set(system.files.glob("model-*")) - before} == {f"model-{after['id']}"}


def test_a_job_that_cannot_be_sent_again_is_shown_as_it_was(system: System, trained: Trained) -> None:
    browser = trained.browser
    job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
    browser.post(f"/api/jobs/{job['id']}/cancel")
    cancelled = browser.ended(job)
    with Events(browser) as events:
        events.until(lambda each: each == cancelled)
        assert posted_in_an_outage(system, browser, f"/api/jobs/{job['id']}/resume") == 503
        events.until(lambda each: each == cancelled, 10)

    assert browser.get(f"/api/jobs/{job['id']}").json == cancelled


def test_a_job_whose_cancelling_was_cut_short_is_shown_as_cancelled(system: System, trained: Trained) -> None:
    browser = trained.browser
    with system.without_workers():
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
        while "cancelled" not in system.record(job):  # a server that knows of the outage refuses at once
            system.stop_broker()
            assert browser.post(f"/api/jobs/{job['id']}/cancel").status == 503
            system.start_broker()
            wait_until(lambda: browser.get("/readyz").status == 200, "ready again")

        assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "cancelled"
    assert browser.ended(job)["state"] == "cancelled"


def test_a_server_that_is_killed_while_it_cancels_ends_the_job_later(
    system: System, kind: str, trained: Trained
) -> None:
    browser = trained.browser
    with system.without_workers():
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
        cancelling = threading.Thread(target=ignoring_its_end, args=(browser, f"/api/jobs/{job['id']}/cancel"))
        cancelling.start()
        wait_until(lambda: system.record(job).get("cancelled"), "the job is being cancelled")
        system.kill_web(kind)
        system.start_web(kind)
        cancelling.join()

        assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "cancelled"
        assert system.record(job)["final"]["state"] == "cancelled"


def posted_in_an_outage(system: System, browser: Browser, path: str, body: object = None) -> int:
    """Post while the queues' server hangs, which then reads what was sent. Return the status."""
    system.pause_broker()
    try:
        return browser.post(path, body).status
    finally:
        system.resume_broker()
        wait_until(lambda: browser.get("/readyz").status == 200, "ready again")


def ignoring_its_end(browser: Browser, path: str) -> None:
    with suppress(OSError, HTTPException):
        browser.post(path)


def test_a_restarted_server_saves_the_end_of_a_job_that_no_page_shows(
    system: System, kind: str, trained: Trained
) -> None:
    other = system.other_kind(kind)
    job = trained.browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 60}).json
    # It may have followed the job for an earlier test.
    for each in (kind, other):
        system.stop_web(each)
    system.start_web(kind)

    try:
        wait_until(lambda: "final" in system.record(job), "its end is saved")
        assert system.record(job)["final"]["state"] == "done"
    finally:
        system.start_web(other)
