"""The records that a web server keeps, and the claims that it shares with the mail task."""

import subprocess
import sys
from pathlib import Path

from browser import Browser
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
    failed = browser.get("/api/jobs")
    assert failed.status == 500
    assert failed.headers["cache-control"] == "no-store"
    assert failed.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in failed.headers

    record.rmdir()
    kept.rename(record)
    assert browser.get("/api/jobs").status == 200


def test_a_mail_whose_task_has_just_removed_its_claim_is_withdrawn(kind: str, tmp_path: Path) -> None:
    claim = tmp_path / "mail-1"
    claim.symlink_to("nothing")  # no other file can get its name, and no one can read it
    withdrawing = subprocess.Popen([*WITHDRAW[kind], str(tmp_path)], stdout=subprocess.PIPE, text=True)
    wait_until(lambda: list(tmp_path.glob("mail-1.*")) or withdrawing.poll() is not None, "an attempt")

    claim.unlink()

    assert withdrawing.communicate(timeout=20)[0].strip().lower() == "true"
    assert claim.read_text() == "cancelled"
