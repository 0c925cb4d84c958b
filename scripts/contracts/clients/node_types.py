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
# What the generated module refers to, and words that TypeScript refuses as names of types.
_TAKEN = {
    *("Array", "Date", "DateTime", "Decimal", "Jobs", "Object", "PlainDate", "PlainTime", "Promise"),
    *("Record", "Task", "UUID", "Uint8Array", "any", "bigint", "boolean", "never", "number", "object"),
    *("string", "symbol", "undefined", "unknown", "void", "case", "catch", "const", "debugger", "default"),
    *("delete", "do", "enum", "export", "extends", "false", "function", "implements", "instanceof"),
    *("interface", "let", "new", "null", "package", "private", "protected", "public", "static", "super"),
    *("switch", "this", "throw", "true", "typeof", "var"),
}


class Types:
    """The types of a catalogue."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._definitions: dict[str, Schema] = dict(catalogue.get("$defs", {}))
        self._names = names.definitions(catalogue, set(_TAKEN))
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
    is_simple = written[0] != "(" and not re.search(r"[ |]", re.sub(r"[\[{].*[\]}]", "", written))
    return written if is_simple and len(split(written)) == 1 else f"({written})"


def key(name: str) -> str:
    """Returns a name as the key of an object."""
    return name if name.replace("$", "_").isidentifier() else json.dumps(name, ensure_ascii=False)


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
        lines += _broken(part, "," if i < len(parts) - 1 else "", inner, width)
    return [*lines, f"{indent}{end}"]


def _broken(part: str, end: str, indent: str, width: int) -> list[str]:
    """Breaks a part that is too long for a line: a union at its marks, else its outermost brackets."""
    if len(f"{indent}{part}{end}") <= width:
        return [f"{indent}{part}{end}"]
    label, kind = _labelled(part)
    members = split(kind)
    inner = indent + "  "
    if len(members) > 1:
        lines = [f"{indent}{label}"] if label else []
        ends = [*[""] * (len(members) - 1), end]
        for member, last in zip(members, ends, strict=True):
            lines += _broken(f"| {member}", last, inner if label else indent, width)
        return lines
    opening = next((i for i, letter in enumerate(part) if i >= len(label) and letter in "{[("), len(part))
    closing = max(part.rfind("}"), part.rfind("]"), part.rfind(")"))
    while part[:closing].endswith("["):  # the brackets of `{ ... }[]`
        closing -= 2
    if opening >= closing:
        return [f"{indent}{part}{end}"]
    mark = {"{": ";", "[": ",", "(": ""}[part[opening]]
    lines = [f"{indent}{part[: opening + 1]}"]
    for member in _pieces(part[opening + 1 : closing], mark or ";"):
        lines += _broken(member, mark, inner, width)
    return [*lines, f"{indent}{part[closing:]}{end}"]


def _labelled(part: str) -> tuple[str, str]:
    """Splits `name?: string` into `name?:` and `string`; without a name, the first text is empty."""
    label, _, kind = part.partition(": ")
    is_label = bool(kind) and not re.search(r"[{(<|]|^\[(?!\w+: string$)", label.removeprefix("..."))
    return (f"{label}:", kind) if is_label else ("", part)


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
