"""Arguments bind as in a Python call; a call that does not fit is a TypeError in Python's words."""

from typing import Any

import pytest

from .workers import Target


def test_positional_arguments_bind_in_order(target: Target) -> None:
    assert target.call("basic.add", (2, 3)) == 5


def test_keyword_arguments_bind_by_name(target: Target) -> None:
    assert target.call("basic.greet", kwargs={"greeting": "Hi", "name": "Ada"}) == "Hi, Ada!"


def test_positional_and_keyword_arguments_mix(target: Target) -> None:
    assert target.call("basic.greet", ("Ada",), {"greeting": "Hi"}) == "Hi, Ada!"


def test_a_default_serves_a_missing_argument(target: Target) -> None:
    assert target.call("basic.greet", ("Ada",)) == "Hello, Ada!"


def test_none_is_an_argument_and_not_a_missing_one(target: Target) -> None:
    assert target.call("basic.echo", (None,)) is None
    assert target.call("basic.order", ("tea",), {"amount": None}) == ["tea", None, ""]


def test_keyword_only_arguments_bind_by_name(target: Target) -> None:
    assert target.call("basic.order", ("tea",), {"amount": 2, "note": "hot"}) == ["tea", 2, "hot"]


WRONG_CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("add", (1,), {}, "add() missing 1 required positional argument: 'y'"),
    ("add", (), {}, "add() missing 2 required positional arguments: 'x' and 'y'"),
    ("add", (1, 2, 3), {}, "add() takes 2 positional arguments but 3 were given"),
    ("add", (1, 2), {"z": 3}, "add() got an unexpected keyword argument 'z'"),
    ("add", (1, 2), {"y": 3}, "add() got multiple values for argument 'y'"),
    ("greet", (1, 2, 3), {}, "greet() takes from 1 to 2 positional arguments but 3 were given"),
    ("order", ("tea",), {}, "order() missing 1 required keyword-only argument: 'amount'"),
    (
        "order",
        ("tea", 2),
        {"amount": 2},
        "order() takes 1 positional argument but 2 positional arguments"
        " (and 1 keyword-only argument) were given",
    ),
    ("nothing", (1,), {}, "nothing() takes 0 positional arguments but 1 was given"),
]


@pytest.mark.parametrize(("task", "args", "kwargs", "message"), WRONG_CALLS)
def test_a_call_that_does_not_fit_fails_with_pythons_type_error(
    target: Target, task: str, args: tuple[Any, ...], kwargs: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        target.call(f"basic.{task}", args, kwargs)
    assert str(caught.value) == message
