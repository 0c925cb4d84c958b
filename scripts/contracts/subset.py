"""Compares two JSON Schemas: finds the values of one that the other does not accept.

Covers the keywords that the readers write. `Any` (`{}`) fits everything in both directions, except for a
result that becomes any.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scripts.contracts.limits import exceeded

Json = dict[str, Any]
# The kind of a difference, which decides the rule that it breaks.
Kind = Literal["type", "null", "field-removed", "field-required", "field-optional"]


@dataclass(frozen=True)
class Difference:
    """One difference: where (`.lines[].count`, empty for the value itself), and a text for people."""

    kind: Kind
    path: str
    text: str


@dataclass(frozen=True)
class Schemas:
    """A schema with the definitions that it refers to."""

    schema: Any
    definitions: Json

    def resolved(self) -> "Schemas":
        """Follows references to the schema itself."""
        schema = self.schema
        while isinstance(schema, dict) and "$ref" in schema:
            schema = self.definitions.get(schema["$ref"].removeprefix("#/$defs/"), {})
        return Schemas(schema, self.definitions)

    def of(self, schema: Any) -> "Schemas":
        """Another schema with the same definitions."""
        return Schemas(schema, self.definitions)

    @property
    def members(self) -> "list[Schemas]":
        """The members of a union or an enum, also of nested ones; the schema itself if it is not a union."""
        schema = self.resolved().schema
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return [member for each in schema[keyword] for member in self.of(each).members]
        if isinstance(schema.get("type"), list):
            return [self.of({**schema, "type": kind}) for kind in schema["type"]]
        if "enum" in schema:
            return [self.of({"const": value}) for value in schema["enum"]]
        return [self.of(schema)]


class Comparison:
    """Finds the values of `giver` that `taker` does not accept.

    For arguments, the giver is the old schema, as old callers keep sending its values. For results, it is the
    new one, as old callers get its values.
    """

    def __init__(self, *, is_result: bool) -> None:
        self._is_result = is_result
        self._under_way: set[tuple[str, str]] = set()

    def differences(self, giver: Schemas, taker: Schemas, path: str = "") -> list[Difference]:
        """Returns the differences, outermost first."""
        if taker.schema == {} or (giver.schema == {} and not self._is_result):
            return []
        pair = json.dumps(giver.resolved().schema), json.dumps(taker.resolved().schema)
        if pair in self._under_way:  # types that refer to themselves
            return []
        self._under_way.add(pair)
        takers = taker.members
        members = [] if any(each.schema == {} for each in takers) else giver.members
        found = [each for member in members for each in self._member(member, takers, path)]
        self._under_way.discard(pair)
        return found

    def _member(self, member: Schemas, takers: list[Schemas], path: str) -> Iterator[Difference]:
        """Compares one member of the giver's union with the most similar one of the taker's."""
        if member.schema == {"type": "boolean"} and _booleans(takers) == {True, False}:
            return
        best: list[Difference] | None = None
        for taker in takers:
            found = self._one(member, taker, path)
            if not found:
                return
            if best is None or (_is_same_type(member, taker) and len(found) < len(best)):
                best = found
        if _is_null(member):
            yield Difference("null", path, "null")
        elif best is not None and any(_is_same_type(member, taker) for taker in takers):
            yield from best
        else:
            wanted = " or ".join(dict.fromkeys(shown(taker.schema) for taker in takers))
            yield Difference("type", path, f"{shown(member.schema)} instead of {wanted}")

    def _one(self, giver: Schemas, taker: Schemas, path: str) -> list[Difference]:
        give, take = giver.schema, taker.schema
        if "const" in take:
            same = (
                "const" in give
                and give["const"] == take["const"]
                and type(give["const"]) is type(take["const"])
            )
            return [] if same else [Difference("type", path, f"{shown(give)} instead of {shown(take)}")]
        kind = _type_of(give)
        if not _takes_type(take, kind) or ("format" in take and take.get("format") != give.get("format")):
            return [Difference("type", path, f"{shown(give)} instead of {shown(take)}")]
        found = (
            [Difference("type", path, text) for text in exceeded(give, take)] if not self._is_result else []
        )
        if kind == "array":
            found += self._items(giver, taker, path)
        if kind == "object":
            found += self._fields(giver, taker, path)
        return found

    def _items(self, giver: Schemas, taker: Schemas, path: str) -> list[Difference]:
        give, take = giver.schema, taker.schema
        found: list[Difference] = []
        gives, takes = give.get("prefixItems", []), take.get("prefixItems", [])
        given_rest, taken_rest = _rest_of(give), _rest_of(take)
        if self._is_result and takes:
            (least, most), (old_least, old_most) = _lengths(give), _lengths(take)
            if least < old_least or most > old_most:
                found.append(Difference("type", path, f"{_sized(give)} instead of {_sized(take)}"))
        elif len(gives) > len(takes) and taken_rest is None:
            found.append(Difference("type", path, f"{_sized(give)} instead of {_sized(take)}"))
        for index in range(max(len(gives), len(takes))):
            given = gives[index] if index < len(gives) else given_rest
            taken = takes[index] if index < len(takes) else taken_rest
            if given is not None and taken is not None:
                found += self.differences(giver.of(given), taker.of(taken), f"{path}[{index}]")
        if given_rest is not None and taken_rest is not None:
            found += self.differences(giver.of(given_rest), taker.of(taken_rest), f"{path}[]")
        return found

    def _fields(self, giver: Schemas, taker: Schemas, path: str) -> list[Difference]:
        give, take = giver.schema, taker.schema
        gives, takes = give.get("properties", {}), take.get("properties", {})
        given_rest, taken_rest = _others_of(give), _others_of(take)
        needed = set(take.get("required", []))
        has = set(give.get("required", []))
        # For arguments and results alike, a field counts as removed if only the old schema has it.
        old, new, new_rest = (takes, gives, given_rest) if self._is_result else (gives, takes, taken_rest)
        removed = sorted(set(old) - set(new)) if new_rest is None else []
        found = [Difference("field-removed", f"{path}.{name}", "") for name in removed]
        for name in sorted(needed - has - set(removed)):
            kind: Kind = "field-optional" if self._is_result else "field-required"
            found.append(Difference(kind, f"{path}.{name}", ""))
        for name in sorted({*gives, *takes}):
            given, taken = gives.get(name, given_rest), takes.get(name, taken_rest)
            if given is not None and taken is not None:
                found += self.differences(giver.of(given), taker.of(taken), f"{path}.{name}")
        if given_rest is not None and taken_rest is not None:
            found += self.differences(giver.of(given_rest), taker.of(taken_rest), f"{path}.*")
        if not self._is_result and given_rest is not None and take.get("additionalProperties") is False:
            found.append(Difference("field-removed", f"{path}.*", ""))
        if "propertyNames" in take:
            names = giver.of(give.get("propertyNames", {"type": "string"}))
            found += self.differences(names, taker.of(take["propertyNames"]), f"{path}.(keys)")
        return found


def _rest_of(schema: Json) -> Json | None:
    """Returns the schema of an array's items after those of its tuple; None if there are none."""
    items = schema.get("items", {})
    is_closed = items is False or schema.get("maxItems") == len(schema.get("prefixItems", []))
    return None if is_closed else dict(items) if isinstance(items, dict) else {}


