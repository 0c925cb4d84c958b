"""Breaking changes of limits, constants and types of unions: one that breaks, one that does not."""

from typing import Any

import pytest

from tests.scripts.contracts.test_breaking_shapes import parameter, rules, task

Json = dict[str, Any]
_INTEGER, _NUMBER, _TEXT = {"type": "integer"}, {"type": "number"}, {"type": "string"}
_BOOLEAN, _NULL = {"type": "boolean"}, {"type": "null"}
_DECIMAL, _UUID = {"format": "celery-decimal"}, {"format": "celery-uuid"}
_EMAIL = {"type": "string", "format": "email"}
NARROWED, NOT_NULL = ["parameter-narrowed"], ["parameter-not-null"]


def record(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": required}


CAT, DOG = (record(["kind"], kind={"const": kind}) for kind in ("cat", "dog"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"enum": [1, 5]}, {"type": "integer", "maximum": 3}, NARROWED),
        ({"enum": [1, 2]}, {"type": "integer", "maximum": 3}, []),
        ({"const": "abc"}, {"type": "string", "maxLength": 2}, NARROWED),
        ({"const": "abc"}, {"type": "string", "maxLength": 3, "pattern": "^a"}, []),
        ({"const": "xyz"}, {"type": "string", "pattern": "^a"}, NARROWED),
        ({"const": "a"}, {"type": "string", "pattern": "(?<a>a)"}, []),  # Python cannot read this pattern
        ({"type": "number", "minimum": 0}, {"type": "number", "exclusiveMinimum": 0}, NARROWED),
        ({"type": "number", "exclusiveMinimum": 0}, {"type": "number", "minimum": 0}, []),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}, []),
        ({"type": "integer", "exclusiveMaximum": 10}, {"type": "integer", "maximum": 9}, []),
        ({"type": "integer", "exclusiveMaximum": 10}, {"type": "integer", "maximum": 8}, NARROWED),
        (_INTEGER, {"type": "integer", "multipleOf": 2}, NARROWED),
        ({"type": "integer", "multipleOf": 4}, {"type": "integer", "multipleOf": 2}, []),
        ({"type": "integer", "multipleOf": 4}, {"type": "integer", "multipleOf": 3}, NARROWED),
    ],
)
def test_limits(before: Json, after: Json, expected: list[str]) -> None:
    assert rules(task(parameter("a", schema=before)), task(parameter("a", schema=after))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_BOOLEAN, {"enum": [True, False]}, []),
        (_BOOLEAN, {"const": True}, NARROWED),
        ({"const": 1}, {"const": True}, NARROWED),
        ({"enum": ["a", 1, None]}, {"enum": [1, "a"]}, NOT_NULL),
        ({"enum": ["a", 1]}, {"enum": [None, 1, "a"]}, []),
        ({"anyOf": [_DECIMAL, _UUID, _NULL]}, {"anyOf": [_UUID, _NULL]}, NARROWED),
        ({"anyOf": [_DECIMAL, _NULL]}, {"anyOf": [_UUID, _NULL, _DECIMAL]}, []),
        (_DECIMAL, _NUMBER, NARROWED),
        (_TEXT, _EMAIL, NARROWED),
        (_EMAIL, _TEXT, []),
        ({"anyOf": [CAT, DOG]}, CAT, NARROWED),
        (CAT, {"oneOf": [DOG, CAT]}, []),
        (record([], x=_INTEGER), record(["x"], x=_INTEGER), NARROWED),
        (record(["x"], x=_INTEGER), record([], x=_INTEGER), []),
        (record(["x"], x={"anyOf": [_INTEGER, _NULL]}), record(["x"], x=_INTEGER), NOT_NULL),
    ],
)
def test_types(before: Json, after: Json, expected: list[str]) -> None:
    assert rules(task(parameter("a", schema=before)), task(parameter("a", schema=after))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (CAT, {"anyOf": [CAT, DOG]}, ["result-widened"]),
        ({"anyOf": [CAT, DOG]}, DOG, []),
        (_EMAIL, _TEXT, ["result-widened"]),
        (_TEXT, _EMAIL, []),
        (_DECIMAL, {"anyOf": [_DECIMAL, _NUMBER]}, ["result-widened"]),
        (_NULL, _INTEGER, ["result-widened"]),
    ],
)
def test_results(before: Json, after: Json, expected: list[str]) -> None:
    assert rules(task(result=before), task(result=after)) == expected


ONLY = "positional_only"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([parameter("a", ONLY)], [parameter("z", ONLY), parameter("b")], []),
        (
            [parameter("a"), parameter("b")],
            [parameter("x"), parameter("b"), parameter("c")],
            ["parameter-renamed"],
        ),
        (
            [parameter("a"), parameter("b"), parameter("c")],
            [parameter("a"), parameter("c")],
            ["parameter-removed", "parameter-moved"],
        ),
        ([parameter("a", ONLY)], [parameter("all", "var_positional")], []),
        ([parameter("a", ONLY)], [parameter("all", "var_positional", _TEXT)], NARROWED),
        ([parameter("a")], [parameter("all", "var_positional")], ["parameter-removed"]),
        ([parameter("a", ONLY)], [parameter("a")], []),
    ],
)
def test_names_and_positions(before: list[Json], after: list[Json], expected: list[str]) -> None:
    assert rules(task(*before), task(*after)) == expected
