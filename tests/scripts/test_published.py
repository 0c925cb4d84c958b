"""`make use-published`, with a program that only looks like npm; `make test-clone` has the real one."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from scripts import template
from tests.scripts.conftest import FakeProgram, Target
from tests.support.template import contents

NPM_WRITES_A_LOCK_FILE = "echo '{\"locked\": true}' > package-lock.json"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone with spaces"
    template.copy_to(folder)
    return folder


def without_logs(clone: Path) -> dict[str, bytes]:
    return {name: content for name, content in contents(clone).items() if not name.startswith(".data/")}


def test_a_clone_depends_on_the_version_and_nothing_names_the_source(
    target: Target, clone: Path, fake_program: FakeProgram
) -> None:
    env = fake_program("npm", NPM_WRITES_A_LOCK_FILE)

    exit_code, output = target.run("make", "use-published", "CELERY_JS=1.2.3", cwd=clone, env=env)

    assert exit_code == 0, output
    manifest = json.loads((clone / "node/package.json").read_text())
    assert manifest["dependencies"]["celery-js"] == "1.2.3"
    assert "workspaces" not in manifest
    assert json.loads((clone / "node/package-lock.json").read_text()) == {"locked": True}
    assert json.loads((clone / "bench/package.json").read_text())["dependencies"]["celery-js"] == "1.2.3"
    assert not (clone / "node/celery-js").exists()
    for file in ("Dockerfile", ".dockerignore", "tsconfig.json", "package.json"):
        assert "celery-js/" not in (clone / "node" / file).read_text(), file
    for source in (clone / "node").rglob("*.js"):
        assert "../celery-js/" not in source.read_text(), f"{source.name} imports from the source's folder"


@pytest.mark.long
def test_the_next_version_is_the_same_command(target: Target, clone: Path, fake_program: FakeProgram) -> None:
    env = fake_program("npm", NPM_WRITES_A_LOCK_FILE)
    target.run("make", "use-published", "CELERY_JS=1.2.3", cwd=clone, env=env)

    exit_code, output = target.run("make", "use-published", "CELERY_JS=1.3.0", cwd=clone, env=env)

    assert exit_code == 0, output
    assert json.loads((clone / "node/package.json").read_text())["dependencies"]["celery-js"] == "1.3.0"


@pytest.mark.long
def test_an_archive_is_named_from_where_it_is_used(
    target: Target, clone: Path, tmp_path: Path, fake_program: FakeProgram
) -> None:
    archive = tmp_path / "celery-js-1.2.3.tgz"
    archive.touch()
    env = fake_program("npm", NPM_WRITES_A_LOCK_FILE)

    exit_code, output = target.run("make", "use-published", f"CELERY_JS={archive}", cwd=clone, env=env)

    assert exit_code == 0, output
    manifest = json.loads((clone / "node/package.json").read_text())
    assert manifest["dependencies"]["celery-js"] == "file:../../celery-js-1.2.3.tgz"


@pytest.mark.long
def test_a_version_unknown_to_npm_changes_nothing(
    target: Target, clone: Path, fake_program: FakeProgram
) -> None:
    before = without_logs(clone)
    env = fake_program("npm", "rm package-lock.json; echo npm error notarget; exit 1")

    exit_code, output = target.run("make", "use-published", "CELERY_JS=99.0.0", cwd=clone, env=env)

    assert exit_code != 0
    assert "    npm error notarget" in output
    assert "set-up failed at node lock: `npm install` ended with 1" in output
    assert (clone / ".data/logs/setup-node-lock.log").exists()
    assert without_logs(clone) == before


@pytest.mark.long
def test_source_with_changes_that_are_not_committed_is_not_removed(
    target: Target, clone: Path, fake_program: FakeProgram
) -> None:
    subprocess.run(["git", "init", "--quiet", clone], check=True, env=os.environ)
    (clone / "node" / "celery-js").mkdir(exist_ok=True)
    (clone / "node" / "celery-js" / "an-idea.js").touch()
    before = without_logs(clone)
    env = fake_program("npm", NPM_WRITES_A_LOCK_FILE)

    exit_code, output = target.run("make", "use-published", "CELERY_JS=1.2.3", cwd=clone, env=env)

    assert exit_code != 0
    sentence = "error: node/celery-js/ has uncommitted changes, which would be lost: commit them first"
    assert output.splitlines()[0] == sentence
    assert without_logs(clone) == before


def test_a_package_that_nothing_depends_on_is_refused(target: Target, clone: Path) -> None:
    manifest = clone / "python" / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace("celery-reliable", "celery-other"))
    before = without_logs(clone)

    exit_code, output = target.run("make", "use-published", "CELERY_RELIABLE=1.2.3", cwd=clone)

    assert exit_code != 0
    assert output.splitlines()[0] == "error: python/pyproject.toml does not depend on celery-reliable"
    assert without_logs(clone) == before


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            [],
            "missing CELERY_JS= or CELERY_RELIABLE=: use make use-published",
        ),
        (
            ["CELERY_JS=latest"],
            "invalid CELERY_JS=latest: use a version like 1.2.3 or an archive (.tgz)",
        ),
        (
            ["CELERY_JS=no.tgz"],
            "invalid CELERY_JS=no.tgz: use a version like 1.2.3 or an archive (.tgz)",
        ),
        (
            ["CELERY_RELIABLE=x.tgz"],
            "invalid CELERY_RELIABLE=x.tgz: use a version like 1.2.3 or an archive (.whl)",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(
    target: Target, clone: Path, variables: list[str], sentence: str
) -> None:
    before = without_logs(clone)

    exit_code, output = target.run("make", "use-published", *variables, cwd=clone)

    assert exit_code != 0
    assert output.splitlines()[0].startswith(f"error: {sentence}")
    assert without_logs(clone) == before
