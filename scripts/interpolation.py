"""Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and similar in a text, as Docker Compose does."""

import re
from collections.abc import Callable

Lookup = Callable[[str], str | None]

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_OPERATORS = (":-", ":?", ":+", "-", "?", "+")


class InterpolationError(Exception):
    """Raised with the reason when Compose would refuse the text."""


def interpolate(text: str, look_up: Lookup) -> str:
    """Returns the text with its variables replaced; a variable that is not set is empty.

    Raises InterpolationError for braces without a variable, and for `${NAME?}` without a value.
    """
    parts = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        parts.append(text[at:dollar])
        value, at = _replace(text, dollar, look_up)
        parts.append(value)
    return "".join(parts) + text[at:]


def _replace(text: str, dollar: int, look_up: Lookup) -> tuple[str, int]:
    """Returns the value of the variable at the dollar, and where the text continues."""
    following = text[dollar + 1 : dollar + 2]
    if following == "$":
        return "$", dollar + 2
    if following == "{":
        end = _closing_brace(text, dollar + 1)
        return _braced(text[dollar + 2 : end], look_up), end + 1
    if name := _NAME.match(text, dollar + 1):
        return look_up(name[0]) or "", name.end()
    return "$", dollar + 1


def _closing_brace(text: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    raise InterpolationError(f"{text[opening - 1 :]!r} has no closing brace")


def _braced(inside: str, look_up: Lookup) -> str:
    """Returns the value of the text between the braces: a name, and maybe an operator with a word."""
    name = _NAME.match(inside)
    if name is None:
        raise InterpolationError(f"${{{inside}}} names no variable")
    rest = inside[name.end() :]
    value = look_up(name[0])
    if not rest:
        return value or ""
    operator = next((operator for operator in _OPERATORS if rest.startswith(operator)), None)
    if operator is None:
        raise InterpolationError(
            f"${{{inside}}} is none of ${{NAME}}, ${{NAME:-...}}, ${{NAME:?...}}, ${{NAME:+...}}"
        )
    is_there = bool(value) if operator.startswith(":") else value is not None
    if is_there != (operator[-1] == "+"):
        return value or ""
    word = interpolate(rest[len(operator) :], look_up)
    if operator[-1] != "?":
        return word
    raise InterpolationError(f"{name[0]} has no value, and needs one" + (f": {word}" if word else ""))
