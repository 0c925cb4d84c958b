"""`make version`: one command writes the version of both packages to every place."""

import json
import re
from pathlib import Path

import pytest

from scripts import template, version
from scripts.paths import ROOT
from tests.scripts.conftest import Target
from tests.support.template import contents

# Those of this clone, which may have removed some.
PLACES = [place for place in version.PLACES if (ROOT / place[0]).exists()]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    template.copy_to(folder)
    changelog = folder / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## Unreleased\n\n### Added\n\n- Moons.\n\n## 0.0.9 - 2026-01-01\n")
    return folder


@pytest.mark.parametrize(("name", "before"), PLACES)
def test_every_place_of_a_version_is_there(name: str, before: str) -> None:
    assert version.has(ROOT / name, before)


def test_both_packages_have_the_version_and_the_changelog_a_heading(target: Target, clone: Path) -> None:
    exit_code, output = target.run("make", "version", "TO=3.1.4", cwd=clone)

    assert exit_code == 0, output
    assert json.loads((clone / "node/celery-js/package.json").read_text())["version"] == "3.1.4"
    assert 'VERSION = "3.1.4"' in (clone / "node/celery-js/src/version.js").read_text()
    lock = json.loads((clone / "node/package-lock.json").read_text())["packages"]
    assert lock["celery-js"]["version"] == "3.1.4"
    assert 'version = "3.1.4"' in (clone / "python/celery-reliable/pyproject.toml").read_text()
    package = clone / "python/celery-reliable/celery_reliable"
    assert '__version__ = "3.1.4"' in (package / "__init__.py").read_text()
    assert 'name = "celery-reliable"\nversion = "3.1.4"' in (clone / "python/poetry.lock").read_text()
    assert json.loads((clone / ".template.json").read_text())["version"] == "3.1.4"
    changelog = (clone / "CHANGELOG.md").read_text()
    headings = r"^## Unreleased\n\n## 3\.1\.4 - \d{4}-\d\d-\d\d\n\n### Added\n"
    assert re.search(headings, changelog, re.MULTILINE)


def test_no_page_installs_an_archive_of_the_version_before(target: Target, clone: Path) -> None:
    exit_code, output = target.run("make", "version", "TO=3.1.4", cwd=clone)

    assert exit_code == 0, output
    pages = [page.read_text() for page in clone.rglob("*.md")]
    assert {found for page in pages for found in re.findall(r"\bcelery-js-([\d.]+)\.tgz", page)} == {"3.1.4"}


def test_the_javascript_client_accepts_the_version(target: Target, clone: Path) -> None:
    exit_code, output = target.run("make", "version", "TO=3.1.4", cwd=clone)

    assert exit_code == 0, output
    client = json.loads((clone / "clients/node/package.json").read_text())
    assert client["dependencies"]["celery-js"] == "^3.1.4"
    locks = [json.loads(file.read_text())["packages"] for file in clone.rglob("package-lock.json")]
    clients = [lock["node_modules/jobs-client"] for lock in locks if "node_modules/jobs-client" in lock]
    assert [each for each in clients if each["dependencies"] != client["dependencies"]] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "TO= is missing: make version TO=0.3.0"),
        (["TO=3.1"], "invalid TO=3.1: use three numbers, as in make version TO=0.3.0"),
        (["TO=0.0.1"], "invalid TO=0.0.1: the version is "),
    ],
)
def test_a_wrong_version_is_one_sentence(
    target: Target, clone: Path, words: list[str], sentence: str
) -> None:
    before = contents(clone)

    exit_code, output = target.run("make", "version", *words, cwd=clone)

    assert exit_code != 0
    assert output.splitlines()[0].startswith(f"error: {sentence}")
    assert contents(clone) == before


def test_a_version_without_changes_is_refused(target: Target, clone: Path) -> None:
    (clone / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n## 0.0.9 - 2026-01-01\n")

    exit_code, output = target.run("make", "version", "TO=3.1.4", cwd=clone)

    assert exit_code != 0
    assert 'error: CHANGELOG.md has nothing below "## Unreleased": write what users will notice\n' in output
