"""`make rename NAME=acme_jobs`: changes the names of a clone that others see.

It also removes the parts that serve only the template's development; KEEP=bench,tests keeps some of them.

It changes the names of packages, apps, images and the Compose project, and the README's title. The folders
`py_workers` and `js_workers` stay. They begin every task's name, so routes, waiting messages and the services
that send them depend on them.

It finds each name by its place and not by its value, so a second run with another name works too, even after
some names were changed by hand.
"""

import re
from dataclasses import dataclass, replace
from functools import partial

from scripts import choices, containers, parts
from scripts.console import Console
from scripts.draft import Draft
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
        (
            *("docker-compose.yml", "README.md", "Makefile", "*/Makefile", "*/Dockerfile", "docs/*.md"),
            *(".github/workflows/images.yml", "deploy/kubernetes/**/*.yaml"),
        ),
        r"(?P<before>\b(?:image|name):? |--tag |docker tag |set image |--network=\"host\" |^\| `|\w/|"
        r"(?<= )(?=\w+:local\b))(?:\w+_)?(?P<kind>(?:py|js)_worker|py_monitor)(?!\w)",
        "{name}_{kind}",
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
        "client titles",
        ("clients/*/README.md",),
        r"\A(?P<before># )[a-z][a-z0-9-]*-client$",
        "{hyphened}-client",
    ),
    Place(
        "title",
        ("README.md",),
        r"\A(?P<before># ).*?[Bb](?P<after>ackground jobs in Python and JavaScript)$",
        "{name}: b",
    ),
)


def run(console: Console, name: str, keep: str) -> None:
    """Changes the names, removes what serves only the template's development, and lists both.

    `keep` names the parts that stay; if it is empty, the parts of the last time. Raises CommandFailed, with
    nothing changed, when a value is missing or wrong, containers exist under the current name, a file cannot
    be read or written, or removed files have uncommitted changes.
    """
    _check(name)
    known = choices.read()
    chosen = replace(known, name=name, keep=parts.kept(keep) if keep else known.keep)
    draft = Draft()
    found = plan(draft, chosen)
    if ROOT / "docker-compose.yml" in draft.changed and containers.exist():
        raise CommandFailed(
            "this clone has containers, which Compose would not find under another name: "
            "run `make workers_down` first"
        )
    is_news = bool(draft.changed or draft.gone)
    draft.record(chosen)
    draft.apply(console, "renamed")
    for place in PLACES:
        if place.what not in found and _may_have(place):
            console.note("left alone", f"{place.what}: not found in {', '.join(place.files)}")
    _say_what_stays(console, name, is_news)


def plan(draft: Draft, chosen: choices.Choices) -> set[str]:
    """Puts the changes of a name into a draft, and returns the kinds of names that were found."""
    found = set()
    for place in PLACES:
        for file in [file for pattern in place.files for file in sorted(ROOT.glob(pattern))]:
            if place.is_in(draft.text(file)):
                draft.edit(file, partial(place.edit, name=chosen.name), place.what)
                found.add(place.what)
    parts.remove(draft, chosen.keep)
    return found


def _may_have(place: Place) -> bool:
    """False for the places of a language that `make strip` has removed."""
    return any(True for pattern in place.files for _ in ROOT.glob(pattern))


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
