"""`make update` in clones that have made choices, or with another history, and of generated files."""

import json
from pathlib import Path

import pytest

from tests.scripts.conftest import FakeProgram, Target
from tests.scripts.update.conftest import MakeClone, make, update
from tests.support.git_repository import Repository

pytestmark = pytest.mark.long


def test_a_renamed_and_stripped_clone_keeps_its_name_and_gets_no_removed_part_back(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    for words in (("rename", "NAME=acme_jobs"), ("strip", "lang=node")):
        exit_code, output = make(target, clone, *words)
        assert exit_code == 0, output
        clone.commit(words[0])

    exit_code, output = update(target, clone, upstream)

    assert exit_code == 0, output
    assert '\n# Moons.\ncelery_app = Celery("acme_jobs")' in clone.read("python/py_workers/worker.py")
    assert (clone.folder / "docs" / "moons.md").exists()
    for gone in ("node", "tests", "bench"):
        assert not (clone.folder / gone).exists()
    choices = json.loads(clone.read(".template.json"))
    assert (choices["name"], choices["stripped"], choices["version"]) == ("acme_jobs", ["node"], "0.2.0")


def test_a_clone_with_published_packages_does_not_get_their_source_back(
    target: Target, make_clone: MakeClone, upstream: Repository, fake_program: FakeProgram
) -> None:
    clone = make_clone()
    npm = fake_program("npm", "true")
    exit_code, output = make(target, clone, "use-published", "CELERY_JS=0.1.0", env=npm)
    assert exit_code == 0, output
    clone.commit("The published package")

    exit_code, output = update(target, clone, upstream)

    assert exit_code == 0, output
    assert not (clone.folder / "node" / "celery-js").exists()
    assert json.loads(clone.read("node/package.json"))["dependencies"]["celery-js"] == "0.1.0"
    assert "  make use-published CELERY_JS=0.2.0\n" in output


def test_a_clone_made_between_two_releases_starts_from_there(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone("between")
    clone.replace("SECURITY.md", "four working days", "five working days")  # as it was in the release before
    clone.commit("Our answer takes longer")

    exit_code, output = update(target, clone, upstream)

    assert exit_code == 0, output
    assert "five working days" in clone.read("SECURITY.md"), "our edit, though it equals the older release"


def test_a_clone_that_shares_the_templates_history_is_updated_too(
    target: Target, upstream: Repository, tmp_path: Path
) -> None:
    upstream.git("clone", "--quiet", "--branch", "v0.1.0", str(upstream.folder), str(tmp_path / "shared"))
    clone = Repository(tmp_path / "shared")

    exit_code, output = update(target, clone, upstream)

    assert exit_code == 0, output
    assert (clone.folder / "docs" / "moons.md").exists()


def test_the_next_update_starts_where_the_last_one_ended(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    update(target, clone, upstream, "TO=between")
    clone.replace("docs/monitoring.md", "# Monitoring", "# Watching")
    clone.commit("Our title")
    clone.git("branch", "--quiet", "-M", "main")

    exit_code, output = update(target, clone, upstream, "TO=v0.2.0")
    assert exit_code != 0
    assert "with conflicts in\n  docs/monitoring.md\n" in output

    clone.write("docs/monitoring.md", "# Watching moons\n")
    clone.git("add", "--all")
    clone.git("-c", "core.editor=true", "cherry-pick", "--continue")
    assert make(target, clone, "update")[1].endswith("\nThis clone has v0.2.0 already.\n")


def test_a_lock_file_that_both_sides_changed_stays_valid(
    target: Target, make_clone: MakeClone, upstream: Repository, tmp_path: Path
) -> None:
    newer = Repository(tmp_path / "newer")
    upstream.git("clone", "--quiet", str(upstream.folder), str(newer.folder))
    newer.replace("node/package-lock.json", '"lockfileVersion": 3,', '"lockfileVersion": 4,')
    newer.commit("Newer packages")
    newer.git("tag", "v0.3.0")
    clone = make_clone()
    clone.replace("node/package-lock.json", '"lockfileVersion": 3,', '"lockfileVersion": 3, "ours": true,')
    clone.commit("Our packages")

    exit_code, output = update(target, clone, newer)

    assert exit_code == 0, output
    assert json.loads(clone.read("node/package-lock.json"))["ours"] is True
    assert "node/package-lock.json has changed on both sides and yours is kept: run make js-lock\n" in output


def test_contracts_that_both_sides_changed_are_written_again(
    target: Target, make_clone: MakeClone, upstream: Repository, tmp_path: Path
) -> None:
    files = ("contracts/tasks.json", "python/py_workers/contract.json", "clients/node/src/contract.js")
    newer = Repository(tmp_path / "newer")
    upstream.git("clone", "--quiet", str(upstream.folder), str(newer.folder))
    clone = make_clone()
    for made, letter in ((newer, "x"), (clone, "y")):
        for file in files:
            made.write(file, made.read(file).replace("arithmetic", f"arithmetic_{letter}"))
        made.commit("Other tasks")
    newer.git("tag", "v0.3.0")

    exit_code, output = update(target, clone, newer)

    assert exit_code == 0, output
    assert all("arithmetic_y" in clone.read(file) for file in files)
    assert f"{', '.join(files)} have changed on both sides and yours are kept: run make contracts" in output
