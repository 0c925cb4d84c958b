"""The versions of the template, in a copy of its repository that `make update` fetches and deletes."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from scripts import git
from scripts.choices import Choices
from scripts.failure import CommandFailed
from scripts.interruption import Interruption
from scripts.paths import ROOT, TEMPLATE_FILE
from scripts.processes import ProcessGroup

CHANGELOG = "CHANGELOG.md"


@dataclass(frozen=True)
class Version:
    """A commit of the template, the version in its `.template.json`, and its changelog."""

    commit: str
    number: str
    changelog: str


class Versions:
    """The fetched repository of the template."""

    def __init__(self, folder: Path, group: ProcessGroup, interruption: Interruption) -> None:
        self._folder = folder
        self._repository = folder / "template.git"
        self._group = group
        self._interruption = interruption

    def fetch(self, source: str) -> None:
        """Copies the repository. Raises CommandFailed when git cannot, Interrupted on a signal."""
        command = ["git", "clone", "--bare", "--quiet", source, str(self._repository)]
        advice = "check the address and your access, or name the template's repository with FROM="
        env = git.environment({"GIT_TERMINAL_PROMPT": "0"})
        self._finish(f"git clone {source}", command, ROOT, env, advice)

    def newest(self) -> str:
        """Returns the newest tag of a release. Raises CommandFailed when there is none."""
        tags = self._git("tag", "--list", "v*", "--sort=-v:refname").split()
        releases = [tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
        if not releases:
            raise CommandFailed("the template has no tags like v1.2.3: name a tag or a commit with TO=")
        return releases[0]

    def at(self, name: str) -> Version:
        """Returns the version of a tag or commit. Raises CommandFailed when it is not there or too old."""
        found = self._try("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if not found:
            raise CommandFailed(f"the template has no {name}: use one of its tags, as in TO=v0.3.0")
        commit = found.strip()
        described = self._try("show", f"{commit}:{TEMPLATE_FILE.name}")
        if not described:
            raise CommandFailed(f"{name} of the template is too old: it has no {TEMPLATE_FILE.name}")
        number = str(json.loads(described).get("version", ""))
        return Version(commit, number, self._try("show", f"{commit}:{CHANGELOG}"))

    def cloned(self, chosen: Choices) -> Version:
        """Returns the version that this clone was made from, or last updated to.

        It is the newest commit in both histories; else the template's commit with the same files as the
        clone's first commit, which may be between two releases; else the release in `.template.json`.
        """
        if chosen.commit:
            return self.at(chosen.commit)
        lines = self._git("log", "--all", "--format=%H %T").splitlines()
        commit_of_tree = {tree: commit for commit, tree in map(str.split, lines)}
        commits = set(commit_of_tree.values())
        own = [line.split() for line in git.run("log", "--format=%H %T", "HEAD").splitlines()]
        shared = [commit for commit, _ in own if commit in commits]
        same_files = [commit_of_tree[tree] for _, tree in reversed(own) if tree in commit_of_tree]
        return self.at(next(iter([*shared, *same_files]), f"v{chosen.version}"))

    def contains(self, newer: Version, older: Version) -> bool:
        """Tells whether the history of a version contains another one."""
        command = ("merge-base", "--is-ancestor", older.commit, newer.commit)
        return git.attempt("--git-dir", self._repository, *command, cwd=self._folder).returncode == 0

    def tree_like_clone(self, version: Version, chosen: Choices) -> Path:
        """Returns a folder with the files of a version after the clone's choices, with the version's scripts.

        Raises CommandFailed when the version's scripts fail, Interrupted on a signal.
        """
        folder = self._folder / version.commit
        folder.mkdir()
        env = {"GIT_INDEX_FILE": str(self._folder / f"{version.commit}.index")}
        where = ("--git-dir", self._repository, "--work-tree", folder)
        git.run(*where, "checkout", "--quiet", version.commit, "--", ".", cwd=folder, env=env)
        (folder / TEMPLATE_FILE.name).write_text(chosen.text(), "utf-8")
        alone = {"GIT_CEILING_DIRECTORIES": str(self._folder), "PYTHONDONTWRITEBYTECODE": "1"}
        command = ["python3", "-m", "scripts", "replay"]
        self._finish(f"replay in {version.number}", command, folder, git.environment(alone))
        return folder

    def _finish(
        self, name: str, command: list[str], cwd: Path, env: dict[str, str], advice: str = ""
    ) -> None:
        process = self._group.start(name, command, cwd=cwd, env=env, log=self._folder / "program.log")
        while process.exit_code is None:
            self._interruption.sleep()
        if process.exit_code != 0:
            ended = f"`{name}` ended with {process.exit_code}"
            raise CommandFailed(f"{ended}: {advice}" if advice else ended, process.log_excerpt())

    def _git(self, *arguments: str) -> str:
        return git.run("--git-dir", self._repository, *arguments, cwd=self._folder)

    def _try(self, *arguments: str) -> str:
        """Returns git's output, empty if it fails."""
        answer = git.attempt("--git-dir", self._repository, *arguments, cwd=self._folder)
        return answer.stdout if answer.returncode == 0 else ""


def news(older: Version, newer: Version) -> str:
    """Returns the sections of the newer changelog that the older one does not have."""
    sections = re.split(r"^(?=## )", newer.changelog, flags=re.MULTILINE)[1:]
    known = set(re.findall(r"^## .*$", older.changelog, re.MULTILINE))
    return "".join(section for section in sections if _heading(section) not in known).strip()


def _heading(section: str) -> str:
    return section.partition("\n")[0]


def chosen_at(chosen: Choices, version: Version, source: str) -> Choices:
    """Returns a clone's choices as they are after an update to a version."""
    return replace(chosen, source=source, version=version.number, commit=version.commit)
