"""Predictions for one customer and for a file, through the API."""

import time
from statistics import median

import pytest
from browser import Events
from conftest import Trained
from samples import CUSTOMER
from system import System, wait_until


def test_one_customer_is_predicted_at_once_with_reasons(trained: Trained) -> None:
    body = {"model": trained.model, "customer": CUSTOMER}
    trained.browser.post("/api/predictions", body)

    took_s = []
    for _ in range(5):
        since = time.monotonic()
        answer = trained.browser.post("/api/predictions", body)
        took_s.append(time.monotonic() - since)

    assert answer.status == 200, answer.body
    assert answer.json["customerId"] == "C1"
    assert answer.json["churnProbability"] > 0.5
    assert {reason["feature"] for reason in answer.json["reasons"]} >= {"tenure_months", "support_calls"}
    assert median(took_s) < 0.3


def test_a_file_is_predicted_in_parts_and_can_be_downloaded(trained: Trained) -> None:
    done = trained.predicted()

    assert done["progress"] == {"done": 3, "total": 3}
    assert sum(done["result"]["histogram"]) == done["result"]["rows"] == 6000
    assert len(done["result"]["top"]) == 10
    file = trained.browser.get(f"/api/files/{done['file']}")
    assert file.headers["content-disposition"] == f'attachment; filename="{done["file"]}"'
    lines = file.body.decode().splitlines()
    assert lines[0] == "customer_id,churn_probability"
    assert len(lines) == 6001


def test_a_file_that_is_not_there_yet_is_not_found(trained: Trained) -> None:
    missing = trained.browser.get(f"/api/files/report-{trained.predicted()['id']}.pdf")

    assert missing.status == 404
    assert missing.headers["content-type"].startswith("application/json")
    assert "content-disposition" not in missing.headers


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_prediction_that_stops_leaves_no_parts(system: System, trained: Trained, end: str) -> None:
    browser, file = trained.browser, system.files / f"{trained.dataset}.csv"
    whole, of_others = file.read_text(), set(system.files.glob("*part-*"))
    if end == "failed":
        file.write_text(whole.replace("\nC06000,", "\n,"))
    job = browser.post("/api/prediction-files", trained.names).json
    if end == "cancelled":
        browser.post(f"/api/jobs/{job['id']}/cancel")

    ended = browser.ended(job)

    file.write_text(whole)
    assert ended["state"] == end
    wait_until(lambda: set(system.files.glob("*part-*")) <= of_others, "its parts are removed")


def test_jobs_are_listed_the_newest_first(trained: Trained) -> None:
    first, second = trained.predicted(), trained.predicted()

    listed = trained.browser.get("/api/jobs").json["jobs"]

    assert [job["id"] for job in listed[:2]] == [second["id"], first["id"]]
    assert trained.browser.get(f"/api/jobs/{first['id']}").json == first
    with Events(trained.browser) as events:
        seen = [events.next() for _ in range(len(listed) + 2)]
    assert [name for name, _ in seen] == ["broker", *["job"] * len(listed), "listed"]
    assert seen[-1][1] == {"ids": [job["id"] for job in listed]}
