"""Workflows through both languages: they go on from the step that stopped."""

from browser import Events
from conftest import Trained
from system import System, wait_until

TO = "ada@example.org"


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
    with Events(browser) as events:
        job = browser.post("/api/workflows", {**trained.names, "to": "cleo@example.org"}).json
        failed = events.until(lambda each: each["id"] == job["id"] and each["state"] == "failed")
        events.until(lambda _: True, kind="mailbox")

    assert failed["state"] == "failed"
    assert failed["error"]["step"] == "predict"
    assert failed["error"]["type"]
    assert str(system.files) not in str(failed)
    assert [step["state"] for step in failed["steps"]] == ["failed", "waiting", "waiting"]
    # The event says that the mailbox has another mail: the error callback's.
    assert browser.subjects("cleo@example.org") == ["Your report is not ready"]

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
    assert browser.subjects(to) == ["Your report: customers who may leave"]


def test_a_resumed_workflow_mails_no_apology_for_its_first_run(system: System, trained: Trained) -> None:
    browser, to = trained.browser, "ivy@example.org"
    file = system.files / f"{trained.dataset}.csv"
    hidden = file.rename(file.with_suffix(".hidden"))
    browser.post("/api/mailbox/outage", {"seconds": 60})
    failed = browser.ended(browser.post("/api/workflows", {**trained.names, "to": to}).json)
    apology = f"{failed['steps'][-1]['taskId']}-apology"
    wait_until(lambda: system.state_of(apology) == "RETRY", "the apology waits for the mail server")
    hidden.rename(file)

    assert browser.post(f"/api/jobs/{failed['id']}/resume").status == 202

    browser.post("/api/mailbox/outage", {"seconds": 0})
    assert browser.ended(failed)["state"] == "done"
    wait_until(lambda: system.state_of(apology) == "FAILURE", "the apology is withdrawn")
    assert browser.subjects(to) == ["Your report: customers who may leave"]
