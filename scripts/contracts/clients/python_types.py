"""JSON Schemas as Python types: records become dataclasses, all other schemas are written inline."""

import json
import keyword
from collections.abc import Collection, Mapping
from typing import Any

from scripts.contracts.clients import names, schemas
from scripts.contracts.clients.schemas import Schema

ENVELOPES = {
    "celery-datetime": "datetime.datetime",
    "celery-date": "datetime.date",
    "celery-time": "datetime.time",
    "celery-decimal": "decimal.Decimal",
    "celery-uuid": "uuid.UUID",
    "celery-bytes": "bytes",
}
# Longer lists of constants get a name.
LONGEST_LITERAL = 70
_SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
# In a class, a member of such a name would hide the type from the members below it.
_HIDES = {"datetime", "decimal", "uuid", "list", "dict", "tuple", "str", "int", "float", "bool", "bytes"}
RESERVED = frozenset({*keyword.kwlist, *_HIDES})
_FIELD_RESERVED = RESERVED | {"Any", "DEFAULT", "Literal", "field"}
# The same for a task among the tasks of its module.
TASK_RESERVED = frozenset(
    {"Any", "DEFAULT", "Job", "Literal", "Mapping", "Sequence", "deprecated_task", "task"}
)

# Names that the generated module imports or defines.
IMPORTED = {
    *("Any", "CONTRACT", "DEFAULT", "HASHES", "Job", "Jobs", "Literal", "Mapping", "Sequence", "Tasks"),
    *("dataclass", "deprecated_task", "field", "task", "annotations", "TypeAlias"),
    *RESERVED,
}


class Types:
    """The types of a catalogue. Writing one may add a dataclass for a record that has no name."""

    def __init__(self, catalogue: Mapping[str, Any], classes: Collection[str]) -> None:
        """`classes` are the names of the module's classes of tasks."""
        self.definitions: dict[str, Schema] = dict(catalogue.get("$defs", {}))
        self.taken = {*IMPORTED, *classes}
        self._names = names.definitions(catalogue, self.taken)
        self._recursive = schemas.recursive(self.definitions)
        # The same type in two places is one.
        self._unnamed: dict[str, str] = {}
        self._records: dict[str, str] = {}

    def texts(self) -> list[str]:
        """Returns the dataclasses and aliases, each after the ones that it uses."""
        for name in self.definitions:
            self._define(name)
        return list(self._records.values())

    def written(self, schema: Schema | bool, hint: str, *, given: bool = False) -> str:
        """Returns the type of a schema. `hint` names a record without a name.

        Arguments (`given`) may be any sequence or mapping; results are lists and dicts.
        """
        if isinstance(schema, bool):
            return "Any"
        if name := schemas.reference(schema):
            return self._define(name) if name in self.definitions else "Any"
        if (envelope := schema.get("format")) in ENVELOPES:
            return ENVELOPES[str(envelope)]
        if values := schemas.literals(schema):
            written = _literal(values)
            return written if len(written) <= LONGEST_LITERAL else self._unnamed_type(schema, hint)
        if parts := schemas.alternatives(schema):
            each = [self.written(part, hint + _constant_of(part), given=given) for part in parts]
            return schemas.union(
                [*(part for part in each if part != "None"), *(["None"] if "None" in each else [])]
            )
        return self._plain(schema, hint, given)

    def _plain(self, schema: Schema, hint: str, given: bool) -> str:
        kind = schema.get("type")
        if kind == "array":
            return self._array(schema, hint, given)
        if kind == "object":
            return (
                self._unnamed_type(schema, hint)
                if schemas.is_record(schema)
                else self._mapping(schema, hint, given)
            )
        return _SIMPLE.get(str(kind), "Any")

    def _array(self, schema: Schema, hint: str, given: bool) -> str:
        if members := schemas.tuple_members(schema):
            parts = [self.written(each, hint, given=given) for each in members]
            least = int(schema.get("minItems", len(parts)))
            kinds = [", ".join(parts[:count]) or "()" for count in range(least, len(parts) + 1)]
            return " | ".join(f"tuple[{each}]" for each in reversed(kinds))
        item = "Any" if "prefixItems" in schema else self.written(schema.get("items", {}), hint, given=given)
        return f"{'Sequence' if given else 'list'}[{item}]"

    def _mapping(self, schema: Schema, hint: str, given: bool) -> str:
        value = "Any"
        if not schema.get("properties"):
            value = self.written(schema.get("additionalProperties", {}), hint, given=given)
        return f"{'Mapping' if given else 'dict'}[str, {value}]"

    def _define(self, name: str) -> str:
        """Adds a definition, unless it is there, and returns its name in the client."""
        own = self._names[name]
        schema = self.definitions[name]
        if name in self._recursive:
            return "Any"  # a type that contains itself needs a name, which only records have
        if own not in self._records:
            self._records[own] = ""  # a record may refer to itself
            is_record = schemas.is_record(schema)
            text = self._dataclass(own, schema) if is_record else self._alias(own, schema)
            self._records.pop(own)  # behind its parts
            self._records[own] = text
        return own

    def _alias(self, own: str, schema: Schema) -> str:
        values = schemas.literals(schema)
        line = f"{own}: TypeAlias = {_literal(values) if values else self.written(schema, own)}"
        if values and len(line) > 110:
            lines = ",\n    ".join(_literal_texts(values))
            line = f"{own}: TypeAlias = Literal[\n    {lines},\n]"
        return line

    def _unnamed_type(self, schema: Schema, hint: str) -> str:
        """Adds a record, or a long list of constants, under a name made of its place; returns the name."""
        text = json.dumps(schema, sort_keys=True)
        if text not in self._unnamed:
            own = names.numbered(names.identifier(str(schema.get("title", "")) or hint), self.taken)
            self._unnamed[text] = own
            define = self._dataclass if schemas.is_record(schema) else self._alias
            self._records[own] = define(own, schema)
        return self._unnamed[text]

    def _dataclass(self, own: str, schema: Schema) -> str:
        taken: set[str] = set()
        # A field with the name of a type would hide the type from the other fields.
        reserved = {*_FIELD_RESERVED, *self._names.values()}
        lines = ["@dataclass(kw_only=True)", f"class {own}:"]
        doc = str(schema.get("description", ""))
        lines += [*docstring(doc, "    "), ""] if doc else []
        for name, member, required in schemas.record_members(schema):
            known = names.unique(names.identifier(name, reserved), taken)
            written = self.written(member, own + names.camel([known]))
            default = "" if required else "None" if member.get("default") is None else "DEFAULT"
            if default == "None" and "None" not in written.split(" | ") and written != "Any":
                written += " | None"
            settings = [f"default={default}"] if default else []
            settings += [] if known == name else [f'metadata={{"key": {string(name)}}}']
            given = default if settings == [f"default={default}"] else f"field({', '.join(settings)})"
            lines.append(f"    {known}: {written}{f' = {given}' if settings else ''}")
        return "\n".join(lines)


