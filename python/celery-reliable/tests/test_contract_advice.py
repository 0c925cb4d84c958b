"""The advice for a type that Celery does not convert."""

import enum
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, NamedTuple

import pytest
from pydantic import BaseModel, Field

from celery_reliable.contracts.advice import parameter_advice, result_advice


class Model(BaseModel):
    name: str


class Plain(enum.Enum):
    A = "a"


class Text(enum.StrEnum):
    A = "a"


class Number(enum.IntEnum):
    ONE = 1


class Pair(NamedTuple):
    x: int
    y: int


@pytest.mark.parametrize(
    ("hint", "is_pydantic", "parameter", "result"),
    [
        (Model, True, "", ""),
        (Model | None, True, "", ""),
        (Model, False, "give the task pydantic=True", "give the task pydantic=True"),
        (list[Model], True, "give the parameter the model's type alone", "return the model alone"),
        (dict[str, Model], False, "give the task pydantic=True", "give the task pydantic=True"),
        (set[int], False, "gets a list instead of set", "return a list"),
        (Pair, False, "gets a list instead of Pair", ""),
        (Plain, False, "gets a value instead of Plain", "derive it from enum.StrEnum"),
        (Text, False, "", ""),
        (dict[str, list[int]], False, "", ""),
        (list[Path], False, "gets a JSON value instead of Path", "cannot write Path: return a type of JSON"),
        (IPv4Address | None, False, "instead of IPv4Address", "cannot write IPv4Address"),
        (dict[int, str], False, "the keys are strings in JSON, not int", "write dict[str, ...]"),
        (list[Mapping[Number, str]], False, "not Number: write dict[str, ...]", "not Number"),
        (dict[Text, int], False, "", ""),
        (Annotated[int, Field(ge=1)], False, "", ""),
    ],
    ids=str,
)
def test_the_note_says_what_to_do(hint: object, is_pydantic: bool, parameter: str, result: str) -> None:
    for advice, expected in (
        (parameter_advice(hint, is_pydantic=is_pydantic), parameter),
        (result_advice(hint, is_pydantic=is_pydantic), result),
    ):
        assert bool(advice) is bool(expected)
        assert expected in advice
