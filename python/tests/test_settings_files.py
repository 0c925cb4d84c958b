"""The code, the files in configmaps/ and the documentation have the same variables and defaults."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from py_workers.config import Variables

ROOT = Path(__file__).resolve().parents[2]
VARIABLES = [f"JOBS_{field.upper()}" for field in Variables.model_fields]


def test_the_example_files_have_the_defaults_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    files = _settings_of_files("python")

    assert files.keys() == set(VARIABLES)
    monkeypatch.setattr(os, "environ", {})
    defaults = Variables.read()
    monkeypatch.setattr(os, "environ", files)
    assert Variables.read() == defaults


def test_the_documentation_has_the_defaults_of_the_files() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    rows = re.findall(r"^\| `(JOBS_\w+)` \| [^|]+ \| (.+?) \|", text, re.MULTILINE)
    documented = {name: default.strip("`").replace("(empty)", "") for name, default in rows}

    assert documented == _settings_of_files("python") | _settings_of_files("node")


def test_the_node_workers_have_the_defaults_of_the_files() -> None:
    source = (ROOT / "node/js_workers/config.js").read_text()
    defaults = dict(re.findall(r'^\s*(JOBS_\w+): .*\.prefault\("([^"]*)"\)', source, re.MULTILINE))

    assert defaults == _settings_of_files("node")


def test_no_variable_is_in_two_files() -> None:
    files = sorted((ROOT / "configmaps").rglob("*.env"))
    names = [
        name
        for file in files
        for name in re.findall(r"^(?:export )?(JOBS_\w+)=", file.read_text(), re.MULTILINE)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def _settings_of_files(language: str) -> dict[str, str]:
    """Return a language's settings in configmaps/, read as the make targets do."""
    command = [sys.executable, "-m", "scripts", "settings", language]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    values: dict[str, str] = json.loads(answer.stdout)
    return values
