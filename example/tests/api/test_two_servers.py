"""Two web servers with one session: what one of them does, the other one does not undo."""

import json

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
