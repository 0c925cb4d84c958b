"""The catalogue to compare a change with: that of the merge base with the main branch, or of `BASE=tag`."""

import subprocess
from typing import Any

from scripts import choices, languages
from scripts.contracts import catalogue
from scripts.failure import CommandFailed
from scripts.paths import ROOT

# Names of the main branch, the remote's first, because a local one may be old.
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def read(base: str) -> tuple[dict[str, Any] | None, str]:
    """Returns a catalogue and the name of its commit; without a catalogue, None and the reason.

    Tasks of a language that `make strip` has removed are left out, and those that came with the template.

    Raises CommandFailed for a `base` that git does not know.
    """
    commit, branch = (_commit(base), base) if base else _merge_base()
    if not commit:
        return None, "no main branch was found to compare with: fetch it, or give BASE=TAG"
    name = f"{branch} ({commit[:12]})"
    text = _git("show", f"{commit}:./contracts/tasks.json")
    if text is None:
        return None, f"{name} has no contracts/tasks.json to compare with"
    found = catalogue.load(text, f"contracts/tasks.json of {name}")
    gone = tuple(choices.read().removed_tasks)
    left = catalogue.of_languages(found, languages.PRESENT)
    return catalogue.of_tasks(left, lambda task, _: not task.startswith(gone)), name


def _commit(base: str) -> str:
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if not commit:
        raise CommandFailed(f"invalid BASE={base}: use a tag, a branch or a commit that `git log` shows")
    return commit


def _merge_base() -> tuple[str, str]:
    """Returns the commit at which this branch left the main branch, and the main branch's name."""
    for branch in _MAIN:
        commit = _git("merge-base", "HEAD", branch)
        if commit:
            return commit, _git("rev-parse", "--abbrev-ref", branch) or branch
    return "", ""


def _git(*words: str) -> str | None:
    """Returns the output of git in the root folder; None when it fails or is not installed."""
    try:
        answer = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
