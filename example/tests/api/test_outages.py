"""Restarts and outages, which a page survives."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
from browser import Answer, Browser, Events
from conftest import Trained
from samples import CUSTOMER
from system import System, wait_until

PAGES = 200
PAGES_OF_ONE_SESSION = 20
# As many as the client has connections for sending.
POSTS_AT_ONCE = 10
SENDING_ENDS_WITHIN_S = 7.0
ANSWERS_WITHIN_S = 8.0


def test_all_pages_share_one_connection_for_notifications(system: System, trained: Trained) -> None:
    before = subscribed(system)
    job = trained.browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
    with ExitStack() as stack:
        pages = [stack.enter_context(Events(trained.browser)) for _ in range(PAGES_OF_ONE_SESSION)]
        for _ in range(PAGES - PAGES_OF_ONE_SESSION):
            other = stack.enter_context(Events(Browser(trained.browser.url)))
            other.until(lambda _: True, kind="listed")
        for page in pages:
            page.until(lambda each: each["id"] == job["id"] and each["state"] == "running")
        with_pages = subscribed(system)
        trained.browser.post(f"/api/jobs/{job['id']}/cancel")
        for page in pages:
            page.until(lambda each: each["id"] == job["id"] and each["state"] == "cancelled")

    assert with_pages - before <= 1


def test_a_restarted_server_finds_the_same_jobs(system: System, kind: str, trained: Trained) -> None:
    job = trained.browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 200}).json
    with Events(trained.browser) as events:
        events.until(lambda each: each["state"] == "running")

        assert system.stop_web(kind) == 0

        assert events.has_ended.wait(5), "an open stream keeps a server from stopping"
    system.start_web(kind)
    assert trained.browser.get(f"/api/jobs/{job['id']}").json["state"] == "running"
    trained.browser.post(f"/api/jobs/{job['id']}/cancel")
    assert trained.browser.ended(job)["state"] == "cancelled"


def test_pages_that_open_while_a_server_stops_do_not_hold_it(
    system: System, kind: str, browser: Browser
) -> None:
    has_stopped = threading.Event()

    def open_pages() -> None:
        with ExitStack() as stack:
            while not has_stopped.is_set():
                with suppress(OSError):
                    stack.enter_context(Events(browser))

    opening = threading.Thread(target=open_pages)
    opening.start()
    try:
        assert system.stop_web(kind) == 0
    finally:
        has_stopped.set()
        opening.join()
        system.start_web(kind)


def test_a_session_is_the_same_at_both_servers(system: System, trained: Trained) -> None:
    seen = {}
    for kind, url in system.urls.items():
        seen[kind] = trained.browser.at(url).get("/api/jobs").json

    assert seen["node"]["jobs"]
    assert seen["node"] == seen["python"]


def test_an_outage_is_shown_and_jobs_go_on_after_it(system: System, trained: Trained) -> None:
    browser = trained.browser
    job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 10}).json
    with Events(browser) as events:
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "running")
        system.stop_broker()
        try:
            events.until(lambda broker: broker["state"] == "reconnecting", kind="broker")
            refused = browser.post("/api/prediction-files", trained.names)
            assert refused.status == 503
            assert int(refused.headers["retry-after"]) > 0
            assert browser.get("/readyz").status == 503
            assert browser.get("/livez").status == 200
            assert browser.get("/api/jobs").status == 200
        finally:
            system.start_broker()
        events.until(lambda broker: broker["state"] == "connected", kind="broker")
        wait_until(lambda: browser.get("/readyz").status == 200, "ready again")
        done = events.until(lambda each: each["id"] == job["id"] and each["state"] == "done", 60)

    assert done["result"]["rounds"] == 10
    after = browser.post("/api/prediction-files", trained.names)
    assert browser.ended(after.json)["state"] == "done"


@pytest.mark.parametrize("outage", ["stopped", "paused"])
def test_posts_at_the_moment_of_an_outage_are_answered(system: System, trained: Trained, outage: str) -> None:
    bodies = {
        "predictions": {"model": trained.model, "customer": CUSTOMER},
        "prediction-files": trained.names,
        "datasets": {"seed": 1, "rows": 100},
    }
    end = system.stop_broker if outage == "stopped" else system.pause_broker
    begin = system.start_broker if outage == "stopped" else system.resume_broker

    def answered(path: str) -> tuple[Answer, float]:
        since = time.monotonic()
        return trained.browser.post(f"/api/{path}", bodies[path]), time.monotonic() - since

    end()
    try:
        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = dict(zip(bodies, pool.map(answered, bodies), strict=True))
    finally:
        begin()

    for path, (answer, took_s) in answers.items():
        assert answer.status in (503, 504), (path, answer.body)
        assert answer.status == 504 or int(answer.headers["retry-after"]) > 0, path
        assert took_s < ANSWERS_WITHIN_S, path
    wait_until(lambda: trained.browser.get("/readyz").status == 200, "ready again")


def test_many_posts_wait_for_a_server_that_hangs_without_each_other(system: System, trained: Trained) -> None:
    browser = trained.browser

    def answered(_number: int) -> tuple[int, float]:
        since = time.monotonic()
        return browser.post("/api/prediction-files", trained.names).status, time.monotonic() - since

    system.pause_broker()
    try:
        with ThreadPoolExecutor(POSTS_AT_ONCE) as pool:
            posts = [pool.submit(answered, number) for number in range(POSTS_AT_ONCE)]
            wait_until(
                lambda: browser.get("/readyz").status == 503, "the outage is noticed", ANSWERS_WITHIN_S
            )
            answers = [post.result() for post in posts]
    finally:
        system.resume_broker()
        wait_until(lambda: browser.get("/readyz").status == 200, "ready again")

    assert {status for status, _ in answers} == {503}
    assert max(took_s for _, took_s in answers) < SENDING_ENDS_WITHIN_S


def test_a_job_that_is_cancelled_without_a_worker_does_not_run_later(
    system: System, trained: Trained
) -> None:
    browser = trained.browser
    system.stop_python_worker()
    try:
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
        assert browser.post(f"/api/jobs/{job['id']}/cancel").json["state"] == "cancelled"
    finally:
        worker = system.start_python_worker()
    worker.found(r"ready\.")

    task = job["steps"][0]["taskId"]
    worker.found(rf"train\[{task}\] ignored")
    assert system.state_of(task) == "REVOKED"
    assert browser.get(f"/api/jobs/{job['id']}").json["state"] == "cancelled"


def subscribed(system: System) -> int:
    return len(system.redis("CLIENT", "LIST", "TYPE", "PUBSUB").splitlines())
