"""Reading JSON Schemas as types, for both languages."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_REFERENCE = "#/$defs/"


def reference(schema: Schema) -> str:
    """Returns the name of the definition that a schema refers to; empty without one."""
    target = str(schema.get("$ref", ""))
    return target.removeprefix(_REFERENCE) if target.startswith(_REFERENCE) else ""


def alternatives(schema: Schema) -> list[Schema]:
    """Returns the members of a union, else nothing."""
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return list(schema[key])
    if len(schema.get("allOf", ())) == 1:
        return [schema["allOf"][0]]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": kind} for kind in schema["type"]]
    return []


def literals(schema: Schema) -> list[Any]:
    """Returns the values of an enum or a const, else nothing; only those that a type can be made of."""
    values = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else []
    is_literal = all(value is None or isinstance(value, (str, bool, int)) for value in values)
    return list(values) if is_literal else []


def is_record(schema: Schema) -> bool:
    """Tells whether a schema is an object whose members are known by name."""
    extra = schema.get("additionalProperties", True)
    return schema.get("type") == "object" and bool(schema.get("properties")) and isinstance(extra, bool)


def tuple_members(schema: Schema) -> list[Schema]:
    """Returns the members of an array of a fixed length, else nothing."""
    members = list(schema.get("prefixItems", ()))
    is_closed = schema.get("items") is False or schema.get("maxItems") == len(members)
    return members if members and is_closed else []


def record_members(schema: Schema) -> list[tuple[str, Schema, bool]]:
    """Returns name, schema and whether it is required, of each member of a record."""
    required = schema.get("required", ())
    return [(name, member, name in required) for name, member in schema["properties"].items()]


def union(parts: list[str]) -> str:
    """Returns the parts once each; any swallows the others."""
    listed = list(dict.fromkeys(parts))
    for anything in ("Any", "unknown"):
        if anything in listed:
            return anything
    return " | ".join(listed)


def recursive(definitions: Mapping[str, Schema]) -> set[str]:
    """Returns the definitions, except records, that refer to themselves, directly or through others."""
    direct = {name: _named_in(schema) for name, schema in definitions.items()}

    def reaches(name: str) -> bool:
        seen: set[str] = set()
        waiting = [*direct[name]]
        while waiting:
            each = waiting.pop()
            if each == name:
                return True
            if each not in seen and each in definitions and not is_record(definitions[each]):
                seen.add(each)
                waiting += direct[each]
        return False

    return {name for name, schema in definitions.items() if not is_record(schema) and reaches(name)}


def _named_in(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        own = {reference(value)} - {""}
        return own.union(*(_named_in(each) for each in value.values()))
    return set().union(*(_named_in(each) for each in value)) if isinstance(value, list) else set()
