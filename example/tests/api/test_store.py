"""The records that a web server keeps, and the claims that it shares with the mail task."""

import subprocess
import sys
from pathlib import Path

import pytest
from browser import Browser, Events
from conftest import Trained
from scripts.example.places import WEB_NODE, WEB_PYTHON
from system import System, wait_until

WITHDRAW = {
    "node": (
        "node",
        "--input-type=module",
        "--eval",
        f'import {{ Store }} from "{WEB_NODE / "store.js"}";\n'
        "console.log(await new Store(process.argv[1]).withdraw('1'));",
    ),
    "python": (
        sys.executable,
        "-c",
        f"import pathlib, sys\nsys.path.insert(0, {str(WEB_PYTHON)!r})\nfrom store import Store\n"
        "print(Store(pathlib.Path(sys.argv[1])).withdraw('1'))",
    ),
}


def test_an_unreadable_record_is_not_a_missing_job(system: System, browser: Browser) -> None:
    dataset = browser.post("/api/datasets", {"seed": 1, "rows": 200}).json["dataset"]
    [record] = system.files.glob(f"web/*/{dataset[-36:]}.json")
    kept = record.rename(record.with_suffix(".kept"))
    record.mkdir()

    assert browser.post("/api/trainings", {"dataset": dataset, "rounds": 1}).status == 500
    failed = browser.get(f"/api/jobs/{dataset[-36:]}")
    assert failed.status == 500
    assert failed.headers["cache-control"] == "no-store"
    assert failed.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in failed.headers

    record.rmdir()
    kept.rename(record)
    assert browser.get("/api/jobs").status == 200


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "1", "null"])
def test_a_record_that_cannot_be_read_hides_no_other_job(
    system: System, trained: Trained, content: str
) -> None:
    browser = trained.browser
    before = browser.get("/api/jobs").json["jobs"]
    [folder] = {file.parent for file in system.files.glob(f"web/*/{before[0]['id']}.json")}
    broken = folder / "00000000-0000-4000-8000-000000000000.json"
    broken.write_text(content)

    answer = browser.get("/api/jobs")

    broken.unlink()
    assert answer.status == 200
    assert answer.json["jobs"] == before
    assert browser.get("/api/mailbox").status == 200


def test_a_job_whose_end_cannot_be_saved_is_shown_all_the_same(system: System, trained: Trained) -> None:
    browser = trained.browser
    job = browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 10}).json
    [record] = system.files.glob(f"web/*/{job['id']}.json")
    with Events(browser) as events:
        events.until(lambda each: each["id"] == job["id"] and each["state"] == "running")
        kept = record.rename(record.with_suffix(".kept"))
        record.mkdir()
        done = events.until(lambda each: each["id"] == job["id"] and each["state"] == "done", 60)
    record.rmdir()
    kept.rename(record)

    assert browser.get(f"/api/jobs/{job['id']}").json == done
    assert "final" in system.record(job)


def test_another_file_among_the_sessions_does_not_matter(system: System, kind: str, trained: Trained) -> None:
    stray = system.files / "web" / "stray"
    stray.touch()
    job = trained.browser.post("/api/trainings", {"dataset": trained.dataset, "rounds": 10}).json
    for each in (kind, system.other_kind(kind)):
        system.stop_web(each)
    system.start_web(kind)
    try:
        wait_until(lambda: "final" in system.record(job), "its end is saved")
    finally:
        stray.unlink()
        system.start_web(system.other_kind(kind))


def test_a_mail_whose_task_has_just_removed_its_claim_is_withdrawn(kind: str, tmp_path: Path) -> None:
    claim = tmp_path / "mail-1"
    claim.symlink_to("nothing")  # no other file can get its name, and no one can read it
    withdrawing = subprocess.Popen([*WITHDRAW[kind], str(tmp_path)], stdout=subprocess.PIPE, text=True)
    wait_until(lambda: list(tmp_path.glob("mail-1.*")) or withdrawing.poll() is not None, "an attempt")

    claim.unlink()

    assert withdrawing.communicate(timeout=20)[0].strip().lower() == "true"
    assert claim.read_text() == "cancelled"