def _lengths(schema: Json) -> tuple[int, float]:
    most = (
        len(schema.get("prefixItems", [])) if _rest_of(schema) is None else schema.get("maxItems", math.inf)
    )
    return schema.get("minItems", 0), most


def _sized(schema: Json) -> str:
    least, most = _lengths(schema)
    upper = "any" if most == math.inf else most
    return f"array of {least}" if least == most else f"array of {least} to {upper}"


def _others_of(schema: Json) -> Json | None:
    """Returns the schema of an object's other fields; None for a record, whose fields are known."""
    others = schema.get("additionalProperties", True)
    if others is True and not schema.get("properties"):
        return {}
    return others if isinstance(others, dict) else None


def shown(schema: Json) -> str:
    """Returns a short text for a schema: its constant, its format or its type."""
    if "const" in schema:
        return repr(schema["const"])
    if "format" in schema:
        return str(schema["format"])
    if "enum" in schema:
        return "one of " + ", ".join(map(repr, schema["enum"]))
    return str(schema.get("type", "any"))


def _booleans(members: list[Schemas]) -> set[bool]:
    constants = [each.schema.get("const") for each in members]
    return {each for each in constants if isinstance(each, bool)}


def _is_null(member: Schemas) -> bool:
    return member.schema.get("type") == "null" or member.schema.get("const", 0) is None


def _is_same_type(one: Schemas, other: Schemas) -> bool:
    same_constants = "const" in one.schema or "const" not in other.schema
    return same_constants and _takes_type(other.schema, _type_of(one.schema)) and "const" not in other.schema


def _type_of(schema: Json) -> str:
    if "const" in schema:
        value = schema["const"]
        names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
        return names.get(type(value), "object")
    return str(schema.get("type", schema.get("format", "")))


def _takes_type(schema: Json, kind: str) -> bool:
    wanted = _type_of(schema)
    return wanted in (kind, "") or (wanted == "number" and kind == "integer")
