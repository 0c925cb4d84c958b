"""The commands and files that the workflows and other settings name exist."""

import re
from pathlib import Path

import pytest

from scripts.paths import ROOT

WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))
FILES = [*WORKFLOWS, ROOT / ".pre-commit-config.yaml", ROOT / ".devcontainer/devcontainer.json"]
MAKEFILES = (ROOT / "Makefile", ROOT / "maintainers.mk")
TARGETS = {
    target
    for file in MAKEFILES
    for target in re.findall(r"^([a-z][a-z_-]*):", file.read_text("utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_of_a_file_exists(file: Path) -> None:
    text = file.read_text("utf-8")

    targets = re.findall(r"\bmake ([a-z][a-z_-]*)", re.sub(r"^\s*(#|//).*$", "", text, flags=re.MULTILINE))
    scripts = re.findall(r"\bbash (\S+)", text)

    assert [target for target in targets if target not in TARGETS] == []
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_to_a_commit(workflow: Path) -> None:
    # "$/" is this repository.
    used = re.findall(r"uses: (?!\$/)(\S+)(.*)", workflow.read_text("utf-8"))

    assert used
    assert [action for action, _ in used if not re.search(r"@[0-9a-f]{40}$", action)] == []
    assert [action for action, version in used if not re.match(r" # v\d+\.\d+\.\d+$", version)] == []


def test_the_folders_that_are_kept_up_to_date_exist() -> None:
    text = (ROOT / ".github/dependabot.yml").read_text("utf-8")
    folders = [
        folder.strip()
        for found in re.findall(r"director(?:y|ies): \[?([^\]\n]+)", text)
        for folder in found.split(",")
    ]

    assert [folder for folder in folders if not (ROOT / folder.lstrip("/")).is_dir()] == []
