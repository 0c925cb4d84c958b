"""Collects changes to this clone and makes them together: all new texts or none, then removals."""

import shutil
from collections.abc import Callable
from pathlib import Path

from scripts import template, text_files
from scripts.choices import Choices
from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.paths import ROOT, TEMPLATE_FILE


class Draft:
    """Collects changes; `apply` makes them."""

    def __init__(self) -> None:
        self._before: dict[Path, str] = {}
        self._after: dict[Path, str] = {}
        self._what: dict[Path, list[str]] = {}
        self._gone: list[Path] = []

    def text(self, file: Path) -> str:
        """Returns a file's text with the changes so far. Raises CommandFailed when it cannot be read."""
        if file not in self._after:
            self._before[file] = self._after[file] = text_files.read(file)
        return self._after[file]

    def edit(self, file: Path, change: Callable[[str], str], what: str = "") -> None:
        """Changes the text of a file that is there. `what` is shown to the user."""
        before = self.text(file)
        self._after[file] = change(before)
        if what and self._after[file] != before:
            self._what.setdefault(file, []).append(what)

    def remove(self, path: Path) -> None:
        """Removes a file or a folder, if it is there."""
        if path.exists() and not self.is_gone(path):
            self._gone = [*(gone for gone in self._gone if path not in gone.parents), path]

    def record(self, choices: Choices) -> None:
        """Writes the clone's choices."""
        if not TEMPLATE_FILE.exists():
            TEMPLATE_FILE.touch()
        self.edit(TEMPLATE_FILE, lambda _text: choices.text(), "choices")

    def is_gone(self, path: Path) -> bool:
        """Tells whether a file or folder is going to be removed."""
        return any(path == gone or gone in path.parents for gone in self._gone)

    @property
    def gone(self) -> list[Path]:
        """The files and folders that are going to be removed."""
        return self._gone

    @property
    def changed(self) -> dict[Path, str]:
        """File -> new text of the files that change."""
        return {
            file: text
            for file, text in self._after.items()
            if text != self._before[file] and not self.is_gone(file)
        }

    def check(self) -> None:
        """Raises CommandFailed when removing would lose something that git cannot bring back."""
        for path in self._gone:
            if template.has_uncommitted_changes(path):
                shown = _shown(path)
                raise CommandFailed(
                    f"{shown} has uncommitted changes, which would be lost: commit them first"
                )

    def apply(self, console: Console, verb: str) -> None:
        """Makes the changes and lists them.

        Raises CommandFailed, with nothing changed, when a text cannot be written, or as `check` does.
        """
        self.check()
        changed = self.changed
        text_files.replace_all(changed)
        for file in sorted(changed.keys() & self._what.keys()):
            console.note(verb, f"{file.relative_to(ROOT)}: {', '.join(dict.fromkeys(self._what[file]))}")
        for path in sorted(self._gone):
            shown = _shown(path)
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            console.note("removed", shown)


def _shown(path: Path) -> str:
    return f"{path.relative_to(ROOT)}{'/' if path.is_dir() else ''}"
