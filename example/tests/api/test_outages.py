"""Restarts and outages, which a page survives."""

from contextlib import ExitStack

from browser import Browser, Events
from conftest import Trained
from system import System, wait_until

PAGES = 50


def test_all_pages_share_one_connection_for_notifications(system: System, trained: Trained) -> None:
    before = subscribed(system)
    job = trained.browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
    with ExitStack() as stack:
        pages = [stack.enter_context(Events(trained.browser)) for _ in range(PAGES)]
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


def test_a_session_is_the_same_at_both_servers(system: System, trained: Trained) -> None:
    seen = {}
    for kind, url in system.urls.items():
        browser = Browser(url)
        browser.cookie = trained.browser.cookie
        seen[kind] = browser.get("/api/jobs").json

    assert seen["node"]["jobs"]
    assert seen["node"] == seen["python"]


def test_an_outage_is_shown_and_jobs_go_on_after_it(system: System, trained: Trained) -> None:
    browser = trained.browser
    job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 20}).json
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

    assert done["result"]["rounds"] == 20
    after = browser.post("/api/prediction-files", trained.names)
    assert browser.ended(after.json)["state"] == "done"


def subscribed(system: System) -> int:
    return len(system.redis("CLIENT", "LIST", "TYPE", "PUBSUB").splitlines())
