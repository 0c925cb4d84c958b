"""The errors of jobs and requests whose files are deleted or unreadable."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import Trained
from samples import CUSTOMER
from system import System


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
