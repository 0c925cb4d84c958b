"""The catalogue `contracts/tasks.json`: one file for the tasks of both languages.

docs/contracts.md describes the format.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts import environment, languages
from scripts.contracts.definitions import shared_definitions
from scripts.contracts.hashing import contract_hash, hashes, hashes_by_language
from scripts.contracts.reading import Description
from scripts.contracts.references import references
from scripts.env_files import EnvFileError
from scripts.failure import CommandFailed
from scripts.paths import ROOT

Json = dict[str, Any]

FOLDER = ROOT / "contracts"
FILE = FOLDER / "tasks.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION = 1
# A task's language as the catalogue has it -> as `make` calls it.
_LANGUAGES = {"python": languages.PYTHON, "javascript": languages.NODE}


def assemble(found: Mapping[str, Description]) -> Json:
    """Returns the catalogue of the described tasks."""
    tasks, definitions = shared_definitions(found)
    variables = _routes()
    for name, task in tasks.items():
        if task["language"] == "javascript":
            task["queue"] = environment.queue_of(name, variables, task.get("queue", ""))
    return {"$schema": DIALECT, "version": VERSION, "$defs": definitions, "tasks": tasks}


def _routes() -> Mapping[str, str]:
    try:
        return environment.files(environment.SHARED)
    except EnvFileError as error:
        raise CommandFailed(str(error)) from error


def text_of(catalogue: Json) -> str:
    """Returns the text of the catalogue's file, the same for the same tasks on every machine."""
    return json.dumps(catalogue, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def load(text: str, where: str) -> Json:
    """Reads a catalogue.

    Raises CommandFailed when it is not one, as after a merge conflict, or is of another version.
    """
    try:
        catalogue = json.loads(text)
        version = catalogue["version"]
    except (ValueError, TypeError, KeyError) as error:
        raise CommandFailed(f"{where} is not a catalogue: run `make contracts` to write it again") from error
    if version != VERSION:
        raise CommandFailed(f"{where} has version {version}, but this template reads version {VERSION}")
    return dict(catalogue)


def read(file: Path = FILE) -> Json | None:
    """Returns the written catalogue; None if there is none. Raises CommandFailed as `load` does."""
    return load(file.read_text("utf-8"), _shown(file)) if file.exists() else None


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


def worker_files(catalogue: Json, folders: Mapping[str, Path]) -> dict[Path, str]:
    """Returns file -> text for each language's workers: hashes of the contract and of their own tasks."""
    whole = contract_hash(hashes(catalogue))
    own = hashes_by_language(catalogue)
    return {
        folder / "contract.json": text_of({"hash": whole, "tasks": own.get(language, {})})
        for language, folder in folders.items()
        if folder.is_dir()
    }


def of_languages(catalogue: Json, kept: Collection[str]) -> Json:
    """Returns the catalogue of the tasks of the `kept` languages, with the definitions that these use."""
    return of_tasks(catalogue, lambda _name, task: _LANGUAGES[task["language"]] in kept)


def of_tasks(catalogue: Json, is_kept: Callable[[str, Json], bool]) -> Json:
    """Returns the catalogue of some of its tasks, with the definitions that these use."""
    tasks = {name: task for name, task in catalogue["tasks"].items() if is_kept(name, task)}
    return {**catalogue, "$defs": _reachable(tasks, catalogue["$defs"]), "tasks": tasks}


def _reachable(value: Json, definitions: Json) -> Json:
    found: Json = {}
    waiting: list[str] = list(references(value))
    while waiting:
        name = waiting.pop()
        if name not in found and name in definitions:
            found[name] = definitions[name]
            waiting.extend(references(definitions[name]))
    return found


def changed_tasks(before: Json | None, after: Json) -> list[str]:
    """Returns the names of tasks that were added, removed or changed, also if only a sentence changed."""
    old, new = (_descriptions(each) if each else {} for each in (before, after))
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def _descriptions(catalogue: Json) -> dict[str, Json]:
    """Returns task name -> its description, with the definitions that it uses."""
    tasks, definitions = catalogue["tasks"], catalogue.get("$defs", {})
    return {name: {**task, "$defs": _reachable(task, definitions)} for name, task in tasks.items()}


def names_of(tasks: Iterable[str], limit: int = 5) -> str:
    """Returns at most `limit` names for a message, and how many more there are."""
    listed = list(tasks)
    more = f" and {len(listed) - limit} more" if len(listed) > limit else ""
    return ", ".join(listed[:limit]) + more
