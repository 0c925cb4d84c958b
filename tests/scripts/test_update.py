"""`make update`: a clone gets a later version of the template, with the changes of both sides."""

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import template
from tests.scripts.conftest import FakeProgram, Target
from tests.support.git_repository import ENVIRONMENT, Repository
from tests.support.template import contents

# Left out, as files take time to add and to check out. Nothing that happens here needs them.
BIG = (
    *(f"node/celery-js/{folder}" for folder in ("docs", "reference", "src", "tests")),
    *(f"tests/{folder}" for folder in ("chaos", "conformance", "hostile", "outages", "transport")),
    "python/celery-reliable/tests",
)
CHANGES = "### Added\n\n- A page about moons.\n\n"


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The template with two releases, and with a commit between them."""
    made = Repository(tmp_path_factory.mktemp("template") / "template")
    template.copy_to(made.folder)
    for big in BIG:
        shutil.rmtree(made.folder / big, ignore_errors=True)
    # These tests also run in clones, which have made choices.
    made.write(".template.json", json.dumps({"source": "", "version": "0.1.0"}, indent=2) + "\n")
    made.init()
    made.git("tag", "v0.1.0")
    made.replace("SECURITY.md", "five working days", "four working days")
    made.commit("An answer comes sooner")
    made.git("tag", "between")
    made.write(".template.json", json.dumps({"source": "", "version": "0.2.0"}, indent=2) + "\n")
    made.replace("CHANGELOG.md", "## Unreleased\n", f"## Unreleased\n\n## 0.2.0\n\n{CHANGES}")
    made.write("docs/moons.md", "# Moons\n")
    made.write("node/js_workers/moons.js", "export const moons = 2;\n")
    made.write("python/celery-reliable/celery_reliable/moons.py", '"""Moons."""\n')
    made.write("scripts/moons.py", '"""Moons."""\n')
    made.replace("docs/monitoring.md", "# Monitoring", "# Monitoring and moons")
    made.replace("SECURITY.md", "# Security", "# Security and moons")
    (made.folder / "docs" / "runbook.md").unlink()
    app = 'celery_app = Celery("'
    made.replace("python/py_workers/worker.py", app, f"# Moons.\n{app}")
    made.commit("Moons")
    made.git("tag", "v0.2.0")
    return made


@pytest.fixture
def make_clone(upstream: Repository, tmp_path: Path) -> Iterator["MakeClone"]:
    yield MakeClone(upstream, tmp_path / "clone")
    shutil.rmtree(tmp_path / "clone", ignore_errors=True)


class MakeClone:
    """Makes a clone as "Use this template" does: the files of a version, in a history without it."""

    def __init__(self, upstream: Repository, folder: Path) -> None:
        self._upstream, self._folder = upstream, folder

    def __call__(self, version: str = "v0.1.0") -> Repository:
        self._folder.mkdir()
        archive = self._folder.with_suffix(".tar")
        self._upstream.git("archive", "--output", str(archive), version)
        shutil.unpack_archive(archive, self._folder)
        made = Repository(self._folder)
        made.init()
        return made


def make(
    target: Target, clone: Repository, *words: str, env: dict[str, str] | None = None
) -> tuple[int, str]:
    return target.run("make", *words, cwd=clone.folder, env={**ENVIRONMENT, **(env or {})})


def update(target: Target, clone: Repository, upstream: Repository, *words: str) -> tuple[int, str]:
    return make(target, clone, "update", f"FROM={upstream.folder}", *words)


def test_edits_additions_and_deletions_of_both_sides_are_merged(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    clone.write("python/py_workers/tasks/ours/task.py", '"""Ours."""\n')
    clone.replace("SECURITY.md", "Anyone who can write", "Whoever can write")
    (clone.folder / "docs" / "tutorial.md").unlink()
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


def test_what_has_changed_is_printed_from_the_changelog(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()

    _, output = update(target, clone, upstream)

    assert f"## 0.2.0\n\n{CHANGES}" in output
    assert "## Unreleased" not in output


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
    assert "node/package-lock.json has changed on both sides and yours is kept: run (cd node" in output


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


def test_uncommitted_changes_are_refused(target: Target, make_clone: MakeClone, upstream: Repository) -> None:
    clone = make_clone()
    clone.write("an-idea.md", "Write it down.\n")
    before = contents(clone.folder)

    exit_code, output = update(target, clone, upstream)

    assert exit_code != 0
    assert output.splitlines()[0] == "error: this clone has uncommitted changes: commit or stash them first"
    assert contents(clone.folder) == before


def test_an_existing_branch_is_not_overwritten(
    target: Target, make_clone: MakeClone, upstream: Repository
) -> None:
    clone = make_clone()
    clone.git("branch", "template-v0.2.0")

    exit_code, output = update(target, clone, upstream)

    assert exit_code != 0
    assert "error: the branch template-v0.2.0 exists: merge it, or delete it and run this again" in output
    assert clone.git("branch", "--show-current") == "main\n"


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
        (["FROM=nowhere"], "`git clone nowhere` ended with 128"),
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
