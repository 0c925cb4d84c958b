"""Signatures of every type and every kind of parameter, for tasks of both languages, with a call of each.

A task returns its argument and a description of it, in words that both languages write alike. So a test sees
values and types on both ends.
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_STRING = {"type": "string"}
_INTEGER = {"type": "integer"}
_NUMBER = {"type": "number"}
_PET = {"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}

DEFINITIONS: Json = {
    "Cat": {
        "type": "object",
        "properties": {"kind": {"const": "cat"}, "lives": _INTEGER},
        "required": ["kind", "lives"],
    },
    "Dog": {
        "type": "object",
        "description": "A dog.",
        "properties": {"kind": {"const": "dog"}, "name": _STRING, "class": _STRING},
        "required": ["kind", "name"],
    },
    "Color": {"enum": ["red", "green", "dark blue"]},
    "Node": {
        "type": "object",
        "properties": {
            "label": _STRING,
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        },
        "required": ["label"],
    },
    "Tree": {"anyOf": [_INTEGER, {"type": "array", "items": {"$ref": "#/$defs/Tree"}}]},
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
    "string": Value(_STRING, "'a \"ü\" 😀'", "'a \"ü\" 😀'", 'text a "ü" 😀'),
    "integer": Value(_INTEGER, "7", "7", "number 7"),
    "large_integer": Value(_INTEGER, "9007199254740991", "9007199254740991", "number 9007199254740991"),
    "number": Value(_NUMBER, "2.5", "2.5", "number 2.5"),
    "whole_number": Value(_NUMBER, "2.0", "2", "number 2"),
    "boolean": Value({"type": "boolean"}, "True", "true", "boolean true"),
    "null": Value({"type": "null"}, "None", "null", "null"),
    "any": Value({}, "{'a': [1, None]}", "{ a: [1, null] }", "{a: [number 1, null]}"),
    "const": Value({"const": "only"}, "'only'", "'only'", "text only"),
    "enum": Value({"$ref": "#/$defs/Color"}, "'dark blue'", "'dark blue'", "text dark blue"),
    "enum_of_numbers": Value({"enum": [1, 2, None]}, "2", "2", "number 2"),
    "list": Value({"type": "array", "items": _INTEGER}, "[1, 2]", "[1, 2]", "[number 1, number 2]"),
    "list_of_numbers": Value(
        {"type": "array", "items": _NUMBER}, "[1.0, 2.5]", "[1, 2.5]", "[number 1, number 2.5]"
    ),
    "list_of_any": Value({"type": "array"}, "[1, 'a']", "[1, 'a']", "[number 1, text a]"),
    "list_of_lists": Value(
        {"type": "array", "items": {"type": "array", "items": _STRING}},
        "[['a'], []]",
        "[['a'], []]",
        "[[text a], []]",
    ),
    "tuple": Value(
        {"type": "array", "prefixItems": [_STRING, _NUMBER], "minItems": 2, "maxItems": 2},
        "('a', 1.0)",
        "['a', 1]",
        "[text a, number 1]",
    ),
    "dict": Value(
        {"type": "object", "additionalProperties": _NUMBER},
        "{'b': 2.0, 'a': 1.5}",
        "{ b: 2, a: 1.5 }",
        "{a: number 1.5, b: number 2}",
    ),
    "dict_of_any": Value({"type": "object"}, "{'a': None}", "{ a: null }", "{a: null}"),
    "nullable": Value({"anyOf": [_STRING, {"type": "null"}]}, "None", "null", "null"),
    "nullable_given": Value({"type": ["string", "null"]}, "'x'", "'x'", "text x"),
    "union": Value({"anyOf": [_INTEGER, _STRING]}, "'7'", "'7'", "text 7"),
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
        {"type": "object", "properties": {"x": _INTEGER}, "required": ["x"]},
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


@dataclass(frozen=True)
class Shape:
    """Parameters of every kind, and a call of them as each client writes it.

    Each parameter is its name, its kind and its default (`...`: required); all are integers.
    """

    parameters: tuple[tuple[str, str, Any], ...]
    python: str
    javascript: str
    seen: str


_PLAIN, _ONLY, _NAMED = "positional_or_keyword", "positional_only", "keyword_only"
SHAPES = {
    "none": Shape((), "()", "delay()", "{}"),
    "two": Shape(
        (("a", _PLAIN, ...), ("b", _PLAIN, ...)), "(1, 2)", "delay(1, 2)", "{a: number 1, b: number 2}"
    ),
    "by_name": Shape(
        (("a", _PLAIN, ...), ("b", _PLAIN, ...)),
        "(b=2, a=1)",
        "named({ b: 2, a: 1 }).delay()",
        "{a: number 1, b: number 2}",
    ),
    "mixed": Shape(
        (("a", _PLAIN, ...), ("b", _PLAIN, ...)), "(1, b=2)", "delay(1, 2)", "{a: number 1, b: number 2}"
    ),
    "default": Shape((("a", _PLAIN, ...), ("b", _PLAIN, 5)), "(1)", "delay(1)", "{a: number 1, b: number 5}"),
    "default_given": Shape(
        (("a", _PLAIN, 4), ("b", _PLAIN, 5)), "(b=1)", "named({ b: 1 }).delay()", "{a: number 4, b: number 1}"
    ),
    "keyword_only": Shape(
        (("a", _PLAIN, ...), ("b", _NAMED, ...), ("c", _NAMED, 3)),
        "(1, b=2)",
        "named({ a: 1, b: 2 }).delay()",
        "{a: number 1, b: number 2, c: number 3}",
    ),
    "only_keywords": Shape(
        (("b", _NAMED, ...), ("c", _NAMED, 3)),
        "(b=2, c=4)",
        "named({ b: 2, c: 4 }).delay()",
        "{b: number 2, c: number 4}",
    ),
    "rest": Shape(
        (("a", _PLAIN, ...), ("rest", "var_positional", ...)),
        "(1, 2, 3)",
        "delay(1, 2, 3)",
        "{a: number 1, rest: [number 2, number 3]}",
    ),
    "rest_by_name": Shape(
        (("a", _PLAIN, ...), ("rest", "var_positional", ...), ("b", _NAMED, 9)),
        "(1, 2, b=4)",
        "named({ a: 1, rest: [2], b: 4 }).delay()",
        "{a: number 1, b: number 4, rest: [number 2]}",
    ),
    "others": Shape(
        (("a", _PLAIN, ...), ("others", "var_keyword", ...)),
        "(a=1, z=2)",
        "named({ a: 1, z: 2 }).delay()",
        "{a: number 1, others: {z: number 2}}",
    ),
    "keywords": Shape(
        (("class", _NAMED, ...), ("lambda", _NAMED, 1), ("delete", _NAMED, 2), ("self", _NAMED, 3)),
        "(class_=4, lambda_=5)",
        "named({ class: 4, lambda: 5 }).delay()",
        "{class: number 4, delete: number 2, lambda: number 5, self: number 3}",
    ),
    "unicode": Shape(
        (("größe", _PLAIN, ...), ("名前", _NAMED, 2)),
        "(größe=1, 名前=3)",
        "named({ größe: 1, 名前: 3 }).delay()",
        "{größe: number 1, 名前: number 3}",
    ),
    "positional_only": Shape(  # a kind of Python's alone
        (("a", _ONLY, ...), ("b", _PLAIN, 2), ("c", _NAMED, 3)),
        "(1, c=4)",
        "named({ a: 1, c: 4 }).delay()",
        "{a: number 1, b: number 2, c: number 4}",
    ),
}
LANGUAGES = {"py": "python", "js": "javascript"}


def has(language: str, shape: str) -> bool:
    """JavaScript has no parameters by position alone, and a parameter of Python cannot be a keyword of it."""
    return not (language == "js" and shape == "positional_only") and not (
        language == "py" and shape == "keywords"
    )


def catalogue() -> Json:
    """The catalogue of all of them: `py_tasks.tasks.values.integer`, `js_tasks.tasks.shapes.rest`, ..."""
    tasks: Json = {}
    for short, language in LANGUAGES.items():
        common = {"language": language, "queue": short}
        for name, value in VALUES.items():
            parameter = {"name": "value", "kind": _PLAIN, "required": True, "schema": value.schema}
            result = _seen({"value": value.schema})
            tasks[f"{short}_tasks.tasks.values.{name}"] = {
                **common,
                "parameters": [parameter],
                "result": result,
            }
        for name, shape in SHAPES.items():
            if has(short, name):
                parameters = [_parameter(*each) for each in shape.parameters]
                tasks[f"{short}_tasks.tasks.shapes.{name}"] = {
                    **common,
                    "parameters": parameters,
                    "result": _seen({}),
                }
        tasks[f"{short}_tasks.tasks.flow.progress"] = {
            **common,
            "parameters": [_parameter("steps", _PLAIN, ...)],
            "progress": {"type": "object", "properties": {"done": _INTEGER}, "required": ["done"]},
            "result": _INTEGER,
        }
        tasks[f"{short}_tasks.tasks.flow.fail"] = {
            **common,
            "deprecated": "It only fails.",
            "parameters": [_parameter("reason", _PLAIN, ...) | {"schema": _STRING}],
            "result": _INTEGER,
        }
        tasks[f"{short}_tasks.tasks.flow.total"] = {
            **common,
            "doc": "Add numbers.",
            "parameters": [
                _parameter("values", _PLAIN, ...) | {"schema": {"type": "array", "items": _INTEGER}},
                _parameter("more", _PLAIN, 0),
            ],
            "result": _INTEGER,
        }
        tasks[f"{short}_tasks.tasks.flow.double"] = {
            **common,
            "parameters": [_parameter("x", _PLAIN, ...)],
            "result": _INTEGER,
        }
    return {"version": 1, "$defs": DEFINITIONS, "tasks": tasks}


def _seen(members: Json) -> Json:
    properties = {"seen": _STRING, **members}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _parameter(name: str, kind: str, default: Any) -> Json:
    return {
        "name": name,
        "kind": kind,
        "required": default is ... and not kind.startswith("var_"),
        "schema": _INTEGER,
        **({} if default is ... else {"default": default}),
    }
