"""The fixtures that the JavaScript tests read are what the installed Celery puts on the wire."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.paths import NODE_PROJECT, VENV_PYTHON

TESTS = NODE_PROJECT / "celery-js" / "tests"
RECORDERS = (TESTS / "fixtures" / "record.py", TESTS / "tasks" / "fixtures" / "record_binding.py")


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="other versions word some errors differently")
@pytest.mark.parametrize("recorder", RECORDERS, ids=lambda recorder: recorder.name)
def test_the_installed_celery_records_the_committed_fixtures(recorder: Path, tmp_path: Path) -> None:
    subprocess.run([VENV_PYTHON, recorder, tmp_path], check=True)

    recorded = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    committed = {name: (recorder.parent / name).read_text("utf-8") for name in recorded}

    assert recorded
    for name, text in recorded.items():
        assert text.splitlines() == committed[name].splitlines(), f"record {name} again: {recorder}"
