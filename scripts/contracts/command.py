"""`make contracts`: writes the catalogue and the clients; with CHECK=1 only compares."""

import datetime
from collections.abc import Mapping
from typing import Any

from scripts.console import Console
from scripts.contracts import base, catalogue, files, hashing, reading, waivers
from scripts.contracts.comparison import Breaking, breaking_changes
from scripts.contracts.deployment import deployment_notes
from scripts.contracts.rules import RULES
from scripts.failure import CommandFailed

Json = dict[str, Any]


def run(console: Console, *, check: bool, strict: bool, compared_with: str) -> None:
    """Writes what has changed, or checks it, and lists what breaks callers.

    Raises CommandFailed when tasks cannot be read, with STRICT=1 when something is any, and with CHECK=1
    when a file is stale or a change breaks callers without a waiver.
    """
    skipped: list[str] = []
    found = reading.read_tasks(skipped.append)
    for line in skipped:
        console.note("note", line)
    # Without the tasks in these files, the contract would differ.
    unread = list(filter(reading.is_about_node, skipped))
    if unread and check:
        console.note("contracts", "not checked with this Node, because it does not read all tasks")
        return
    new = catalogue.assemble(found)
    for line in unread:
        if would_be_lost(reading.module_in(line), catalogue.read(), new):
            raise CommandFailed(f"{line}: run `make contracts` with such a Node")
    old, name = base.read(compared_with)
    problems = [_say_what_is_any(console, found, strict)]
    if check:
        problems.append(_stale(new))
    else:
        for file in files.write(new):
            console.note("written", file)
    console.note("compared", name if old is None else f"with {name}")
    if old is not None:
        problems.append(_breaking(console, old, new, name, check))
    if sentences := list(filter(None, problems)):
        raise CommandFailed(sentences[-1], "\n".join(sentences[:-1]))
    whole = hashing.contract_hash(hashing.hashes(new))
    console.note("contracts", f"{_counted(len(new['tasks']), 'task')}, hash {whole}")


def would_be_lost(module: str, old: Json | None, new: Json) -> bool:
    """Tells whether the catalogue would lose tasks of a module that was not read."""
    names = set() if old is None else set(old["tasks"]) - set(new["tasks"])
    return any(name.rpartition(".")[0] == module for name in names)


def _say_what_is_any(console: Console, found: Mapping[str, reading.Description], strict: bool) -> str:
    """Lists missing types and other remarks for the tasks' authors. Returns the error with STRICT=1."""
    for task in found.values():
        for line in task.undescribed:
            console.note("any", line)
        for line in task.notes:
            console.note("note", line)
    count = sum(len(task.undescribed) for task in found.values())
    if count and not strict:
        console.note("any", f"{_counted(count, 'type')} missing; STRICT=1 refuses them")
    return (
        f"STRICT=1: {_counted(count, 'type')} missing: write them as listed above" if count and strict else ""
    )


def _stale(new: Json) -> str:
    """Returns the error with CHECK=1 if `make contracts` would change files."""
    stale = files.stale(new)
    if not stale:
        return ""
    tasks = catalogue.changed_tasks(catalogue.read(), new)
    about = f" ({catalogue.names_of(tasks)})" if tasks else ""
    are = "is" if len(stale) == 1 else "are"
    return f"{catalogue.names_of(stale)} {are} stale{about}: run `make contracts` and commit the result"


def _breaking(console: Console, old: Json, new: Json, name: str, check: bool) -> str:
    """Lists breaking changes, and changes to deploy in an order. Returns the error with CHECK=1."""
    for line in deployment_notes(old, new):
        console.note("deploy", line)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    waived = waivers.read()
    changes = breaking_changes(old, new)
    left = [change for change in changes if not _is_waived(console, change, waived, today)]
    for change in left:
        console.note("breaks", str(change))
    for waiver in waived:
        if not any(waiver.is_about(change) for change in changes):
            console.note("note", f"the waiver of {waiver.rule} for {waiver.task} is not needed: remove it")
    if not left or not check:
        return ""
    return (
        f"{_counted(len(left), 'change')} since {name} would break callers: do as advised above, or add "
        "a waiver to contracts/waivers.toml (docs/contracts.md)"
    )


def _is_waived(
    console: Console, change: Breaking, waived: list[waivers.Waiver], today: datetime.date
) -> bool:
    for waiver in waived:
        if not waiver.is_about(change):
            continue
        if today <= waiver.until:
            what = f"{change.task}: {change.what} ({change.rule})"
            console.note("waived", f"{what}: {waiver.reason}, until {waiver.until}")
            console.note("deploy", f"{change.task}: {RULES[change.rule].deploy}")
            return True
        console.note("note", f"the waiver of {waiver.rule} for {waiver.task} ended on {waiver.until}")
    return False


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
