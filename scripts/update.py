"""`make update`: merges a later version of the template into this clone, on a branch.

A clone often shares no history with the template. So the clone's choices (its name, removed parts and
languages, published packages) are applied to both versions, and `git cherry-pick` applies the difference
between them to the clone: a three-way merge, with git's conflicts. Everything before that happens in a
temporary folder, and the merge on a branch, so nothing is lost if it stops halfway.
"""

import tempfile
from pathlib import Path

from scripts import choices, git, published_edits, template_versions
from scripts.choices import Choices
from scripts.console import BOLD, Console
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import ROOT
from scripts.processes import ProcessGroup
from scripts.template_versions import Version, Versions

USAGE = "make update TO=v0.3.0"
CONFLICTS = 1

# Generated files and the command that writes them. Merged texts would not be valid.
GENERATED = {
    "node/package-lock.json": "make js-lock",
    "python/poetry.lock": "make py-lock",
    **dict.fromkeys(
        (
            "contracts/tasks.json",
            "python/py_workers/contract.json",
            "node/js_workers/contract.json",
            "clients/python/jobs_client/contract.py",
            "clients/node/src/contract.js",
            "clients/node/src/contract.d.ts",
        ),
        "make contracts",
    ),
}


def run(console: Console, interruption: Interruption, to: str, source: str) -> int:
    """Updates to a tag or commit, the newest release if `to` is empty. `source` replaces the recorded one.

    Returns 0, or 1 when conflicts are left to resolve. Raises CommandFailed, with nothing changed, when there
    are uncommitted changes, the template cannot be fetched or has no such version, or the branch exists.
    """
    _check_clean()
    chosen = choices.read()
    source = source or chosen.source
    if not source:
        raise CommandFailed(
            f"FROM= is missing: name the template's repository once, as in {USAGE} FROM=https://..."
        )
    with tempfile.TemporaryDirectory(prefix="jobs-update-") as folder, ProcessGroup(interruption) as group:
        versions = Versions(Path(folder), group, interruption)
        console.note("fetching", source)
        versions.fetch(source)
        name = to or versions.newest()
        older, newer = versions.cloned(chosen), versions.at(name)
        if versions.contains(older, newer):
            console.line(f"This clone has {name} already.")
            return 0
        branch = f"template-{name}"
        if git.attempt("show-ref", "--verify", "--quiet", f"refs/heads/{branch}").returncode == 0:
            raise CommandFailed(f"the branch {branch} exists: merge it, or delete it and run this again")
        console.note("repeating", "what this clone has chosen, in both versions of the template")
        before = versions.tree_like_clone(older, chosen)
        after = versions.tree_like_clone(newer, template_versions.chosen_at(chosen, newer, source))
        kept = _keep_own_generated(before, after)
        interruption.check()
        commit = _commit_of_changes(Path(folder), before, after, older, newer)
    conflicts = _merge(branch, commit)
    _report(console, older, newer, branch, conflicts)
    _say_what_to_run(console, chosen, newer, kept)
    return CONFLICTS if conflicts else 0


def _check_clean() -> None:
    if git.run("status", "--porcelain"):
        raise CommandFailed("this clone has uncommitted changes: commit or stash them first")
    if git.attempt("rev-parse", "--verify", "--quiet", "CHERRY_PICK_HEAD").returncode == 0:
        raise CommandFailed("another update is not finished: `git cherry-pick --continue` or `--abort`")


def _keep_own_generated(before: Path, after: Path) -> list[str]:
    """Keeps the clone's generated files that the template has changed as well. Returns their names."""
    kept = []
    for name in GENERATED:
        files = [folder / name for folder in (before, after, ROOT)]
        if all(file.exists() for file in files):
            older, newer, own = (file.read_bytes() for file in files)
            if older not in (newer, own) and newer != own:
                (after / name).write_bytes(older)
                kept.append(name)
    return kept


def _commit_of_changes(folder: Path, before: Path, after: Path, older: Version, newer: Version) -> str:
    """Returns a commit in the clone's repository whose changes are those between two trees."""
    base = git.run("commit-tree", _tree(folder, before), "-m", f"Template {older.number}").strip()
    subject = f"Update from template {older.number} to {newer.number}"
    return git.run("commit-tree", _tree(folder, after), "-p", base, "-m", subject).strip()


def _tree(folder: Path, files: Path) -> str:
    env = {"GIT_INDEX_FILE": str(folder / f"{files.name}.clone-index")}
    directory = git.run("rev-parse", "--absolute-git-dir").strip()
    where = ("--git-dir", directory, "--work-tree", files)
    # Ignored files too: the template may contain some.
    git.run(*where, "add", "--all", "--force", ".", cwd=files, env=env)
    return git.run(*where, "write-tree", cwd=files, env=env).strip()


def _merge(branch: str, commit: str) -> list[str]:
    """Applies the changes on a new branch. Returns the files with conflicts, as git leaves them."""
    git.run("switch", "--quiet", "--create", branch)
    picked = git.attempt("cherry-pick", commit)
    conflicts = git.run("diff", "--name-only", "--diff-filter=U").splitlines()
    if picked.returncode != 0 and not conflicts:
        raise CommandFailed("git could not apply the changes", picked.stderr.rstrip())
    return conflicts


def _report(console: Console, older: Version, newer: Version, branch: str, conflicts: list[str]) -> None:
    what = template_versions.news(older, newer)
    if what:
        console.line(f"\n{what}\n")
    if not conflicts:
        console.line(console.paint(f"{newer.number} is merged on the branch {branch}.", BOLD))
        return
    console.line(console.paint(f"{newer.number} is on the branch {branch}, with conflicts in", BOLD))
    for file in conflicts:
        console.line(f"  {file}")
    console.line("Edit and `git add` them, then `git cherry-pick --continue`.")
    console.line("To go back: `git cherry-pick --abort`, `git switch -`.")


def _say_what_to_run(console: Console, chosen: Choices, newer: Version, kept: list[str]) -> None:
    for command in dict.fromkeys(GENERATED[name] for name in kept):
        names = [name for name in kept if GENERATED[name] == command]
        have, yours = ("has", "yours is") if len(names) == 1 else ("have", "yours are")
        console.line(f"{', '.join(names)} {have} changed on both sides and {yours} kept: run {command}")
    for package in (published_edits.CELERY_JS, published_edits.CELERY_RELIABLE):
        used = chosen.published.get(package.name, "")
        if used and used != newer.number:
            console.line(f"This version comes with {package.name} {newer.number}: run")
            console.line(f"  make use-published {package.variable}={newer.number}")
    console.line("Then `make lint` and `make test`.")
