"""JSON Schemas as TypeScript types: definitions become interfaces, all other schemas are written inline."""

import json
import re
from collections.abc import Mapping
from typing import Any

from scripts.contracts.clients import names, schemas
from scripts.contracts.clients.schemas import Schema

# Format -> the types of arguments, and the class of results.
ENVELOPES = {
    "celery-datetime": ("Date", "DateTime"),
    "celery-date": ("PlainDate", "PlainDate"),
    "celery-time": ("PlainTime", "PlainTime"),
    "celery-decimal": ("Decimal", "Decimal"),
    "celery-uuid": ("UUID", "UUID"),
    "celery-bytes": ("Uint8Array", "Uint8Array"),
}
_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_GLOBAL = {
    "Array",
    "Date",
    "DateTime",
    "Decimal",
    "Jobs",
    "Object",
    "PlainDate",
    "PlainTime",
    "Promise",
    "Record",
    "Task",
    "UUID",
    "Uint8Array",
}


class Types:
    """The types of a catalogue."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._definitions: dict[str, Schema] = dict(catalogue.get("$defs", {}))
        self._names = names.definitions(catalogue, set(_GLOBAL))
        self._used: set[str] = set()

    def texts(self) -> list[str]:
        """Returns the interfaces and aliases."""
        return [self._defined(name, schema) for name, schema in self._definitions.items()]

    def uses(self, name: str) -> bool:
        """Tells whether a type of celery-js was written."""
        return name in self._used

    def written(self, schema: Schema | bool, *, given: bool = False) -> str:
        """Returns the type of a schema. Types of arguments (`given`) have readonly arrays."""
        if isinstance(schema, bool):
            return "unknown"
        if name := schemas.reference(schema):
            return self._names.get(name, "unknown")
        if schema.get("format") in ENVELOPES:
            written = ENVELOPES[str(schema["format"])][0 if given else 1]
            self._used.add(written)
            return written
        if values := schemas.literals(schema):
            return " | ".join(map(literal, values))
        if parts := schemas.alternatives(schema):
            return self.union([self.written(part, given=given) for part in parts])
        kind = schema.get("type")
        if kind == "array":
            return self._array(schema, given)
        return self._object(schema, given) if kind == "object" else _SIMPLE.get(str(kind), "unknown")

    def union(self, parts: list[str]) -> str:
        """Returns a union, with null and undefined at the end."""
        each = list(dict.fromkeys(piece for part in parts for piece in split(part)))
        last = [piece for piece in ("null", "undefined") if piece in each]
        return schemas.union([*(piece for piece in each if piece not in last), *last])

    def array(self, item: str) -> str:
        """Returns an array of a type."""
        return f"{_grouped(item)}[]"

    def _array(self, schema: Schema, given: bool) -> str:
        readonly = "readonly " if given else ""
        items = self.written(schema.get("items", {}), given=given)
        members = [self.written(each, given=given) for each in schema.get("prefixItems", ())]
        if not members:
            return f"{readonly}{self.array(items)}"
        required = int(schema.get("minItems", len(members)))
        parts = [*members[:required], *(f"{_grouped(each)}?" for each in members[required:])]
        if not schemas.tuple_members(schema):
            parts.append(f"...{self.array(items)}")
        return f"{readonly}[{', '.join(parts)}]"

    def _object(self, schema: Schema, given: bool) -> str:
        members = self._members(schema, given)
        return f"{{ {'; '.join(members)} }}" if members else "{ [name: string]: unknown }"

    def _members(self, schema: Schema, given: bool) -> list[str]:
        """Returns the members of an object by name, and one for all others."""
        if not schema.get("properties"):
            value = self.written(schema.get("additionalProperties", {}), given=given)
            return [f"[name: string]: {value}"]
        members = [
            f"{key(name)}{'' if required else '?'}: {self.written(member, given=given)}"
            for name, member, required in schemas.record_members(schema)
        ]
        return members if schemas.is_record(schema) else [*members, "[name: string]: unknown"]

    def _defined(self, name: str, schema: Schema) -> str:
        own = self._names[name]
        doc = comment([str(schema["description"])], "") if schema.get("description") else []
        if schema.get("type") == "object":
            members = [f"  {member};" for member in self._members(schema, given=False)]
            return "\n".join([*doc, f"export interface {own} {{", *members, "}"])
        written = self.written(schema)
        line = f"export type {own} = {written};"
        if len(line) > 120:
            line = f"export type {own} =\n" + "\n".join(f"  | {piece}" for piece in split(written)) + ";"
        return "\n".join([*doc, line])


def literal(value: Any) -> str:
    """Returns a constant as source, in the quotation marks that the formatter prefers."""
    text = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str) or value.count('"') <= value.count("'"):
        return text
    body = re.sub(r"\\(.)|'", lambda found: {'\\"': '"', "'": "\\'"}.get(found[0], found[0]), text[1:-1])
    return f"'{body}'"


def split(written: str) -> list[str]:
    """Splits the source of a union into its members."""
    return _pieces(written, "|")


def _grouped(written: str) -> str:
    """Returns a type so that `[]` or `?` may follow it."""
    is_simple = re.fullmatch(r"\w+(\[\])*|\{[^{}|]*\}|\[[^\[\]|]*\]", written) is not None
    return written if is_simple else f"({written})"


def key(name: str) -> str:
    """Returns a name as the key of an object."""
    is_plain = all(part.isidentifier() for part in name.replace("$", "_").split()) and name.isidentifier()
    return name if is_plain else json.dumps(name, ensure_ascii=False)


def comment(notes: list[str], indent: str) -> list[str]:
    """Returns a JSDoc comment of several notes."""
    lines = [line for note in notes for line in note.strip().replace("*/", "*\\/").splitlines()]
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return (
        [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"] if lines else []
    )


def block(start: str, parts: list[str], end: str, indent: str, width: int) -> list[str]:
    """Returns parts between two marks: on one line where they fit, else each on its own."""
    line = f"{start}{', '.join(parts)}{end}"
    if len(line) <= width:
        return [line]
    inner = indent + "  "
    lines = [start]
    for i, part in enumerate(parts):
        comma = "," if i < len(parts) - 1 else ""
        lines += _broken(part, comma, inner, width)
    return [*lines, f"{indent}{end}"]


def _broken(part: str, comma: str, indent: str, width: int) -> list[str]:
    """Breaks the outermost object or tuple of a part that is too long for a line."""
    if len(f"{indent}{part}{comma}") <= width or part[0] + part[-1] not in ("{}", "[]"):
        return [f"{indent}{part}{comma}"]
    mark = ";" if part[0] == "{" else ","
    members = _pieces(part[1:-1], mark)
    return [
        f"{indent}{part[0]}",
        *(f"{indent}  {member}{mark}" for member in members),
        f"{indent}{part[-1]}{comma}",
    ]


def _pieces(text: str, mark: str) -> list[str]:
    """Splits at the marks that are outside of brackets and strings."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|.""", text):
        letter = found[0]
        depth += (letter in ("[", "{", "(", "<")) - (letter in ("]", "}", ")", ">"))
        if letter == mark and depth == 0:
            parts.append(text[start : found.start()].strip())
            start = found.end()
    return [*parts, text[start:].strip()]
