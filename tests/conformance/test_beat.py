"""Celery's beat sends JavaScript tasks by their names."""

from itertools import pairwise
from pathlib import Path

from scripts.paths import PYTHON_PROJECT, ROOT, VENV_PYTHON
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import clean_environment

from .ledger import Ledger
from .workers import Kind, Target

BEAT_ENDS_WITHIN_S = 30.0


def test_beat_sends_javascript_tasks_by_interval_and_crontab(
    both: dict[Kind, Target], shared_valkey: ValkeyServer, ledger: Ledger, tmp_path: Path
) -> None:
    env = {"BEAT_BROKER": shared_valkey.url, "BEAT_QUEUE": both[Kind.NODE].queue, "BEAT_LEDGER": ledger.path}
    command: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "celery",
        "-A",
        "tests.conformance.py_beat",
        "beat",
        "--loglevel",
        "info",
    ]
    command += ["--schedule", tmp_path / "schedule"]
    beat = Program("beat", command, cwd=ROOT, env=clean_environment() | env, log=tmp_path / "beat.log")
    try:
        ran = ledger.wait_for("start", count=4, label="interval")
        ledger.wait_for("start", label="crontab")
    finally:
        beat.close()
    pauses = [later.time - earlier.time for earlier, later in pairwise(ran)]
    assert all(0.5 < pause < 4 for pause in pauses), pauses


def test_the_templates_beat_runs_only_with_its_schedule_on(
    tmp_path: Path, shared_valkey: ValkeyServer
) -> None:
    command = ["scripts/entrypoints/start_beat.sh", "--schedule", str(tmp_path / "schedule")]
    env = clean_environment() | {"JOBS_BROKER_URL": shared_valkey.url, "JOBS_LOG_LEVEL": "debug"}
    with Program("beat", command, cwd=PYTHON_PROJECT, env=env, log=tmp_path / "off.log") as beat:
        assert beat.wait(BEAT_ENDS_WITHIN_S) == 1
        assert (
            "nothing is scheduled, so beat has nothing to send: set JOBS_PY_SCHEDULE=on"
            in beat.log.splitlines()[-1]
        )
        assert "Traceback" not in beat.log
    env |= {"JOBS_PY_SCHEDULE": "on"}
    with Program("beat", command, cwd=PYTHON_PROJECT, env=env, log=tmp_path / "on.log") as beat:
        beat.wait_for_log("Current schedule:")
        beat.wait_for_log("beat: Waking up|Ticking with max interval")
        assert "js_workers.tasks.example.arithmetic.add" in beat.log
