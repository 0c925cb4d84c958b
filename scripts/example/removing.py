"""`make remove-example`: takes every trace of the example application out of a clone."""

from dataclasses import replace
from functools import partial

from scripts import choices, containers, parts, python_packages
from scripts.choices import Choices
from scripts.console import Console
from scripts.contracts import catalogue, files
from scripts.draft import Draft
from scripts.example import edits, single
from scripts.example.places import EXAMPLE_DATA
from scripts.failure import CommandFailed
from scripts.interruption import Interrupted, Interruption
from scripts.language_edits import Edit
from scripts.paths import ROOT
from scripts.processes import ProcessGroup
from scripts.steps import Workbench, run_tracks

# In `.template.json`, next to the languages that `make strip` has removed.
NAME = "example"
UNLOCKED = (
    "the example application has been removed, but python/poetry.lock still has its packages: "
    "run `make py-lock`, then `make lint` and `make test`, and commit"
)


def run(console: Console, interruption: Interruption) -> None:
    """Removes the example and lists what changes.

    Raises CommandFailed, with nothing changed, when containers exist, the example runs, a file cannot be
    read or written, or removed files have uncommitted changes. After that, only Poetry may fail.
    """
    if containers.exist():
        raise CommandFailed("this clone has containers: run `make workers_down` first")
    single.check(EXAMPLE_DATA)
    known = choices.read()
    draft = Draft()
    plan(draft)
    draft.remove(EXAMPLE_DATA)
    for edit in edits.POETRY_EDITS:
        _edit(draft, edit)
    draft.record(replace(noted(known), stripped=[*known.stripped, NAME]))
    draft.apply(console, "changed")
    try:
        with ProcessGroup(interruption) as group:
            bench = Workbench(console, group, interruption)
            run_tracks(bench, [python_packages.lock(bench)])
    except CommandFailed as error:
        raise CommandFailed(f"{error.sentence}; {UNLOCKED}", error.detail) from error
    except Interrupted:
        console.error(UNLOCKED)
        raise
    console.line("The example application has been removed. Run `make lint` and `make test`, then commit.")


def plan(draft: Draft) -> None:
    """Puts the removal into a draft. It needs no installed package, as `make update` does this too."""
    for path in edits.PATHS:
        draft.remove(ROOT / path)
    for edit in edits.EDITS:
        _edit(draft, edit)
    parts.follow(draft, [])
    if not catalogue.FILE.exists():
        return
    known = catalogue.load(draft.text(catalogue.FILE), "contracts/tasks.json")
    left = catalogue.of_tasks(known, lambda name, _task: not name.startswith(edits.TASKS))
    for file, text in files.differing(left).items():
        if file.exists() and not draft.is_gone(file):
            draft.edit(file, partial(_replaced, text), "without the example")


def noted(known: Choices) -> Choices:
    """Returns the choices of a clone without the example: no client depends on its tasks."""
    return replace(known, removed_tasks=[*known.removed_tasks, *edits.TASKS])


def _edit(draft: Draft, edit: Edit) -> None:
    file = ROOT / edit.file
    if file.exists() and not draft.is_gone(file):
        draft.edit(file, edit.apply, "without the example")


def _replaced(after: str, _before: str) -> str:
    return after
