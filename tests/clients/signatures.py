"""Signatures of every type and every kind of parameter, for tasks of both languages, with a call of each.

A task returns its argument and a description of it, in words that both languages write alike. So a test sees
values and types on both ends.
"""

from dataclasses import dataclass
from typing import Any

from tests.clients.values import DEFINITIONS, INTEGER, STRING, VALUES, Json


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
    "hidden_default": Shape(  # the clients only see that it has one
        (("a", _PLAIN, 4), ("b", _PLAIN, [5]), ("c", _NAMED, 6)),
        "()",
        "delay()",
        "{a: number 4, b: [number 5], c: number 6}",
    ),
    "keywords_of_javascript": Shape(  # that are names in Python
        (("delete", _PLAIN, ...), ("default", _PLAIN, 2), ("this", _PLAIN, 3)),
        "(1, default=4)",
        "delay(1, 4)",
        "{default: number 4, delete: number 1, this: number 3}",
    ),
    "self_among_others": Shape(  # Celery itself calls functions with a parameter called self
        (("a", _PLAIN, ...), ("others", "var_keyword", ...)),
        "(1, self=2)",
        "named({ a: 1, self: 2 }).delay()",
        "{a: number 1, others: {self: number 2}}",
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
    "names_of_objects": Shape(
        (("constructor", _PLAIN, ...), ("toString", _PLAIN, 2), ("then", _NAMED, 3), ("delay", _NAMED, 4)),
        "(constructor=1, then=5)",
        "named({ constructor: 1, then: 5 }).delay()",
        "{constructor: number 1, delay: number 4, then: number 5, toString: number 2}",
    ),
    "underscores": Shape(
        (("type_", _PLAIN, ...), ("_type", _PLAIN, 2), ("kind", _NAMED, 3)),
        "(type_=1, type__=4)",
        "named({ type_: 1, _type: 4 }).delay()",
        "{_type: number 4, kind: number 3, type_: number 1}",
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
    """JavaScript has no parameters by position alone, and no parameter can be a keyword of its language."""
    lacks = {"js": ("positional_only", "keywords_of_javascript"), "py": ("keywords", "self_among_others")}
    return shape not in lacks[language]


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
            "progress": {"type": "object", "properties": {"done": INTEGER}, "required": ["done"]},
            "result": INTEGER,
        }
        tasks[f"{short}_tasks.tasks.flow.fail"] = {
            **common,
            "deprecated": "It only fails.",
            "parameters": [_parameter("reason", _PLAIN, ...) | {"schema": STRING}],
            "result": INTEGER,
        }
        tasks[f"{short}_tasks.tasks.flow.total"] = {
            **common,
            "doc": "Add numbers.",
            "parameters": [
                _parameter("values", _PLAIN, ...) | {"schema": {"type": "array", "items": INTEGER}},
                _parameter("more", _PLAIN, 0),
            ],
            "result": INTEGER,
        }
        tasks[f"{short}_tasks.tasks.flow.double"] = {
            **common,
            "parameters": [_parameter("x", _PLAIN, ...)],
            "result": INTEGER,
        }
    return {"version": 1, "$defs": DEFINITIONS, "tasks": tasks}


def _seen(members: Json) -> Json:
    properties = {"seen": STRING, **members}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _parameter(name: str, kind: str, default: Any) -> Json:
    return {
        "name": name,
        "kind": kind,
        "required": default is ... and not kind.startswith("var_"),
        "schema": INTEGER,
        **({} if default is ... else {"default": default}),
    }
