"""Breaking changes of tuples, dictionaries and surplus arguments: one that breaks, one that does not."""

from typing import Any

import pytest

from scripts.contracts.comparison import breaking_changes

Json = dict[str, Any]
_INTEGER, _TEXT = {"type": "integer"}, {"type": "string"}
_LIST = {"type": "array", "items": _INTEGER}
_DICT = {"type": "object", "additionalProperties": _INTEGER}
_ANY_DICT = {"type": "object", "additionalProperties": True}  # as pydantic describes `dict`
_COLOURS = {**_DICT, "propertyNames": {"enum": ["red", "blue"]}}
_RECORD = {"type": "object", "properties": {"x": _INTEGER}, "required": ["x"]}
_OPEN = {"type": "object", "properties": {"x": _INTEGER}}


def pair(least: int, *members: Json) -> Json:
    return {"type": "array", "prefixItems": list(members), "minItems": least, "maxItems": len(members)}


def parameter(
    name: str, kind: str = "positional_or_keyword", schema: Json = _INTEGER, *, required: bool = False
) -> Json:
    return {"name": name, "kind": kind, "required": required, "schema": schema}


def task(*parameters: Json, result: Json = _INTEGER) -> Json:
    each = {"language": "python", "queue": "q", "parameters": list(parameters), "result": result}
    return {"tasks": {"t": each}, "$defs": {}}


def rules(before: Json, after: Json) -> list[str]:
    return [each.rule for each in breaking_changes(before, after)]


ARGS, KWARGS, ONLY = "var_positional", "var_keyword", "keyword_only"
_A, _REST, _OTHERS = parameter("a"), parameter("rest", ARGS), parameter("others", KWARGS)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([_A, _REST], [_A, parameter("b"), _REST], ["parameter-moved"]),
        ([_A], [_A, parameter("b"), _REST], []),
        ([_A, _REST, parameter("k", ONLY)], [_A, parameter("k"), _REST], ["parameter-moved"]),
        ([_A, _REST], [_A, _REST, parameter("k", ONLY)], []),
        ([parameter("k", ONLY, _TEXT)], [_OTHERS], ["parameter-narrowed"]),
        ([parameter("k", ONLY)], [_OTHERS], []),
        ([_OTHERS], [parameter("k", ONLY, _TEXT), _OTHERS], ["parameter-narrowed"]),
        ([_OTHERS], [parameter("k", ONLY), _OTHERS], []),
    ],
)
def test_surplus_arguments(before: list[Json], after: list[Json], expected: list[str]) -> None:
    assert rules(task(*before), task(*after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (_DICT, {**_OPEN, "additionalProperties": False}, ["parameter-narrowed"]),
        (_DICT, _OPEN, []),
        (_RECORD, {"type": "object", "additionalProperties": _TEXT}, ["parameter-narrowed"]),
        (_RECORD, _DICT, []),
        (pair(1, _INTEGER, _INTEGER), pair(2, _INTEGER, _INTEGER), ["parameter-narrowed"]),
        (pair(2, _INTEGER, _INTEGER), pair(1, _INTEGER, _INTEGER), []),
        (pair(1, _INTEGER), _LIST, []),
        (_DICT, {**_DICT, "maxProperties": 3}, ["parameter-narrowed"]),
        ({**_DICT, "minProperties": 2}, {**_DICT, "minProperties": 1}, []),
        (_DICT, _COLOURS, ["parameter-narrowed"]),
        (_COLOURS, {**_COLOURS, "propertyNames": {"enum": ["red"]}}, ["parameter-narrowed"]),
        (_COLOURS, _DICT, []),
        (_DICT, _ANY_DICT, []),
        (_RECORD, _ANY_DICT, []),
    ],
)
def test_arguments(before: Json, after: Json, expected: list[str]) -> None:
    assert rules(task(parameter("a", schema=before)), task(parameter("a", schema=after))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (pair(2, _INTEGER, _TEXT), pair(1, _INTEGER, _TEXT), ["result-widened"]),
        (pair(1, _INTEGER, _TEXT), pair(2, _INTEGER, _TEXT), []),
        (pair(1, _INTEGER), _LIST, ["result-widened"]),
        (_LIST, pair(1, _INTEGER), []),
        (_LIST, {"type": "array"}, ["result-widened"]),
        ({"type": "array"}, _LIST, []),
        (_DICT, {"type": "object"}, ["result-widened"]),
        (_DICT, _ANY_DICT, ["result-widened"]),
        (_ANY_DICT, _DICT, []),
        (_COLOURS, {**_COLOURS, "propertyNames": {"enum": ["red", "green"]}}, ["result-widened"]),
        (_COLOURS, {**_COLOURS, "propertyNames": {"enum": ["red"]}}, []),
        ({"type": "object"}, _DICT, []),
        (_RECORD, _DICT, ["result-field-optional"]),
        (_DICT, _RECORD, []),
        (_DICT, {**_RECORD, "properties": {"x": _TEXT}}, ["result-widened"]),
    ],
)
def test_results(before: Json, after: Json, expected: list[str]) -> None:
    assert rules(task(result=before), task(result=after)) == expected


def test_the_sentence_says_how_long_a_tuple_can_be() -> None:
    (change,) = breaking_changes(
        task(result=pair(2, _INTEGER, _INTEGER)), task(result=pair(1, _INTEGER, _INTEGER))
    )

    assert "the result can be array of 1 to 2 instead of array of 2 now" in str(change)
