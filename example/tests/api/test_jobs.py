"""Every job of the page, pressed through the API: states come as events, and nothing else is needed."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from browser import Browser, Events
from conftest import CUSTOMER, Trained
from system import System, wait_until

TO = "ada@example.org"


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
    done = predicted(trained)

    assert done["progress"] == {"done": 3, "total": 3}
    assert sum(done["result"]["histogram"]) == done["result"]["rows"] == 6000
    assert len(done["result"]["top"]) == 10
    file = trained.browser.get(f"/api/files/{done['file']}")
    assert file.headers["content-disposition"] == f'attachment; filename="{done["file"]}"'
    lines = file.body.decode().splitlines()
    assert lines[0] == "customer_id,churn_probability"
    assert len(lines) == 6001


def test_a_report_is_rendered_and_mailed(trained: Trained) -> None:
    browser = trained.browser
    report = browser.ended(browser.post("/api/reports", {"predictions": predicted(trained)["id"]}).json)

    assert report["state"] == "done", report
    assert report["steps"][0]["language"] == "javascript"
    pdf = browser.get(f"/api/files/{report['file']}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.body.startswith(b"%PDF-")
    assert len(pdf.body) == report["result"]["bytes"]

    mail = browser.ended(browser.post("/api/mails", {"report": report["id"], "to": "bea@example.org"}).json)
    assert mail["state"] == "done", mail
    mails = browser.get("/api/mailbox").json["mails"]
    assert len(pdf.body) in [each["bytes"] for mail in mails for each in mail["attachments"]]


def test_a_mailbox_has_the_mails_of_its_session_only(browser: Browser, trained: Trained) -> None:
    done = trained.browser.ended(trained.browser.post("/api/workflows", {**trained.names, "to": TO}).json)
    assert done["state"] == "done", done
    assert subjects(trained.browser, TO)

    # The same address shows nothing of it.
    browser.post("/api/mails", {"report": done["id"], "to": TO})
    assert browser.get("/api/mailbox").json["mails"] == []


def test_a_workflow_goes_through_both_languages(trained: Trained) -> None:
    done = trained.browser.ended(trained.browser.post("/api/workflows", {**trained.names, "to": TO}).json)

    assert done["state"] == "done", done
    assert [step["name"] for step in done["steps"]] == ["predict", "report", "mail"]
    assert [step["language"] for step in done["steps"]] == ["python", "javascript", "javascript"]
    assert done["result"]["to"] == TO
    assert trained.browser.get(f"/api/files/{done['file']}").body.startswith(b"%PDF-")


def test_a_failed_workflow_goes_on_from_the_step_that_failed(system: System, trained: Trained) -> None:
    browser = trained.browser
    file = system.files / f"{trained.dataset}.csv"
    hidden = file.rename(file.with_suffix(".hidden"))
    job = browser.post("/api/workflows", {**trained.names, "to": "cleo@example.org"}).json

    failed = browser.ended(job)

    assert failed["state"] == "failed"
    assert failed["error"]["step"] == "predict"
    assert failed["error"]["type"]
    assert str(system.files) not in str(failed)
    assert [step["state"] for step in failed["steps"]] == ["failed", "waiting", "waiting"]
    apology = "Your report is not ready"
    wait_until(lambda: apology in subjects(browser, "cleo@example.org"), "the error callback's mail")

    hidden.rename(file)
    assert browser.post(f"/api/jobs/{job['id']}/resume").status == 202
    assert browser.ended(job)["state"] == "done"
    assert browser.post(f"/api/jobs/{job['id']}/resume").status == 409


def test_a_refused_mail_fails_and_resumes_at_the_mail_alone(trained: Trained) -> None:
    browser = trained.browser
    job = browser.post("/api/workflows", {**trained.names, "to": "dan@refused.example"}).json
    failed = browser.ended(job)
    assert [step["state"] for step in failed["steps"]] == ["done", "done", "failed"]
    assert failed["error"]["type"] == "MailRefused"

    again = browser.post(f"/api/jobs/{job['id']}/resume").json

    before, after = ([step["taskId"] for step in each["steps"]] for each in (failed, again))
    assert before[:2] == after[:2]
    assert before[2] != after[2]
    assert browser.ended(job)["state"] == "failed"


def test_a_mail_without_its_report_fails_and_names_no_folder(system: System, trained: Trained) -> None:
    browser = trained.browser
    report = browser.ended(browser.post("/api/reports", {"predictions": predicted(trained)["id"]}).json)
    file = system.files / report["file"]
    hidden = file.rename(file.with_suffix(".hidden"))
    job = browser.post("/api/mails", {"report": report["id"], "to": TO}).json

    failed = browser.ended(job)

    assert failed["error"]["type"] == "FileNotFoundError"
    assert report["file"] in failed["error"]["message"]
    assert "/" not in failed["error"]["message"]
    hidden.rename(file)
    browser.post(f"/api/jobs/{job['id']}/resume")
    assert browser.ended(job)["state"] == "done"


def test_a_mail_waits_for_its_server_with_retries(trained: Trained) -> None:
    browser = trained.browser
    report = browser.ended(browser.post("/api/reports", {"predictions": predicted(trained)["id"]}).json)
    assert browser.post("/api/mailbox/outage", {"seconds": 3}).status == 202
    assert browser.get("/api/mailbox").json["away"] is True

    with Events(browser) as events:
        job = browser.post("/api/mails", {"report": report["id"], "to": TO}).json
        retrying = events.until(lambda each: each["id"] == job["id"] and each["state"] == "retrying")

    assert retrying["steps"][0]["error"]["type"] == "MailServerUnreachable"
    done = browser.ended(job)
    assert done["state"] == "done"
    assert done["retries"] >= 1


def test_a_cancelled_workflow_keeps_what_is_done_and_mails_no_apology(trained: Trained) -> None:
    browser, to = trained.browser, "fay@example.org"
    browser.post("/api/mailbox/outage", {"seconds": 60})
    with Events(browser) as events:
        job = browser.post("/api/workflows", {**trained.names, "to": to}).json
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "retrying")
    browser.post(f"/api/jobs/{job['id']}/cancel")

    cancelled = browser.ended(job)

    browser.post("/api/mailbox/outage", {"seconds": 0})
    assert [step["state"] for step in cancelled["steps"]] == ["done", "done", "cancelled"]
    browser.post(f"/api/jobs/{job['id']}/resume")
    done = browser.ended(job)
    assert done["state"] == "done"
    before, after = ([step["taskId"] for step in each["steps"]] for each in (cancelled, done))
    assert before[:2] == after[:2]
    assert subjects(browser, to) == ["Your report: customers who may leave"]


def test_a_mail_that_is_being_sent_when_its_job_is_cancelled_is_shown_as_sent(
    system: System, trained: Trained
) -> None:
    browser, to = trained.browser, "gus@slow.example"
    report = browser.ended(browser.post("/api/reports", {"predictions": predicted(trained)["id"]}).json)
    job = browser.post("/api/mails", {"report": report["id"], "to": to}).json
    claimed = system.files / f"mail-{job['steps'][0]['taskId']}"
    wait_until(claimed.exists, "the mail is being sent")

    refused = browser.post(f"/api/jobs/{job['id']}/cancel")

    assert refused.status == 409
    assert refused.json["error"]["code"] == "being-sent"
    assert browser.ended(job)["state"] == "done"
    assert browser.post(f"/api/jobs/{job['id']}/resume").status == 409
    assert subjects(browser, to) == ["Your report: customers who may leave"]


def test_a_mail_whose_answers_are_lost_is_sent_again_as_the_same_mail(trained: Trained) -> None:
    browser, to = trained.browser, "hal@lost.example"
    with Events(browser) as events:
        job = browser.post("/api/workflows", {**trained.names, "to": to}).json
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "retrying")
    assert browser.post(f"/api/jobs/{job['id']}/cancel").status == 409
    assert browser.ended(job)["state"] == "cancelled"

    assert browser.post(f"/api/jobs/{job['id']}/resume").status == 202

    assert browser.ended(job)["state"] == "done"
    [mail] = [mail for mail in browser.get("/api/mailbox").json["mails"] if mail["to"] == to]
    assert mail["times"] > 1


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_a_prediction_that_stops_leaves_no_parts(system: System, trained: Trained, end: str) -> None:
    browser, file = trained.browser, system.files / f"{trained.dataset}.csv"
    whole = file.read_text()
    if end == "failed":
        file.write_text(whole.replace("\nC06000,", "\n,"))
    job = browser.post("/api/prediction-files", trained.names).json
    if end == "cancelled":
        browser.post(f"/api/jobs/{job['id']}/cancel")

    ended = browser.ended(job)

    file.write_text(whole)
    assert ended["state"] == end
    wait_until(lambda: not list(system.files.glob("*part-*")), "its parts are removed")


def test_jobs_are_listed_the_newest_first(trained: Trained) -> None:
    first, second = predicted(trained), predicted(trained)

    listed = trained.browser.get("/api/jobs").json["jobs"]

    assert [job["id"] for job in listed[:2]] == [second["id"], first["id"]]
    assert trained.browser.get(f"/api/jobs/{first['id']}").json == first


def predicted(trained: Trained) -> Any:
    job = trained.browser.post("/api/prediction-files", trained.names)
    assert job.status == 202, job.body
    done = trained.browser.ended(job.json)
    assert done["state"] == "done", done
    return done


def subjects(browser: Browser, to: str) -> list[str]:
    return [mail["subject"] for mail in browser.get("/api/mailbox").json["mails"] if mail["to"] == to]
