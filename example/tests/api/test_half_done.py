"""Jobs that were being sent when the broker stopped answering or the web server was killed."""

from concurrent.futures import ThreadPoolExecutor

from browser import Browser, Events
from conftest import Trained
from system import System, wait_until


def test_a_task_that_was_sent_in_spite_of_an_error_does_not_run(system: System, trained: Trained) -> None:
    browser = trained.browser
    before = set(system.files.glob("model-*"))
    with Events(browser) as events:
        refused = posted_in_an_outage(
            system, browser, "/api/trainings", {"dataset": trained.dataset, "rounds": 1}
        )
        gone = events.until(lambda _: True, kind="gone")

    assert refused == 503
    assert gone["id"] not in [job["id"] for job in browser.get("/api/jobs").json["jobs"]]
    after = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 10}).json
    assert browser.ended(after)["state"] == "done"
    assert {file.stem for file in set(system.files.glob("model-*")) - before} == {f"model-{after['id']}"}


def test_a_repeated_post_waits_for_the_first_one_to_be_sent(system: System, trained: Trained) -> None:
    browser, body = trained.browser, trained.names
    system.pause_broker()
    try:
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(browser.post, "/api/prediction-files", body, key="k7")
            wait_until(lambda: len(browser.get("/api/jobs").json["jobs"]) > 0, "the job is stored")
            again = pool.submit(browser.post, "/api/prediction-files", body, key="k7")
            statuses = [first.result().status, again.result().status]
    finally:
        system.resume_broker()
        wait_until(lambda: browser.get("/readyz").status == 200, "ready again")

    assert statuses == [503, 503]


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
    assert browser.post(f"/api/jobs/{job['id']}/resume").json["state"] in ("waiting", "running")
    browser.post(f"/api/jobs/{job['id']}/cancel")
    assert browser.ended(job)["state"] == "cancelled"


def test_a_restarted_server_saves_the_end_of_a_job_that_no_page_shows(
    system: System, kind: str, trained: Trained
) -> None:
    other = system.other_kind(kind)
    with system.without_workers():
        job = trained.browser.post("/api/prediction-files", trained.names).json
        # The other one may follow the session's jobs, for an earlier test.
        for each in (kind, other):
            system.stop_web(each)
        system.start_web(kind)

    try:
        wait_until(lambda: "final" in system.record(job), "its end is saved")
        assert system.record(job)["final"]["state"] == "done"
    finally:
        system.start_web(other)


def posted_in_an_outage(system: System, browser: Browser, path: str, body: object = None) -> int:
    """Post while the broker hangs; it reads the messages once it resumes. Return the status."""
    system.pause_broker()
    try:
        return browser.post(path, body).status
    finally:
        system.resume_broker()
        wait_until(lambda: browser.get("/readyz").status == 200, "ready again")
