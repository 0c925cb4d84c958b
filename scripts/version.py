"""`make version TO=0.3.0`: gives the template and both packages their next version."""

import datetime
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from scripts import choices
from scripts.console import Console
from scripts.draft import Draft
from scripts.failure import CommandFailed
from scripts.paths import ROOT

USAGE = "make version TO=0.3.0"
CHANGELOG = ROOT / "CHANGELOG.md"

_FORM = re.compile(r"\d+\.\d+\.\d+")

# Files and the text before each version in them. A test checks that every place is there.
PLACES: tuple[tuple[str, str], ...] = (
    ("node/celery-js/package.json", r'^  "version": "'),
    ("node/celery-js/src/version.js", r'^export const VERSION = "'),
    # node/package.json has "*", the folder: a line that changes would conflict with a library next to it.
    ("node/package-lock.json", r'^    "celery-js": \{\n      "version": "'),
    ("bench/package-lock.json", r'^    "\.\./node/celery-js": \{\n      "version": "'),
    # What a client installs next to celery-js must accept that version.
    ("clients/node/package.json", r'^    "celery-js": "\^'),
    ("example/web-node/package-lock.json", r'^    "node_modules/celery-js": \{\n      "version": "'),
    ("example/web-node/package-lock.json", r'^        "celery-js": "\^'),
    ("python/celery-reliable/pyproject.toml", r'^version = "'),
    ("python/celery-reliable/celery_reliable/__init__.py", r'^__version__ = "'),
    ("python/poetry.lock", r'^name = "celery-reliable"\nversion = "'),
)
# Pages that install the archive of celery-js, and the text before its version.
PAGES = ("docs/*.md", "node/celery-js/README.md")
ARCHIVE = r"\bcelery-js-(?=[\d.]+\.tgz)"
_VERSION = r"\d+\.\d+\.\d+(?:[-.\w+]*\w)??(?=\"|\.tgz)"


def run(console: Console, to: str) -> None:
    """Writes the version to every place and lists the files.

    Raises CommandFailed, with nothing changed, when the version is missing, wrong or not higher than the
    current one, or the changelog says nothing about it.
    """
    known = choices.read()
    _check(to, known.version)
    draft = Draft()
    for name, before in PLACES:
        file = ROOT / name
        if file.exists():
            draft.edit(file, partial(with_version, before, to), "version")
    for page in sorted(page for pattern in PAGES for page in ROOT.glob(pattern)):
        draft.edit(page, partial(with_version, ARCHIVE, to), "version")
    draft.edit(CHANGELOG, partial(_with_heading, to), f"changes of {to}")
    draft.record(replace(known, version=to))
    draft.apply(console, "changed")
    console.line("Read the changes. Then commit them, and publish the version with its tag:")
    console.line(
        f"  git commit --all --message 'Version {to}' && git tag v{to} && git push origin HEAD v{to}"
    )


def has(file: Path, before: str) -> bool:
    """Tells whether a version is at that place of a file."""
    return re.search(f"(?:{before}){_VERSION}", file.read_text("utf-8"), re.MULTILINE) is not None


def with_version(before: str, version: str, text: str) -> str:
    """Returns a text with the version at the places of a pattern."""
    return re.sub(f"(?P<before>{before}){_VERSION}", rf"\g<before>{version}", text, flags=re.MULTILINE)


def _check(to: str, current: str) -> None:
    if not to:
        raise CommandFailed(f"TO= is missing: {USAGE}")
    if not _FORM.fullmatch(to):
        raise CommandFailed(f"invalid TO={to}: use three numbers, as in {USAGE}")
    if _numbers(to) <= _numbers(current):
        raise CommandFailed(f"invalid TO={to}: the version is {current}, use a higher one")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def _with_heading(version: str, text: str) -> str:
    """Returns the changelog with a version's heading above the unreleased changes."""
    found = re.search(r"^## Unreleased\n+(?=### )", text, re.MULTILINE)
    if found is None:
        raise CommandFailed('CHANGELOG.md has nothing below "## Unreleased": write what users will notice')
    heading = f"## Unreleased\n\n## {version} - {datetime.datetime.now(datetime.UTC).date()}\n\n"
    return text[: found.start()] + heading + text[found.end() :]
