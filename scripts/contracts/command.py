"""`make contracts`: writes the catalogue and the clients; with CHECK=1 only compares."""

import datetime
import importlib
import importlib.util
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scripts.console import Console
from scripts.contracts import base, catalogue, reading, waivers
from scripts.contracts.comparison import Breaking, breaking_changes, deployment_notes
from scripts.failure import CommandFailed
from scripts.paths import ROOT

Json = dict[str, Any]
WORKERS = {"python": reading.PYTHON_TASKS, "javascript": reading.NODE_TASKS}
CLIENTS = ROOT / "clients"
_GENERATOR = "scripts.contracts.clients"


def run(console: Console, *, check: bool, strict: bool, compared_with: str) -> None:
    """Writes what has changed, or checks it, and lists what breaks callers.

    Raises CommandFailed when tasks cannot be read, with STRICT=1 when something is any, and with CHECK=1 when a
    file is stale or a change breaks callers without a waiver.
    """
    found = reading.read_tasks()
    new = catalogue.assemble(found)
    old, name = base.read(compared_with)
    problems = [] if not strict else _undescribed(found)
    _say_what_is_any(console, found)
    problems += _stale(new) if check else _write(console, new)
    if old is None:
        console.note("compared", name)
    else:
        problems += _breaking(console, old, new, name, check)
    if problems:
        raise CommandFailed(problems[-1], "\n".join(problems[:-1]))
    count = len(new["tasks"])
    console.note("contracts", f"{count} task{'' if count == 1 else 's'}, hash {catalogue.contract_hash(catalogue.hashes(new))}")


def _say_what_is_any(console: Console, found: Mapping[str, reading.Description]) -> None:
    for task in found.values():
        for line in task.undescribed:
            console.note("any", line)
        for line in task.notes:
            console.note("note", line)
    count = sum(len(task.undescribed) for task in found.values())
    if count:
        console.note("any", f"{count} parameter{'' if count == 1 else 's'} and results have no type; STRICT=1 refuses them")


def _undescribed(found: Mapping[str, reading.Description]) -> list[str]:
    count = sum(len(task.undescribed) for task in found.values())
    return [f"STRICT=1: {count} parameters or results are any: write their types as listed above"] if count else []


def _files(new: Json) -> dict[Path, str]:
    return {catalogue.FILE: catalogue.text_of(new), **catalogue.worker_files(new, WORKERS)}


def _write(console: Console, new: Json) -> list[str]:
    """Writes the files that differ, and the clients. Returns no problems."""
    changed = []
    for file, text in _files(new).items():
        if not file.exists() or file.read_text("utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            changed.append(file)
    write = _generator()
    changed += write(new, CLIENTS) if write else []
    for file in changed:
        console.note("written", _shown(file))
    return []


def _stale(new: Json) -> list[str]:
    """Returns a sentence for what `make contracts` would change."""
    files = [file for file, text in _files(new).items() if not file.exists() or file.read_text("utf-8") != text]
    files += _stale_clients(new)
    if not files:
        return []
    tasks = catalogue.changed_tasks(catalogue.read(), new)
    about = f" ({catalogue.names_of(tasks)})" if tasks else ""
    shown = list(map(_shown, files))
    return [f"{catalogue.names_of(shown)} {'is' if len(shown) == 1 else 'are'} stale{about}: run `make contracts`, and commit the result"]


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


def _stale_clients(new: Json) -> list[Path]:
    """Returns the files that the generator would change, by letting it change a copy."""
    write = _generator()
    if write is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "clients")
        if CLIENTS.exists():
            shutil.copytree(CLIENTS, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        changed = write(new, copy)
    return [CLIENTS / file.relative_to(copy) if file.is_relative_to(copy) else file for file in changed]


def _generator() -> Callable[[Json, Path], list[Path]] | None:
    """Returns the generator of the clients, where this clone has it."""
    if importlib.util.find_spec(_GENERATOR) is None:
        return None
    write: Callable[[Json, Path], list[Path]] = importlib.import_module(_GENERATOR).write
    return write


def _breaking(console: Console, old: Json, new: Json, name: str, check: bool) -> list[str]:
    """Lists what breaks callers and what needs an order of deployment; returns the problems of CHECK=1."""
    for line in deployment_notes(old, new):
        console.note("deploy", line)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    waived = waivers.read()
    changes = breaking_changes(old, new)
    open_changes: list[Breaking] = []
    for change in changes:
        waiver = next((each for each in waived if each.covers(change, today)), None)
        if waiver:
            console.note("waived", f"{change.task}: {change.what} ({change.rule}): {waiver.reason}, until {waiver.until}")
        else:
            open_changes.append(change)
            console.note("breaks", str(change))
    for each in waived:
        if not any((each.task, each.rule) == (change.task, change.rule) for change in changes):
            console.note("note", f"the waiver of {each.rule} for {each.task} is no longer needed: remove it")
        elif today > each.until:
            console.note("note", f"the waiver of {each.rule} for {each.task} ended on {each.until}")
    if not open_changes or not check:
        return []
    count = len(open_changes)
    return [
        f"{count} change{'' if count == 1 else 's'} since {name} break{'s' if count == 1 else ''} callers, as listed above: "
        "do as advised, or add a waiver to contracts/waivers.toml (docs/contracts.md)"
    ]
