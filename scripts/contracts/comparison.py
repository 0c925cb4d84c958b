"""Finds the changes between two catalogues that break callers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts.contracts.rules import RULES
from scripts.contracts.subset import Comparison, Difference, Schemas, shown

Json = dict[str, Any]

_BY_POSITION = ("positional_only", "positional_or_keyword")
_BY_NAME = ("positional_or_keyword", "keyword_only")
_REST = ("var_positional", "var_keyword")
_RESULT_RULES = {
    "null": "result-null",
    "field-removed": "result-field-removed",
    "field-optional": "result-field-optional",
}


@dataclass(frozen=True)
class Breaking:
    """A change that breaks callers of a task; `what` is a sentence's subject and verb."""

    task: str
    rule: str
    what: str

    def __str__(self) -> str:
        """The sentence for the developer who made the change."""
        rule = RULES[self.rule]
        return f"{self.task}: {self.what} ({self.rule}): {rule.breaks}. Instead, {rule.instead}."


def breaking_changes(before: Json, after: Json) -> list[Breaking]:
    """Returns the changes that break callers, sorted by task."""
    found: list[Breaking] = []
    for name, old in sorted(before["tasks"].items()):
        new = after["tasks"].get(name)
        if new is None:
            found.append(
                Breaking(
                    name, "task-removed", "the task was removed or renamed" + _guess(name, old, before, after)
                )
            )
        else:
            found += _Task(name, old, new, before["$defs"], after["$defs"]).breaking()
    return found


def renamed_parameters(before: Json, after: Json) -> dict[str, str]:
    """Returns old name -> new name of the task's parameters that seem to have been renamed."""
    old, new = (
        [each["name"] for each in task["parameters"] if each["kind"] in _BY_POSITION]
        for task in (before, after)
    )
    olds, news = ({each["name"] for each in task["parameters"]} for task in (before, after))
    return {
        one: other
        for one, other in zip(old, new, strict=False)
        if one != other and one not in news and other not in olds
    }


def _rest(task: Json, kind: str) -> Json | None:
    """Returns the ``*args`` or the ``**kwargs`` of a task."""
    return next((dict(each) for each in task["parameters"] if each["kind"] == kind), None)


def _guess(name: str, old: Json, before: Json, after: Json) -> str:
    """Returns the name of the one new task that looks like the removed one."""
    alike = [
        other
        for other, task in after["tasks"].items()
        if other not in before["tasks"]
        and task["parameters"] == old["parameters"]
        and task["language"] == old["language"]
    ]
    return f" ({alike[0]} takes the same)" if len(alike) == 1 and alike[0] != name else ""


