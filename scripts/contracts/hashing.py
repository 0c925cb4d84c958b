"""Hashes of tasks and contracts, which show a client that workers have another contract.

A hash covers a task's parameters and result. It ignores sentences, defaults, limits, the names of types, and
the order of keywords, fields and choices, because clients still fit when these change.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from scripts.contracts.references import target_of

Json = dict[str, Any]

HASH_LENGTH = 12
_OF_TASK = ("language", "queue", "result", "progress")
_OF_PARAMETER = ("kind", "required")
_UNNAMED = ("positional_only", "var_positional", "var_keyword")
_FOR_PEOPLE = frozenset({"title", "description", "deprecated", "examples", "default", "$comment"})
# Keyword -> its value has the names of fields as keys.
_BY_FIELD = frozenset({"properties", "patternProperties", "dependentSchemas"})
_UNORDERED = frozenset({"required", "enum", "type"})


def hashes(catalogue: Json) -> dict[str, str]:
    """Returns task name -> hash of its parameters and result, with their definitions."""
    definitions = catalogue.get("$defs", {})
    return {
        name: _digest(_canonical(_Shape(definitions).of_task(task)))
        for name, task in sorted(catalogue["tasks"].items())
    }


def contract_hash(tasks: Mapping[str, str]) -> str:
    """Returns the hash of a whole contract, from the hashes of its tasks."""
    return _digest("\n".join(f"{name} {digest}" for name, digest in sorted(tasks.items())))


def hashes_by_language(catalogue: Json) -> dict[str, dict[str, str]]:
    """Returns language -> task name -> hash, for the languages that have tasks."""
    found: dict[str, dict[str, str]] = {}
    for name, digest in hashes(catalogue).items():
        found.setdefault(catalogue["tasks"][name]["language"], {})[name] = digest
    return dict(sorted(found.items()))


class _Shape:
    """One task as its callers see it. Types are numbered by appearance, so their names do not matter."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions
        self._numbers: dict[str, int] = {}

    def of_task(self, task: Json) -> Json:
        ordered = [each for each in task["parameters"] if each["kind"] != "keyword_only"]
        keywords = [each for each in task["parameters"] if each["kind"] == "keyword_only"]
        keywords.sort(key=lambda each: str(each["name"]))
        return {
            "parameters": [self._of_parameter(each) for each in ordered + keywords],
            **{key: self._of_schema(task[key]) for key in _OF_TASK if key in task},
        }

    def _of_parameter(self, parameter: Json) -> Json:
        named = {} if parameter["kind"] in _UNNAMED else {"name": parameter["name"]}
        kept = {key: parameter[key] for key in _OF_PARAMETER}
        return {**named, **kept, "schema": self._of_schema(parameter["schema"])}

    def _of_schema(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return [self._of_schema(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        name = target_of(schema)
        if name is not None:
            return self._of_definition(name)
        return {
            key: self._of_keyword(key, value)
            for key, value in sorted(schema.items())
            if key not in _FOR_PEOPLE
        }

    def _of_keyword(self, key: str, value: Any) -> Any:
        if key in _BY_FIELD:
            return {field: self._of_schema(each) for field, each in sorted(value.items())}
        if key in _UNORDERED and isinstance(value, list):
            return sorted(value, key=_canonical)
        return value if key == "const" else self._of_schema(value)

    def _of_definition(self, name: str) -> Json:
        """Returns the type at its first appearance, and later, also inside itself, its number."""
        if name in self._numbers:
            return {"$ref": self._numbers[name]}
        self._numbers[name] = len(self._numbers)
        return {"$defs": self._numbers[name], "schema": self._of_schema(self._definitions.get(name, {}))}


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]
