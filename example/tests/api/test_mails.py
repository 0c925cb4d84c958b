"""Reports, and the mails with them: a mail is retried, and sent or cancelled, never both."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from browser import Browser, Events
from conftest import Trained
from system import System, wait_until

TO = "ada@example.org"


def test_a_report_is_rendered_and_mailed(trained: Trained) -> None:
    browser = trained.browser
    report = browser.ended(browser.post("/api/reports", {"predictions": trained.predicted()["id"]}).json)

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
    assert trained.browser.subjects(TO)

    # The same address shows nothing of it.
    browser.post("/api/mails", {"report": done["id"], "to": TO})
    assert browser.get("/api/mailbox").json["mails"] == []


def test_a_mail_without_its_report_fails_and_names_no_folder(system: System, trained: Trained) -> None:
    browser = trained.browser
    report = browser.ended(browser.post("/api/reports", {"predictions": trained.predicted()["id"]}).json)
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
    report = browser.ended(browser.post("/api/reports", {"predictions": trained.predicted()["id"]}).json)
    assert browser.post("/api/mailbox/outage", {"seconds": 3}).status == 202
    assert browser.get("/api/mailbox").json["away"] is True

    with Events(browser) as events:
        job = browser.post("/api/mails", {"report": report["id"], "to": TO}).json
        retrying = events.until(lambda each: each["id"] == job["id"] and each["state"] == "retrying")

    assert retrying["steps"][0]["error"]["type"] == "MailServerUnreachable"
    done = browser.ended(job)
    assert done["state"] == "done"
    assert done["retries"] >= 1


def test_a_mail_that_is_being_sent_when_its_job_is_cancelled_is_shown_as_sent(
    system: System, trained: Trained
) -> None:
    browser, to = trained.browser, "gus@slow.example"
    report = browser.ended(browser.post("/api/reports", {"predictions": trained.predicted()["id"]}).json)
    job = browser.post("/api/mails", {"report": report["id"], "to": to}).json
    claimed = system.files / f"mail-{job['steps'][0]['taskId']}"
    wait_until(claimed.exists, "the mail is being sent")

    refused = browser.post(f"/api/jobs/{job['id']}/cancel")

    assert refused.status == 409
    assert refused.json["error"]["code"] == "being-sent"
    assert browser.ended(job)["state"] == "done"
    assert browser.post(f"/api/jobs/{job['id']}/resume").status == 409
    assert browser.subjects(to) == ["Your report: customers who may leave"]


def test_a_mail_whose_answers_are_lost_is_sent_again_as_the_same_mail(trained: Trained) -> None:
    browser, to = trained.browser, "hal@lost.example"
    with Events(browser) as events:
        job = browser.post("/api/workflows", {**trained.names, "to": to}).json
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "retrying")
    assert browser.post(f"/api/jobs/{job['id']}/cancel").status == 409

    assert browser.ended(job)["state"] == "done"
    [mail] = [mail for mail in browser.get("/api/mailbox").json["mails"] if mail["to"] == to]
    assert mail["times"] > 1


def test_a_second_outage_of_the_mail_server_is_not_cut_short_by_the_first(
    system: System, browser: Browser
) -> None:
    # A client that stays connected delays the first one by half a second.
    with socket.create_connection(system.smtp), ThreadPoolExecutor(1) as pool:
        first = pool.submit(browser.post, "/api/mailbox/outage", {"seconds": 1})
        wait_until(lambda: browser.get("/api/mailbox").json["away"], "it is away")
        second = browser.post("/api/mailbox/outage", {"seconds": 30})
        assert [first.result().status, second.status] == [202, 202]

    def mailbox() -> Any:
        return browser.get("/api/mailbox").json

    wait_until(lambda: mailbox()["awayForSeconds"] <= 28, "the first outage is over")
    still_away = mailbox()["away"]
    browser.post("/api/mailbox/outage", {"seconds": 0})
    assert still_away
