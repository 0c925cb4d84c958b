"""Git repositories in temporary folders."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "A developer"), ("EMAIL", "developer@example.org"))
}
# Without the settings of the machine and its user.
ENVIRONMENT = {**IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class Repository:
    """A repository, and the files in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def init(self) -> None:
        """Makes the folder a repository with a first commit of its files."""
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("The first commit")

    def commit(self, subject: str) -> None:
        """Commits all changes."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", subject)

    def git(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Runs git and returns its output."""
        answer = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **ENVIRONMENT, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def read(self, name: str) -> str:
        """Returns the text of a file."""
        return (self.folder / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        """Writes a file."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Replaces a text that is there once."""
        text = self.read(name)
        assert text.count(old) == 1, f"{name}: {old!r} is there {text.count(old)} times"
        self.write(name, text.replace(old, new))
