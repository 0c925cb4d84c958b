"""Runs git."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scripts.failure import CommandFailed
from scripts.paths import ROOT

# Variables that would lead git to another repository, index or folder.
_FOREIGN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Returns the environment without variables that would redirect git, and with more variables."""
    return {name: value for name, value in os.environ.items() if name not in _FOREIGN} | dict(more or {})


def attempt(
    *arguments: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs git to its end, even if the user presses Ctrl-C meanwhile.

    Raises CommandFailed when there is no git.
    """
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise CommandFailed("git is needed, but there is none on PATH: install it") from error


def run(*arguments: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """Runs git and returns its output. Raises CommandFailed, with git's message, when it fails."""
    answer = attempt(*arguments, cwd=cwd, env=env)
    if answer.returncode != 0:
        words = " ".join(str(word) for word in arguments if not str(word).startswith("-"))
        raise CommandFailed(f"`git {words}` failed", answer.stderr.rstrip())
    return answer.stdout