@dataclass
class _Task:
    name: str
    old: Json
    new: Json
    old_definitions: Json
    new_definitions: Json

    def breaking(self) -> Iterator[Breaking]:
        renamed = renamed_parameters(self.old, self.new)
        for each in self.old["parameters"]:
            yield from self._parameter(each, renamed)
        had = {each["name"] for each in self.old["parameters"]}
        for each in self.new["parameters"]:
            if each["kind"] in _REST or each["name"] in had or each["name"] in renamed.values():
                continue
            if each["required"]:
                yield self._breaking("parameter-added", f"parameter '{each['name']}' is new and required")
            elif each["kind"] in _BY_NAME:
                yield from self._taken_over(each)
        yield from self._order(renamed)
        yield from self._given("result")
        yield from self._given("progress")

    @staticmethod
    def _positional(task: Json) -> list[Json]:
        return [each for each in task["parameters"] if each["kind"] in _BY_POSITION]

    def _parameter(self, old: Json, renamed: dict[str, str]) -> Iterator[Breaking]:
        name, label = old["name"], f"parameter '{old['name']}'"
        new = self._successor(old, renamed)
        if new is None:
            new = self._absorber(old)
            if new is None:
                yield self._breaking("parameter-removed", f"{label} was removed")
            else:
                yield from self._narrowed(old, new, label)
            return
        if name in renamed and old["kind"] in _BY_NAME:
            yield self._breaking("parameter-renamed", f"{label} is called '{renamed[name]}' now")
        yield from self._kind(old, new, label)
        if new["required"] and not old["required"]:
            yield self._breaking("parameter-required", f"{label} is required now")
        yield from self._narrowed(old, new, label)

    def _narrowed(self, old: Json, new: Json, label: str) -> Iterator[Breaking]:
        old_schema, new_schema = self._schemas(old["schema"], new["schema"])
        for each in Comparison(is_result=False).differences(old_schema, new_schema):
            yield self._argument(each, label)

    def _taken_over(self, new: Json) -> Iterator[Breaking]:
        """Compares a new keyword with the ``**kwargs`` that took it before."""
        old = _rest(self.old, "var_keyword")
        if old is not None:
            yield from self._narrowed(old, new, f"parameter '{new['name']}'")

    def _successor(self, old: Json, renamed: dict[str, str]) -> Json | None:
        """Returns the new form of a parameter; ``*args`` and ``**kwargs`` may have any name."""
        for each in self.new["parameters"]:
            same_rest = old["kind"] in _REST and each["kind"] == old["kind"]
            if same_rest or (
                old["kind"] not in _REST and each["name"] == renamed.get(old["name"], old["name"])
            ):
                return dict(each)
        return None

    def _absorber(self, old: Json) -> Json | None:
        """Returns the ``*args`` or ``**kwargs`` that takes what callers give for a removed parameter."""
        if old["kind"] == "keyword_only":
            return _rest(self.new, "var_keyword")
        is_behind = old in self._positional(self.old)[len(self._positional(self.new)) :]
        return _rest(self.new, "var_positional") if old["kind"] == "positional_only" and is_behind else None

    def _kind(self, old: Json, new: Json, label: str) -> Iterator[Breaking]:
        if old["kind"] in _BY_POSITION and new["kind"] not in _BY_POSITION:
            yield self._breaking("parameter-kind", f"{label} can only be given by name now")
        elif old["kind"] in _BY_NAME and new["kind"] not in _BY_NAME:
            yield self._breaking("parameter-kind", f"{label} can only be given by position now")

    def _order(self, renamed: dict[str, str]) -> Iterator[Breaking]:
        new = [each["name"] for each in self._positional(self.new)]
        places = {name: place for place, name in enumerate(new)}
        for place, each in enumerate(self._positional(self.old)):
            name = renamed.get(each["name"], each["name"])
            if name in places and places[name] != place:
                what = f"parameter '{name}' moved from position {place + 1} to {places[name] + 1}"
                yield self._breaking("parameter-moved", what)
                return  # the others moved because of it
        behind = self._positional(self.new)[len(self._positional(self.old)) :]
        rest = _rest(self.old, "var_positional")
        if rest is not None and behind and not behind[0]["required"]:
            what = f"parameter '{behind[0]['name']}' takes what was the first of '*{rest['name']}'"
            yield self._breaking("parameter-moved", what)

    def _argument(self, each: Difference, label: str) -> Breaking:
        where = f"{label}{f' at {each.path}' if each.path else ''}"
        if each.kind == "null":
            return self._breaking("parameter-not-null", f"{where} no longer takes null")
        if each.kind == "field-removed":
            return self._breaking("parameter-narrowed", f"{where} was removed")
        if each.kind == "field-required":
            return self._breaking("parameter-narrowed", f"{where} is required now")
        given, _, wanted = each.text.partition(" instead of ")
        change = (
            f"no longer takes {given}, but {wanted}"
            if wanted and " " not in given
            else f"is limited now: {each.text}"
        )
        return self._breaking("parameter-narrowed", f"{where} {change}")

    def _given(self, side: str) -> Iterator[Breaking]:
        """Compares what callers get: the result, or the progress."""
        if side not in self.old:
            return
        new, old = self._schemas(self.old[side], self.new.get(side, {}))[::-1]
        if new.schema == {} and old.schema != {}:
            yield self._breaking(
                "result-widened", f"the {side} can be anything now, instead of {shown(old.resolved().schema)}"
            )
            return
        for each in Comparison(is_result=True).differences(new, old):
            where = f"the {side}{f' at {each.path}' if each.path else ''}"
            texts = {
                "null": f"{where} can be null now",
                "field-removed": f"{where} was removed",
                "field-optional": f"{where} can be missing now",
            }
            rule = _RESULT_RULES.get(each.kind, "result-widened")
            yield self._breaking(rule, texts.get(each.kind, f"{where} can be {each.text} now"))

    def _schemas(self, old: Json, new: Json) -> tuple[Schemas, Schemas]:
        return Schemas(old, self.old_definitions), Schemas(new, self.new_definitions)

    def _breaking(self, rule: str, what: str) -> Breaking:
        return Breaking(self.name, rule, what)
