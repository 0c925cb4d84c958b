"""The errors of jobs and requests whose files are deleted or unreadable."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from browser import Events
from conftest import Trained
from samples import CUSTOMER
from system import System, wait_until


@contextmanager
def hidden(file: Path) -> Iterator[None]:
    """Hide a file for a while."""
    other = file.rename(file.with_suffix(".hidden"))
    yield
    other.rename(file)


def test_an_error_of_the_operating_system_names_no_folder(system: System, trained: Trained) -> None:
    browser = trained.browser
    predicted = browser.ended(browser.post("/api/prediction-files", trained.names).json)
    session = browser.cookie.partition("=")[2][:36]
    # The id comes from the key, so that the file is known before the task writes it.
    report = uuid.UUID(hashlib.sha256(f"{session} k6".encode()).hexdigest()[:32])
    file = system.files / f"report-{report}.pdf"
    file.mkdir()

    failed = browser.ended(browser.post("/api/reports", {"predictions": predicted["id"]}, key="k6").json)

    file.rmdir()
    assert failed["id"] == str(report)
    assert file.name in failed["error"]["message"]
    assert "/" not in failed["error"]["message"]
    assert file.parent.name.split()[1] not in failed["error"]["message"]


def test_a_model_that_is_gone_is_named(system: System, trained: Trained) -> None:
    body = {"model": trained.model, "customer": CUSTOMER}
    with hidden(system.files / f"{trained.model}.model"):
        gone = trained.browser.post("/api/predictions", body)

    assert gone.status == 410, gone.body
    assert gone.json["error"]["message"] == f"there is no model '{trained.model}'"
    assert trained.browser.post("/api/predictions", body).status == 200


def test_a_result_that_has_expired_is_not_sent(system: System, trained: Trained) -> None:
    browser = trained.browser
    predicted = trained.predicted()
    job = browser.post("/api/workflows", {**trained.names, "to": "ian@refused.example"}).json
    failed = browser.ended(job)
    for step in (predicted["steps"][0], *failed["steps"][:2]):
        system.redis("DEL", f"celery-task-meta-{step['taskId']}")

    report = browser.post("/api/reports", {"predictions": predicted["id"]})
    again = browser.post(f"/api/jobs/{job['id']}/resume")

    assert [report.status, again.status] == [410, 410]
    assert again.json["error"]["code"] == "expired"
    assert browser.get(f"/api/jobs/{job['id']}").json == failed
    assert "report" not in [each["kind"] for each in browser.get("/api/jobs").json["jobs"][:1]]


def test_a_stored_result_that_cannot_be_read_fails_its_job_alone(system: System, trained: Trained) -> None:
    browser = trained.browser
    with system.without_workers():
        job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 1}).json
        system.store_state(job["steps"][0]["taskId"], "no JSON")

        failed = browser.ended(job)

    assert failed["state"] == "failed"
    assert failed["error"]["type"] == "DecodeError"
    assert browser.get("/api/jobs").json["jobs"][0] == failed


def test_a_prediction_that_its_worker_takes_too_late_is_a_timeout(system: System, trained: Trained) -> None:
    with system.without_workers(), ThreadPoolExecutor(1) as pool:
        body = {"model": trained.model, "customer": CUSTOMER}
        posted = pool.submit(trained.browser.post, "/api/predictions", body)
        wait_until(lambda: system.redis("LLEN", "py-queue") != "0", "the task is in its queue")
        task = json.loads(system.redis("LINDEX", "py-queue", "0"))["headers"]["id"]
        error = {"exc_type": "TaskRevokedError", "exc_message": ["expired"], "exc_module": "celery.exceptions"}
        system.store_state(task, json.dumps({"status": "REVOKED", "result": error, "task_id": task}))

    assert posted.result().status == 504


def test_a_chord_between_its_parts_is_cancelled_without_a_worker(system: System, trained: Trained) -> None:
    browser = trained.browser
    with system.without_workers():
        job = browser.post("/api/prediction-files", trained.names).json
        part = system.record(job)["steps"][0]["parts"][0]
        with Events(browser) as events:
            system.store_state(part, json.dumps({"status": "SUCCESS", "result": {}, "task_id": part}))
            events.until(lambda each: each["id"] == job["id"] and each["state"] == "running")

        cancelled = browser.post(f"/api/jobs/{job['id']}/cancel").json

    assert cancelled["state"] == "cancelled"
