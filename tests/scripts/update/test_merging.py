"""`make update`: a clone gets a later version of the template, with the changes of both sides."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.scripts.conftest import FakeProgram, Target
from tests.scripts.update.conftest import CHANGES, MakeClone, make, update
from tests.support.git_repository import ENVIRONMENT, Repository
from tests.support.template import contents


def test_edits_additions_and_deletions_of_both_sides_are_merged(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    clone.write("python/py_workers/tasks/ours/task.py", '"""Ours."""\n')
    clone.replace("SECURITY.md", "Anyone who can write", "Whoever can write")
    (clone.folder / "docs" / "tutorial.md").unlink()
    clone.replace("node/package.json", '    "zod"', '    "date-fns": "4.1.0",\n    "zod"')
    clone.commit("Our changes")

    exit_code, output = update(target, clone, upstream)

    assert exit_code == 0, output
    assert clone.git("branch", "--show-current") == "template-v0.2.0\n"
    assert clone.git("log", "-1", "--format=%s") == "Update from template 0.1.0 to 0.2.0\n"
    assert clone.git("status", "--porcelain") == ""
    assert "moons" in clone.read("docs/monitoring.md")
    assert clone.read("docs/moons.md") == "# Moons\n"
    assert not (clone.folder / "docs" / "runbook.md").exists()
    assert "Whoever can write" in clone.read("SECURITY.md"), "our edit"
    assert clone.read("SECURITY.md").startswith("# Security and moons\n"), "and theirs, in the same file"
    assert clone.read("python/py_workers/tasks/ours/task.py") == '"""Ours."""\n'
    assert not (clone.folder / "docs" / "tutorial.md").exists()
    assert '"date-fns": "4.1.0"' in clone.read("node/package.json"), "a library, next to the template's own"


@pytest.mark.long
def test_conflicts_are_left_as_git_leaves_them(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    clone.replace("SECURITY.md", "# Security", "# Safety")
    clone.commit("Our title")
    before = clone.git("rev-parse", "HEAD")

    exit_code, output = update(target, clone, upstream)

    assert exit_code != 0
    assert clone.git("diff", "--name-only", "--diff-filter=U") == "SECURITY.md\n"
    marked = "<<<<<<< HEAD\n# Safety\n=======\n# Security and moons\n>>>>>>> "
    assert clone.read("SECURITY.md").startswith(marked)
    assert "0.2.0 is on the branch template-v0.2.0, with conflicts in\n  SECURITY.md\n" in output
    clone.git("cherry-pick", "--abort")
    clone.git("switch", "-")
    assert clone.git("rev-parse", "HEAD") == before
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.long
def test_what_has_changed_is_printed_from_the_changelog(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()

    _, output = update(target, clone, upstream)

    assert f"## 0.2.0\n\n{CHANGES}" in output
    assert "## Unreleased" not in output


def test_uncommitted_changes_are_refused(target: Target, make_clone: MakeClone, upstream: Repository) -> None:
    clone = make_clone()
    clone.write("an-idea.md", "Write it down.\n")
    before = contents(clone.folder)

    exit_code, output = update(target, clone, upstream)

    assert exit_code != 0
    assert output.splitlines()[0] == "error: this clone has uncommitted changes: commit or stash them first"
    assert contents(clone.folder) == before


@pytest.mark.long
def test_an_existing_branch_is_not_overwritten(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    clone.git("branch", "template-v0.2.0")

    exit_code, output = update(target, clone, upstream)

    assert exit_code != 0
    assert "error: the branch template-v0.2.0 exists: merge it, or delete it and run this again" in output
    assert clone.git("branch", "--show-current") == "main\n"


@pytest.mark.long
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_update_changes_nothing_and_leaves_nothing_behind(
    target: Target, make_clone: MakeClone, fake_program: FakeProgram, tmp_path: Path, signum: signal.Signals
) -> None:
    clone = make_clone()
    before = contents(clone.folder)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    git = shutil.which("git")
    slow = fake_program("git", f'[ "$1" = clone ] && echo fetching >&2 && exec sleep 60; exec {git} "$@"')
    env = {**ENVIRONMENT, **slow, "TMPDIR": str(temporary)}
    command = ("python3", "-m", "scripts", "update", "--source=somewhere")
    running = target.start(*command, cwd=clone.folder, env=env)
    running.wait_for_log("fetching", 20)

    running.signal(signum)

    assert running.wait() == 128 + signum, running.log
    assert not list(temporary.iterdir())
    assert contents(clone.folder) == before
    assert clone.git("branch", "--show-current") == "main\n"
    target.expect_nothing_left()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            [],
            "FROM= is missing: name the template's repository once, as in make update TO=v0.3.0 FROM=https://...",
        ),
        (
            ["FROM=nowhere"],
            "`git clone nowhere` ended with 128: check the address and your access, or name the template's "
            "repository with FROM=",
        ),
        (["TO=v9.9.9"], "the template has no v9.9.9: use one of its tags, as in TO=v0.3.0"),
    ],
)
def test_a_wrong_value_is_one_sentence_and_changes_nothing(
    target: Target, make_clone: MakeClone, upstream: Repository, words: list[str], sentence: str
) -> None:
    clone = make_clone()
    before = contents(clone.folder)
    if words and words[0].startswith("TO="):
        words = [*words, f"FROM={upstream.folder}"]

    exit_code, output = make(target, clone, "update", *words)

    assert exit_code != 0
    assert f"error: {sentence}\n" in output
    assert contents(clone.folder) == before
