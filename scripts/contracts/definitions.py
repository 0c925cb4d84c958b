"""Shares the definitions of all tasks: one for each type, with a name that is unique in the catalogue.

A type keeps its own name if it is the same in all tasks. If a type differs as argument and as result (a
pydantic model takes aliases and returns the names of its fields), the result's name ends in `Result`. Fields
that only arguments may leave out make no difference, so that a result can become the next task's argument.
Other types with the same name get their module's name as a prefix.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from scripts.contracts.reading import Description
from scripts.contracts.references import references, renamed

Json = dict[str, Any]
Side = Literal["inputs", "outputs"]
SIDES: tuple[Side, ...] = ("inputs", "outputs")
_FOLDERS = {"py_workers": "py", "js_workers": "js", "tasks": ""}


@dataclass(frozen=True)
class _Use:
    """One task's use of a definition: its side, and the definition with all that it refers to.

    `fields` is the same without the information which fields are required.
    """

    task: str
    side: Side
    meaning: str
    fields: str


def shared_definitions(found: Mapping[str, Description]) -> tuple[dict[str, Json], Json]:
    """Returns the tasks with references to shared definitions, and these definitions."""
    uses: dict[str, list[_Use]] = defaultdict(list)
    for task, description in sorted(found.items()):
        for side in SIDES:
            definitions: Json = getattr(description, side)
            for name in sorted(definitions):
                reached = _reached(name, definitions)
                meaning, fields = (json.dumps(each, sort_keys=True) for each in (reached, _optional(reached)))
                uses[name].append(_Use(task, side, meaning, fields))
    names = {name: _names(name, _as_arguments(each)) for name, each in sorted(uses.items())}
    _make_unique(names)
    tasks: dict[str, Json] = {}
    written: dict[Side, Json] = {side: {} for side in SIDES}
    for task, description in sorted(found.items()):
        by_side = {
            side: {name: chosen[(task, side)] for name, chosen in names.items() if (task, side) in chosen}
            for side in SIDES
        }
        for side in SIDES:
            for name, schema in getattr(description, side).items():
                written[side].setdefault(by_side[side][name], renamed(schema, by_side[side]))
        tasks[task] = {
            key: renamed(value, by_side["inputs" if key == "parameters" else "outputs"])
            for key, value in description.task.items()
        }
    return tasks, dict(sorted({**written["outputs"], **written["inputs"]}.items()))


def _reached(name: str, definitions: Json) -> Json:
    """Returns the definition and those that it refers to."""
    reached: Json = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in reached and each in definitions:
            reached[each] = definitions[each]
            waiting.extend(references(definitions[each]))
    return reached


def _optional(schema: Any) -> Any:
    """Returns schemas without their lists of required fields."""
    if isinstance(schema, list):
        return [_optional(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _optional(each) for key, each in schema.items()}
    if isinstance(kept.get("required"), list):
        del kept["required"]
    return kept


def _as_arguments(uses: list[_Use]) -> list[_Use]:
    """Gives results the meaning of the argument with the same fields, if there is one such argument."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        if use.side == "inputs":
            meanings[use.fields].add(use.meaning)
    only = {fields: each.pop() for fields, each in meanings.items() if len(each) == 1}
    return [replace(use, meaning=only.get(use.fields, use.meaning)) for use in uses]


def _names(name: str, uses: list[_Use]) -> dict[tuple[str, Side], str]:
    """Returns (task, side) -> the name to use there; pydantic's `Box_int_` of `Box[int]` becomes `BoxInt`.

    If two types in a task have one name, pydantic calls them `py_workers__tasks__mail__Box`: `PyMailBox`.
    """
    if "__" in name:
        name = _module_prefix(name.replace("__", ".") + ".")
    elif name.endswith("_"):
        name = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    meanings: dict[Side, set[str]] = {
        side: {use.meaning for use in uses if use.side == side} for side in SIDES
    }
    if len(meanings["inputs"] | meanings["outputs"]) == 1:
        return {(use.task, use.side): name for use in uses}
    if all(len(each) <= 1 for each in meanings.values()):
        return {(use.task, use.side): name if use.side == "inputs" else f"{name}Result" for use in uses}
    first: dict[str, str] = {}
    for use in uses:
        if use.meaning in first:
            continue
        plain = _module_prefix(use.task) + name
        wanted = f"{plain}Result" if use.side == "outputs" and plain in first.values() else plain
        unique, count = wanted, 2
        while unique in first.values():
            unique, count = f"{wanted}{count}", count + 1
        first[use.meaning] = unique
    return {(use.task, use.side): first[use.meaning] for use in uses}


def _module_prefix(task: str) -> str:
    """Returns `PyForecastsDemand` for `py_workers.tasks.forecasts.demand.predict`."""
    words = [_FOLDERS.get(part, part) for part in task.split(".")[:-1]]
    return "".join(
        piece[:1].upper() + piece[1:] for word in words for piece in word.replace("-", "_").split("_")
    )


def _make_unique(names: dict[str, dict[tuple[str, Side], str]]) -> None:
    """Numbers the names that two types would still share, such as `PageResult` and the result of a `Page`."""
    owners: dict[str, str] = {}
    for name, chosen in names.items():
        for use, wanted in list(chosen.items()):
            unique, count = wanted, 2
            while owners.setdefault(unique, name) != name:
                unique, count = f"{wanted}{count}", count + 1
            chosen[use] = unique
