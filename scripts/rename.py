"""`make rename NAME=acme_jobs`: the names that a clone shows to others become its company's own.

What changes: the packages' names with their lock files, the two apps' name, the images, the Compose project
and the README's title. What stays: the folders `py_workers` and `js_workers`. They are the beginning of every
task's name, so routes, messages that wait and the services that send them all depend on them.

Each name is found by where it stands, not by what it is now: so a second run with another name works, also
after half of the names were changed by hand.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from scripts import containers, text_files
from scripts.console import Console
from scripts.failure import CommandFailed
from scripts.paths import ROOT

USAGE = "make rename NAME=acme_jobs"
LONGEST = 40

_FORM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Place:
    """Where a name stands: in which files, between what, and what it becomes."""

    what: str
    files: tuple[str, ...]
    pattern: str
    replacement: str

    def is_in(self, text: str) -> bool:
        """Tells whether a text has this place."""
        return re.search(self.pattern, text, re.MULTILINE) is not None

    def edit(self, text: str, name: str) -> str:
        """Returns the text with the name at this place."""
        words = {"name": name, "hyphened": name.replace("_", "-")}

        def become(match: re.Match[str]) -> str:
            parts = {**words, **{group: found or "" for group, found in match.groupdict().items()}}
            return parts.get("before", "") + self.replacement.format_map(parts) + parts.get("after", "")

        return re.sub(self.pattern, become, text, flags=re.MULTILINE)


PLACES = (
    Place(
        "images",
        ("docker-compose.yml", "README.md", "Makefile", "*/Makefile", "*/Dockerfile", "docs/*.md"),
        r"(?P<before>\bimage:? |--tag |--network=\"host\" |^\| `)(?:\w+_)?(?P<kind>py|js)_worker(?!\w)",
        "{name}_{kind}_worker",
    ),
    Place("Compose project", ("docker-compose.yml",), r"^(?P<before>name: )\S+$", "{name}"),
    Place(
        "app",
        ("python/py_workers/worker.py", "node/js_workers/worker.js"),
        r"(?P<before>(?:^celery_app =|= new) Celery\(\")[^\"]+(?P<after>\")",
        "{name}",
    ),
    Place(
        "Node package",
        ("node/package.json", "node/package-lock.json"),
        # The file's first line, and in the lock file the entry of the project itself, which has no path.
        r"(?P<before>\A\{\n  \"name\": \"|^    \"\": \{\n      \"name\": \")[^\"]+(?P<after>\")",
        "{hyphened}-js-workers",
    ),
    Place(
        "Python package",  # Poetry's lock file names the dependencies only
        ("python/pyproject.toml",),
        r"(?P<before>^\[project\]\nname = \")[^\"]+(?P<after>\")",
        "{hyphened}-py-workers",
    ),
    Place(
        "title",
        ("README.md",),
        r"\A(?P<before># ).*?[Bb](?P<after>ackground jobs in Python and JavaScript)$",
        "{name}: b",
    ),
)


@dataclass
class Edit:
    """A file that has names to change: its text before and after, and what they are the names of."""

    before: str
    after: str
    what: list[str]


def run(console: Console, name: str) -> None:
    """Renames, and lists each file with what was renamed in it.

    Raises CommandFailed, with nothing changed, when the name is missing or wrong, when containers are there
    under the present name, or when a file cannot be read or written.
    """
    _check(name)
    edits = _edits(name)
    changed = {file: edit for file, edit in edits.items() if edit.after != edit.before}
    if ROOT / "docker-compose.yml" in changed and containers.are_there():
        raise CommandFailed(
            "this clone has containers, which would not be found under another name: "
            "`make workers_down` first"
        )
    text_files.replace_all({file: edit.after for file, edit in changed.items()})
    for file, edit in sorted(changed.items()):
        console.note("renamed", f"{file.relative_to(ROOT)}: {', '.join(edit.what)}")
    named = {what for edit in edits.values() for what in edit.what}
    for place in PLACES:
        if place.what not in named:
            console.note("left alone", f"{place.what}: none of ours in {', '.join(place.files)}")
    _say_what_stays(console, name, bool(changed))


def _say_what_stays(console: Console, name: str, is_news: bool) -> None:
    console.line(f"This clone is {name}{' now' if is_news else ' already'}.")
    if is_news:
        console.line(
            "The folders py_workers and js_workers stay: every task's name begins with them, and routes, "
            "waiting messages and other services go by it."
        )


def _check(name: str) -> None:
    if not name:
        raise CommandFailed(f"NAME= is missing: {USAGE}")
    if not _FORM.fullmatch(name) or len(name) > LONGEST:
        raise CommandFailed(
            f"NAME={name} is no name: it takes lower-case letters, digits and single underscores, a letter "
            f"first, at most {LONGEST} in all, for example {USAGE}"
        )


def _edits(name: str) -> dict[Path, Edit]:
    """File -> its edit, for every file that has one of the places."""
    edits: dict[Path, Edit] = {}
    for place in PLACES:
        for file in [found for pattern in place.files for found in ROOT.glob(pattern)]:
            edit = edits.get(file) or Edit(text := text_files.read(file), text, [])
            if place.is_in(edit.after):
                edit.after = place.edit(edit.after, name)
                edit.what.append(place.what)
                edits[file] = edit
    return edits
