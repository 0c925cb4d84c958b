"""`make strip lang=node`: removes a language from a clone whose team does not use it.

It removes the language's folders and the parts that need both languages, and edits files that name it.
The commands of `make` check which folders exist.
"""

from dataclasses import replace
from functools import partial

from scripts import choices, containers, language_edits, languages, parts
from scripts.console import Console
from scripts.contracts import catalogue, files
from scripts.draft import Draft
from scripts.example import removing as example
from scripts.failure import CommandFailed
from scripts.paths import ROOT

USAGE = "make strip lang=node|python"


def run(console: Console, language: str) -> None:
    """Removes a language and lists what changes.

    Raises CommandFailed, with nothing changed, when the language is missing, wrong or the last one,
    containers exist, a file cannot be read or written, or removed files have uncommitted changes.
    """
    _check(language)
    if containers.exist():
        raise CommandFailed("this clone has containers of both languages: run `make workers_down` first")
    known = choices.read()
    known = example.noted(known)
    draft = Draft()
    plan(draft, language)
    draft.record(replace(known, stripped=[*known.stripped, language], keep=[]))
    draft.apply(console, "changed")
    console.line(
        f"This clone has no {language} tasks any more. "
        "Run `make contracts`, `make lint` and `make test`, then commit."
    )
    console.line("README.md and docs/ still describe both languages: change them as you like.")


def plan(draft: Draft, language: str) -> None:
    """Puts the removal of a language into a draft, with the parts that need both languages."""
    example.plan(draft)
    if language == example.NAME:
        return
    for path in language_edits.PATHS[language]:
        draft.remove(ROOT / path)
    draft.remove(ROOT / "tests")
    parts.remove(draft, keep=[])
    for edit in language_edits.EDITS[language]:
        file = ROOT / edit.file
        if file.exists() and not draft.is_gone(file):
            draft.edit(file, edit.apply, f"without {language}")
    _cut_contracts(draft, language)


def _cut_contracts(draft: Draft, language: str) -> None:
    """Removes the language's tasks from the catalogue and from the files made from it.

    It needs no installed package, as `make update` does this too. Types that had the same name in both
    languages get their plain name from `make contracts` only.
    """
    if not catalogue.FILE.exists():
        return
    known = catalogue.load(draft.text(catalogue.FILE), "contracts/tasks.json")
    left = catalogue.of_languages(known, [each for each in languages.BOTH if each != language])
    for file, text in files.differing(left).items():
        if file.exists() and not draft.is_gone(file):
            draft.edit(file, partial(_replaced, text), f"without {language}")


def _replaced(after: str, _before: str) -> str:
    return after


def _check(language: str) -> None:
    if not language:
        raise CommandFailed(f"lang= is missing: name the language to remove, as in {USAGE}")
    if language not in languages.BOTH:
        raise CommandFailed(f"invalid lang={language}: use {' or '.join(languages.BOTH)}")
    if language not in languages.PRESENT:
        raise CommandFailed(f"this clone has no {language} tasks: nothing to remove")
    if len(languages.PRESENT) == 1:
        raise CommandFailed(f"{language} is the only language of this clone: nothing was removed")
