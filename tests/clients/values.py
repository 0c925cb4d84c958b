"""Types of every kind, with a value of each as both languages write it."""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
_NUMBER = {"type": "number"}
_PET = {"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}

DEFINITIONS: Json = {
    "Cat": {
        "type": "object",
        "properties": {"kind": {"const": "cat"}, "lives": INTEGER},
        "required": ["kind", "lives"],
    },
    "Dog": {
        "type": "object",
        "description": "A dog.",
        "properties": {"kind": {"const": "dog"}, "name": STRING, "class": STRING},
        "required": ["kind", "name"],
    },
    "Color": {"enum": ["red", "green", "dark blue"]},
    "Node": {
        "type": "object",
        "properties": {
            "label": STRING,
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        },
        "required": ["label"],
    },
    "Tree": {"anyOf": [INTEGER, {"type": "array", "items": {"$ref": "#/$defs/Tree"}}]},
    "Named": {"type": "object", "properties": {"name": STRING}, "required": ["name"]},
    "Breed": {
        "type": "object",
        "properties": {"name": STRING, "breed": STRING},
        "required": ["name", "breed"],
    },
    "Numbered": {"type": "object", "properties": {"name": INTEGER}, "required": ["name"]},
    "Price": {
        "type": "object",
        "properties": {"amount": {"format": "celery-decimal"}, "due": {"format": "celery-date"}},
        "required": ["amount", "due"],
    },
}


@dataclass(frozen=True)
class Value:
    """A type, a value of it as each language writes it, and what both see of it.

    `python` and `javascript` are expressions.
    """

    schema: Json
    python: str
    javascript: str
    seen: str


VALUES = {
    "string": Value(STRING, "'a \"ü\" 😀'", "'a \"ü\" 😀'", 'text a "ü" 😀'),
    "integer": Value(INTEGER, "7", "7", "number 7"),
    "large_integer": Value(INTEGER, "9007199254740991", "9007199254740991", "number 9007199254740991"),
    "number": Value(_NUMBER, "2.5", "2.5", "number 2.5"),
    "whole_number": Value(_NUMBER, "2.0", "2", "number 2"),
    "boolean": Value({"type": "boolean"}, "True", "true", "boolean true"),
    "null": Value({"type": "null"}, "None", "null", "null"),
    "any": Value({}, "{'a': [1, None]}", "{ a: [1, null] }", "{a: [number 1, null]}"),
    "const": Value({"const": "only"}, "'only'", "'only'", "text only"),
    "enum": Value({"$ref": "#/$defs/Color"}, "'dark blue'", "'dark blue'", "text dark blue"),
    "enum_of_numbers": Value({"enum": [1, 2, None]}, "2", "2", "number 2"),
    "list": Value({"type": "array", "items": INTEGER}, "[1, 2]", "[1, 2]", "[number 1, number 2]"),
    "list_of_numbers": Value(
        {"type": "array", "items": _NUMBER}, "[1.0, 2.5]", "[1, 2.5]", "[number 1, number 2.5]"
    ),
    "list_of_any": Value({"type": "array"}, "[1, 'a']", "[1, 'a']", "[number 1, text a]"),
    "list_of_lists": Value(
        {"type": "array", "items": {"type": "array", "items": STRING}},
        "[['a'], []]",
        "[['a'], []]",
        "[[text a], []]",
    ),
    "tuple": Value(
        {"type": "array", "prefixItems": [STRING, _NUMBER], "minItems": 2, "maxItems": 2},
        "('a', 1.0)",
        "['a', 1]",
        "[text a, number 1]",
    ),
    "tuple_with_optional": Value(
        {
            "type": "array",
            "prefixItems": [STRING, {"type": ["number", "null"]}],
            "minItems": 1,
            "maxItems": 2,
        },
        "('a',)",
        "['a']",
        "[text a]",
    ),
    "enum_of_marks": Value(
        {"enum": ["a | b", "c, d; {", "\\", 'quo"te', "null"]}, "'\\\\'", "'\\\\'", "text \\"
    ),
    "dict": Value(
        {"type": "object", "additionalProperties": _NUMBER},
        "{'b': 2.0, 'a': 1.5}",
        "{ b: 2, a: 1.5 }",
        "{a: number 1.5, b: number 2}",
    ),
    "dict_of_any": Value({"type": "object"}, "{'a': None}", "{ a: null }", "{a: null}"),
    "nullable": Value({"anyOf": [STRING, {"type": "null"}]}, "None", "null", "null"),
    "nullable_given": Value({"type": ["string", "null"]}, "'x'", "'x'", "text x"),
    "union": Value({"anyOf": [INTEGER, STRING]}, "'7'", "'7'", "text 7"),
    "record": Value(
        {"$ref": "#/$defs/Cat"},
        "Cat(kind='cat', lives=9)",
        "{ kind: 'cat', lives: 9 }",
        "{kind: text cat, lives: number 9}",
    ),
    "record_of_two": Value(
        {"oneOf": list(_PET)},
        "Dog(kind='dog', name='Rex')",
        "{ kind: 'dog', name: 'Rex' }",
        "{kind: text dog, name: text Rex}",
    ),
    "overlapping_records": Value(
        {"anyOf": [{"$ref": "#/$defs/Named"}, {"$ref": "#/$defs/Breed"}]},
        "Breed(name='Rex', breed='poodle')",
        "{ name: 'Rex', breed: 'poodle' }",
        "{breed: text poodle, name: text Rex}",
    ),
    "overlapping_types": Value(
        {"anyOf": [{"$ref": "#/$defs/Named"}, {"$ref": "#/$defs/Numbered"}]},
        "Numbered(name=7)",
        "{ name: 7 }",
        "{name: number 7}",
    ),
    "record_with_keyword": Value(
        {"$ref": "#/$defs/Dog"},
        "Dog(kind='dog', name='Rex', class_='big')",
        "{ kind: 'dog', name: 'Rex', class: 'big' }",
        "{class: text big, kind: text dog, name: text Rex}",
    ),
    "records": Value(
        {"type": "array", "items": {"anyOf": list(_PET)}},
        "[Dog(kind='dog', name='Rex'), Cat(kind='cat', lives=1)]",
        "[{ kind: 'dog', name: 'Rex' }, { kind: 'cat', lives: 1 }]",
        "[{kind: text dog, name: text Rex}, {kind: text cat, lives: number 1}]",
    ),
    "recursive": Value(
        {"$ref": "#/$defs/Node"},
        "Node(label='a', children=[Node(label='b')])",
        "{ label: 'a', children: [{ label: 'b' }] }",
        "{children: [{label: text b}], label: text a}",
    ),
    "recursive_list": Value(
        {"$ref": "#/$defs/Tree"}, "[1, [2, []]]", "[1, [2, []]]", "[number 1, [number 2, []]]"
    ),
    "nested": Value(
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/Price"}},
        "{'x': Price(amount=Decimal('1.10'), due=date(2026, 1, 2))}",
        "{ x: { amount: new c.Decimal('1.10'), due: new c.PlainDate('2026-01-02') } }",
        "{x: {amount: decimal 1.10, due: date 2026-01-02}}",
    ),
    "inline_record": Value(
        {"type": "object", "properties": {"x": INTEGER}, "required": ["x"]},
        "here(x=1)",
        "{ x: 1 }",
        "{x: number 1}",
    ),
    "datetime": Value(
        {"format": "celery-datetime"},
        "datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)",
        "new c.DateTime('2026-01-02T03:04:05+00:00')",
        "datetime 2026-01-02T03:04:05.000Z",
    ),
    "date": Value(
        {"format": "celery-date"}, "date(2026, 1, 2)", "new c.PlainDate('2026-01-02')", "date 2026-01-02"
    ),
    "time": Value({"format": "celery-time"}, "time(3, 4, 5)", "new c.PlainTime('03:04:05')", "time 03:04:05"),
    "decimal": Value(
        {"format": "celery-decimal"}, "Decimal('1.10')", "new c.Decimal('1.10')", "decimal 1.10"
    ),
    "uuid": Value(
        {"format": "celery-uuid"},
        "UUID('12345678-1234-5678-1234-567812345678')",
        "new c.UUID('12345678-1234-5678-1234-567812345678')",
        "uuid 12345678-1234-5678-1234-567812345678",
    ),
    "bytes": Value({"format": "celery-bytes"}, "b'\\xff\\x00'", "Uint8Array.of(255, 0)", "bytes ff00"),
}
