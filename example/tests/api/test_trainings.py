"""Trainings, started through the API: their progress comes as events."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from browser import Events
from conftest import Trained
from system import System


def test_a_training_shows_its_progress_until_its_model_is_there(trained: Trained) -> None:
    browser = trained.browser
    with Events(browser) as events:
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 4}).json
        seen = [events.until(lambda each: each["id"] == job["id"] and each["state"] == "running")]
        while seen[-1]["state"] != "done":
            seen.append(events.until(lambda each: each["id"] == job["id"]))

    progress = [each["progress"] for each in seen if each["progress"]]
    assert [each["done"] for each in progress if each["done"]] == [1, 2, 3, 4]
    assert progress[-1]["total"] == 4
    assert len(progress[-1]["loss"]) == 4
    assert progress[-1]["secondsLeft"] == 0
    result = seen[-1]["result"]
    assert result["loss"][-1] < result["loss"][0]
    assert result["accuracy"] > 0.7
    assert seen[-1]["steps"][0]["language"] == "python"


def test_a_second_training_is_refused_while_one_runs(trained: Trained) -> None:
    browser, body = trained.browser, {"dataset": trained.dataset, "rounds": 400}
    job = browser.post("/api/trainings", body).json

    refused = browser.post("/api/trainings", body)

    assert refused.status == 409
    assert refused.json["job"]["id"] == job["id"]
    browser.post(f"/api/jobs/{job['id']}/cancel")
    assert browser.ended(job)["state"] == "cancelled"
    again = browser.post("/api/trainings", body)
    assert again.status == 202
    resumed = browser.post(f"/api/jobs/{job['id']}/resume")
    assert resumed.status == 409
    assert resumed.json["job"]["id"] == again.json["id"]
    browser.post(f"/api/jobs/{again.json['id']}/cancel")
    assert browser.ended(again.json)["state"] == "cancelled"


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(lambda job: job["state"], id="at once"),
        pytest.param(lambda job: job["state"] == "running", id="when it runs"),
        pytest.param(lambda job: (job["progress"] or {}).get("done", 0) >= 5, id="after some rounds"),
    ],
)
def test_a_cancelled_training_stops_and_leaves_no_file(
    system: System, trained: Trained, moment: Callable[[Any], bool]
) -> None:
    browser = trained.browser
    with Events(browser) as events:
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 400}).json
        events.until(lambda each: each["id"] == job["id"] and moment(each))
    since = time.monotonic()

    assert browser.post(f"/api/jobs/{job['id']}/cancel").status == 202

    assert browser.ended(job)["state"] == "cancelled"
    assert time.monotonic() - since < 5
    assert [file.name for file in system.files.iterdir() if job["id"] in file.name] == []
    assert [file.name for file in system.files.iterdir() if file.name.startswith(".")] == []


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