def _constant_of(schema: Schema) -> str:
    """Returns `Cat` for a record with the constant `kind: "cat"`, by which a union's members differ."""
    members = schema["properties"].values() if schemas.is_record(schema) else []
    constants = [each["const"] for each in members if isinstance(each, Mapping) and "const" in each]
    return names.camel([each for each in constants if isinstance(each, str)][:1])


def docstring(text: str, indent: str) -> list[str]:
    """Returns the lines of a docstring."""
    lines = [
        line.rstrip() for line in text.strip().replace("\\", "\\\\").replace('"""', r"\"\"\"").splitlines()
    ]
    quote = '"""'
    # A quotation mark before the closing ones would end the docstring.
    last = f" {quote}" if lines[-1].endswith('"') else quote
    if len(lines) == 1 and len(indent + lines[0]) + 2 * len(quote) <= 110:
        return [f"{indent}{quote}{lines[0]}{last}"]
    return [
        f"{indent}{quote}{lines[0]}",
        *(f"{indent}{line}".rstrip() for line in lines[1:]),
        f"{indent}{quote}",
    ]


def string(value: str) -> str:
    """Returns a string literal in the quotation marks that the formatter prefers."""
    both = "'\""
    body = repr(value + both)[1:-4]  # with both in it, repr() escapes the single ones
    if value.count('"') > value.count("'"):
        return f"'{body}'"
    double = body.replace("\\'", "'").replace('"', '\\"')
    return f'"{double}"'


def literal(value: Any) -> str:
    """Returns a constant as source."""
    return string(value) if isinstance(value, str) else repr(value)


def _literal_texts(values: list[Any]) -> list[str]:
    return [literal(value) for value in values]


def _literal(values: list[Any]) -> str:
    constants = [value for value in values if value is not None]
    parts = [f"Literal[{', '.join(_literal_texts(constants))}]"] if constants else []
    return " | ".join([*parts, *(["None"] if None in values else [])])
