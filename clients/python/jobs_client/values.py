"""Converts dataclasses to JSON objects and back.

Celery's JSON already carries datetime, date, time, Decimal, UUID and bytes.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

# The key in a field's metadata for a JSON name that is not a name in Python.
KEY = "key"


class _WorkersDefault:
    def __repr__(self) -> str:
        return "..."


# The default of a parameter or a field whose default the worker applies: it is not sent.
DEFAULT: Any = _WorkersDefault()


def encode(value: Any) -> Any:
    """Return a value with its dataclasses as objects, without fields that have only their default."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {_key(field): encode(member) for field, member in members if not _is_left_out(field, member)}
    if isinstance(value, Mapping):
        return {key: encode(member) for key, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return [encode(member) for member in value]
    return value


def decode(kind: Any, value: Any) -> Any:
    """Convert a value from a message to its type; a value that does not fit stays as it is."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        possible = [one for one in arguments if fits(one, value)]
        if len(possible) > 1:
            possible.sort(key=lambda one: _misfits(one, value))
        return decode(possible[0] if possible else Any, value)
    if not fits(kind, value):
        return value
    if dataclasses.is_dataclass(kind):
        return _object(typing.cast("type", kind), value)
    if kind is float:
        return float(value)  # JavaScript writes 2.0 as 2
    if origin is tuple:
        return _tuple(arguments, value)
    if origin is list:
        return [decode(arguments[0], member) for member in value]
    if origin is dict:
        return {key: decode(arguments[1], member) for key, member in value.items()}
    return value


def fits(kind: Any, value: Any) -> bool:
    """Tell whether a value may be one of a type, by itself and by the members that the type requires."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return True
    if kind is None or kind is type(None):
        return value is None
    if origin is Literal:
        return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in arguments)
    if origin in (Union, types.UnionType):
        return any(fits(one, value) for one in arguments)
    if dataclasses.is_dataclass(kind):
        return isinstance(value, Mapping) and _has_members(typing.cast("type", kind), value)
    if kind in (float, int):
        numbers = (int, float) if kind is float else int
        return isinstance(value, numbers) and not isinstance(value, bool)
    if origin in (list, tuple):
        members = value if isinstance(value, list) else None
        if members is None or (origin is tuple and len(members) != _length(arguments, members)):
            return False
        return origin is tuple or all(fits(arguments[0], member) for member in members)
    return isinstance(value, origin or kind)


def _misfits(kind: Any, value: Any) -> int:
    """Count the members of a value that its type lacks or declares with another type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if not fits(kind, value):
        return 1
    if origin in (Union, types.UnionType):
        return min(_misfits(one, value) for one in arguments)
    if dataclasses.is_dataclass(kind):
        hints = {
            _key(field): _hints(typing.cast("type", kind))[field.name] for field in dataclasses.fields(kind)
        }
        return sum(_misfits(hints[name], each) if name in hints else 1 for name, each in value.items())
    if origin is list:
        return sum(_misfits(arguments[0], member) for member in value)
    if origin is dict:
        return sum(_misfits(arguments[1], member) for member in value.values())
    if origin is tuple and Ellipsis not in arguments:
        return sum(_misfits(one, member) for one, member in zip(arguments, value, strict=True))
    return 0


def _object(cls: type, value: Mapping[str, Any]) -> Any:
    hints = _hints(cls)
    known = [field for field in dataclasses.fields(cls) if _key(field) in value]
    return cls(**{field.name: decode(hints[field.name], value[_key(field)]) for field in known})


def _has_members(cls: type, value: Mapping[str, Any]) -> bool:
    hints = _hints(cls)
    for field in dataclasses.fields(cls):
        is_there = _key(field) in value
        if not is_there and field.default is dataclasses.MISSING:
            return False
        # A constant tells the members of a union apart.
        is_constant = is_there and get_origin(hints[field.name]) is Literal
        if is_constant and not fits(hints[field.name], value[_key(field)]):
            return False
    return True


def _tuple(kinds: tuple[Any, ...], value: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(decode(kinds[0], member) for member in value)
    return tuple(decode(kind, member) for kind, member in zip(kinds, value, strict=True))


def _length(kinds: tuple[Any, ...], value: list[Any]) -> int:
    return len(value) if Ellipsis in kinds else len(kinds)


def _is_left_out(field: "dataclasses.Field[Any]", member: Any) -> bool:
    return isinstance(member, _WorkersDefault) or (member is None and field.default is None)


def _key(field: "dataclasses.Field[Any]") -> str:
    return str(field.metadata.get(KEY, field.name))


@cache
def _hints(cls: type) -> dict[str, Any]:
    # Without the class's own names: a field may be called like a type.
    return typing.get_type_hints(cls, localns={})
