"""`make rename NAME=acme_jobs`: changes the names of a clone that others see.

It changes the names of packages, apps, images and the Compose project, and the README's title. The folders
`py_workers` and `js_workers` stay. They begin every task's name, so routes, waiting messages and the services
that send them depend on them.

It finds each name by its place and not by its value, so a second run with another name works too, even after
some names were changed by hand.
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
    """A place of a name: its files, the text around it, and its replacement."""

    what: str
    files: tuple[str, ...]
    pattern: str
    replacement: str

    def is_in(self, text: str) -> bool:
        """Tells whether a text contains this place."""
        return re.search(self.pattern, text, re.MULTILINE) is not None

    def edit(self, text: str, name: str) -> str:
        """Returns the text with the new name at this place."""
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
        # The top of the file, and in the lock file the project's entry, whose path is empty.
        r"(?P<before>\A\{\n  \"name\": \"|^    \"\": \{\n      \"name\": \")[^\"]+(?P<after>\")",
        "{hyphened}-js-workers",
    ),
    Place(
        "Python package",  # Poetry's lock file does not name the project
        ("python/pyproject.toml",),
        r"(?P<before>^\[project\]\nname = \")[^\"]+(?P<after>\")",
        "{hyphened}-py-workers",
    ),
    Place(
        "client packages",
        ("clients/python/pyproject.toml", "clients/node/package.json"),
        r"(?P<before>^\[project\]\nname = \"|\A\{\n  \"name\": \")[^\"]+(?P<after>\")",
        "{hyphened}-client",
    ),
    Place(
        "Node client",  # in JavaScript, the package's name is what is imported, and its archive's name
        ("README.md", "docs/*.md", "clients/node/*.js", "clients/node/README.md"),
        r"(?P<before> from \"|/)(?!celery)[a-z][a-z0-9]*(?:-[a-z0-9]+)*-client(?P<after>\";|-\d)",
        "{hyphened}-client",
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
    """A file with names to change: its text before and after, and what the names are of."""

    before: str
    after: str
    what: list[str]


def run(console: Console, name: str) -> None:
    """Changes the names and lists each changed file.

    Raises CommandFailed, with nothing changed, when the name is missing or wrong, containers exist under the
    current name, or a file cannot be read or written.
    """
    _check(name)
    edits = _edits(name)
    changed = {file: edit for file, edit in edits.items() if edit.after != edit.before}
    if ROOT / "docker-compose.yml" in changed and containers.are_there():
        raise CommandFailed(
            "this clone has containers, which Compose would not find under another name: "
            "run `make workers_down` first"
        )
    text_files.replace_all({file: edit.after for file, edit in changed.items()})
    for file, edit in sorted(changed.items()):
        console.note("renamed", f"{file.relative_to(ROOT)}: {', '.join(edit.what)}")
    named = {what for edit in edits.values() for what in edit.what}
    for place in PLACES:
        if place.what not in named:
            console.note("left alone", f"{place.what}: not found in {', '.join(place.files)}")
    _say_what_stays(console, name, bool(changed))


def _say_what_stays(console: Console, name: str, is_news: bool) -> None:
    console.line(f"This clone is {'now' if is_news else 'already'} called {name}.")
    if is_news:
        console.line(
            "The folders py_workers and js_workers keep their names, as every task's name begins with one."
        )


def _check(name: str) -> None:
    if not name:
        raise CommandFailed(f"missing NAME=: use {USAGE}")
    if not _FORM.fullmatch(name) or len(name) > LONGEST:
        raise CommandFailed(
            f"invalid NAME={name}: use at most {LONGEST} lower-case letters, digits and single underscores, "
            f"a letter first, as in {USAGE}"
        )


def _edits(name: str) -> dict[Path, Edit]:
    """Returns file -> edit for every file with one of the places."""
    edits: dict[Path, Edit] = {}
    for place in PLACES:
        for file in [found for pattern in place.files for found in ROOT.glob(pattern)]:
            edit = edits.get(file) or Edit(text := text_files.read(file), text, [])
            if place.is_in(edit.after):
                edit.after = place.edit(edit.after, name)
                edit.what.append(place.what)
                edits[file] = edit
    return edits
