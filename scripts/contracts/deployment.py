"""Finds the safe changes whose deployment needs an order, because messages wait in queues."""

from collections.abc import Iterator
from typing import Any

from scripts.contracts.catalogue import names_of
from scripts.contracts.comparison import renamed_parameters
from scripts.contracts.subset import Comparison, Schemas

Json = dict[str, Any]


def deployment_notes(before: Json, after: Json) -> list[str]:
    """Returns a line for each safe change whose deployment has an order."""
    added_tasks = sorted(set(after["tasks"]) - set(before["tasks"]))
    notes: list[str] = []
    if len(added_tasks) == 1:
        notes.append(f"{added_tasks[0]} is new: deploy its workers before the services that send it")
    elif added_tasks:
        listed = names_of(added_tasks)
        notes.append(f"{listed} are new: deploy their workers before the services that send them")
    for name in sorted(after["tasks"]):
        if name in before["tasks"]:
            notes += _Task(before, after, name).notes()
    return notes


class _Task:
    """A task before and after the change."""

    def __init__(self, before: Json, after: Json, name: str) -> None:
        self._name = name
        self._old, self._new = before["tasks"][name], after["tasks"][name]
        self._definitions = before["$defs"], after["$defs"]

    def notes(self) -> Iterator[str]:
        name, old, new = self._name, self._old, self._new
        if added := self._added():
            yield f"{name} takes {', '.join(added)} now: deploy its workers before the services that give it"
        if wider := [each["name"] for each in new["parameters"] if self._takes_more(each)]:
            yield (
                f"{name} takes more for {', '.join(wider)} now: "
                "deploy its workers before the services that make use of it"
            )
        if self._promises_more():
            yield (
                f"{name} promises more about its result now: "
                "deploy its workers before the services that rely on it"
            )
        if old["queue"] != new["queue"]:
            yield (
                f"{name} moves to {new['queue']}: serve {old['queue']} until no message waits in it "
                "and every service is updated"
            )

    def _added(self) -> list[str]:
        old, new = self._old, self._new
        known = {each["name"] for each in old["parameters"]} | set(renamed_parameters(old, new).values())
        optional = [each["name"] for each in new["parameters"] if not each["required"]]
        return [name for name in optional if name not in known]

    def _takes_more(self, new: Json) -> bool:
        old = next((each for each in self._old["parameters"] if each["name"] == new["name"]), None)
        if old is None:
            return False
        is_optional_now = old["required"] and not new["required"]
        return is_optional_now or _is_wider(*self._schemas(old["schema"], new["schema"]), is_result=False)

    def _promises_more(self) -> bool:
        old, new = self._schemas(self._old["result"], self._new["result"])
        return _is_wider(new, old, is_result=True)

    def _schemas(self, old: Json, new: Json) -> tuple[Schemas, Schemas]:
        return Schemas(old, self._definitions[0]), Schemas(new, self._definitions[1])


def _is_wider(narrow: Schemas, wide: Schemas, *, is_result: bool) -> bool:
    """Tells whether the second schema has all values of the first one, and more."""
    fits = not Comparison(is_result=is_result).differences(narrow, wide)
    return fits and bool(Comparison(is_result=is_result).differences(wide, narrow))
