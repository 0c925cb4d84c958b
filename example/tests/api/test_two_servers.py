"""Two web servers with one session: what one of them does, the other one does not undo."""

import json
from concurrent.futures import ThreadPoolExecutor

from conftest import Trained
from system import System


def test_a_resumed_job_is_followed_anew_by_the_other_server(
    system: System, kind: str, trained: Trained
) -> None:
    browser, other = trained.browser, trained.browser.at(system.other_url(kind))
    with system.without_workers():
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 1}).json
        assert other.get(f"/api/jobs/{job['id']}").json["state"] == "waiting"
        assert browser.post(f"/api/jobs/{job['id']}/cancel").json["state"] == "cancelled"
        again = browser.post(f"/api/jobs/{job['id']}/resume").json

        seen = other.get(f"/api/jobs/{job['id']}").json

    assert seen["steps"] == again["steps"] != job["steps"]
    system.prints("python worker", rf"train\[{job['steps'][0]['taskId']}\] ignored")
    assert other.ended(job)["state"] == "done"
    assert system.record(job)["steps"][0]["taskId"] == again["steps"][0]["taskId"]


def test_the_end_of_a_cancelled_task_does_not_overwrite_its_resumed_job(
    system: System, kind: str, trained: Trained
) -> None:
    browser, other = trained.browser, trained.browser.at(system.other_url(kind))
    with system.without_workers():
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 1}).json
        assert other.get(f"/api/jobs/{job['id']}").json["state"] == "waiting"
        browser.post(f"/api/jobs/{job['id']}/cancel")
        again = browser.post(f"/api/jobs/{job['id']}/resume").json
        [old, new] = [each["steps"][0]["taskId"] for each in (job, again)]

        # The other server still follows the old task, and sees its end.
        system.store_state(old, json.dumps({"status": "REVOKED", "result": None, "task_id": old}))
        [listed] = [each for each in other.get("/api/jobs").json["jobs"] if each["id"] == job["id"]]

    assert listed["state"] == "waiting"
    assert browser.ended(job)["state"] == "done"
    assert system.record(job)["steps"][0]["taskId"] == new


def test_a_job_is_sent_again_once_even_if_both_servers_are_asked(
    system: System, kind: str, trained: Trained
) -> None:
    browser, other = trained.browser, trained.browser.at(system.other_url(kind))
    with system.without_workers():
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 1}).json
        browser.post(f"/api/jobs/{job['id']}/cancel")
        waiting = system.redis("LLEN", "py-queue")
        with ThreadPoolExecutor(8) as pool:
            posts = [pool.submit(each.post, f"/api/jobs/{job['id']}/resume") for each in [browser, other] * 4]
            statuses = {post.result().status for post in posts}

        assert statuses <= {202, 409}
        assert int(system.redis("LLEN", "py-queue")) == int(waiting) + 1
    assert browser.ended(job)["state"] == "done"


def test_of_two_trainings_that_are_resumed_at_once_one_runs(trained: Trained) -> None:
    browser, jobs = trained.browser, []
    for _ in range(2):
        jobs.append(browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json)
        browser.post(f"/api/jobs/{jobs[-1]['id']}/cancel")
        assert browser.ended(jobs[-1])["state"] == "cancelled"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda job: browser.post(f"/api/jobs/{job['id']}/resume"), jobs))

    assert sorted(answer.status for answer in answers) == [202, 409]
    for job in jobs:
        browser.post(f"/api/jobs/{job['id']}/cancel")
        assert browser.ended(job)["state"] == "cancelled"
