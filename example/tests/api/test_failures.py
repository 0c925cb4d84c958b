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
