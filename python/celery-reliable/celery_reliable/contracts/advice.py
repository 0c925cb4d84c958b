"""Advice about types that have a schema but are not converted by Celery: the task gets or returns another type."""

import dataclasses
import enum
import types
import typing
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import typing_extensions
from pydantic import BaseModel, EmailStr

# Without the types of their items.
_CONTAINERS = (list, dict, tuple, set, frozenset)
# Packages whose types have a JSON form for pydantic, but not for Celery.
_NOT_CONVERTED = ("fractions", "ipaddress", "pathlib", "pydantic", "pydantic_core", "re")


def parameter_advice(hint: object, *, is_pydantic: bool) -> str:
    """Return what the task gets instead of the hinted type, and what to do; empty if it gets the hinted type.

    ``is_pydantic`` is Celery's option ``pydantic``.
    """
    for part in _parts(hint):
        if dataclasses.is_dataclass(part):
            return f"the task gets a dict instead of {_name(part)}: build it in the task, or use a pydantic model"
        if _is_model(part) and not (is_pydantic and _is_alone(hint)):
            what = "give the parameter the model's type alone" if is_pydantic else "give the task pydantic=True"
            return f"the task gets a dict instead of {_name(part)}: {what}"
        if part in (set, frozenset) or _is_named_tuple(part):
            return f"the task gets a list instead of {_name(part)}: build it in the task, or write list"
        if _is_plain_enum(part):
            return f"the task gets a value instead of {_name(part)}: build it in the task, or use enum.StrEnum"
        if _is_not_converted(part):
            return f"the task gets a JSON value instead of {_name(part)}: build it in the task"
    return _advice_about_keys(hint)


def result_advice(hint: object, *, is_pydantic: bool) -> str:
    """Return why Celery cannot write the result, and what to do; empty where it can."""
    for part in _parts(hint):
        if dataclasses.is_dataclass(part):
            return f"Celery cannot write {_name(part)}: return dataclasses.asdict(...)"
        if _is_model(part) and not (is_pydantic and _is_alone(hint)):
            what = "return the model alone" if is_pydantic else "give the task pydantic=True"
            return f'Celery cannot write {_name(part)}: {what}, or return model_dump(mode="json")'
        if part in (set, frozenset):
            return f"Celery cannot write {_name(part)}: return a list"
        if _is_plain_enum(part):
            return f"Celery cannot write {_name(part)}: derive it from enum.StrEnum or enum.IntEnum"
        if _is_not_converted(part):
            return f"Celery cannot write {_name(part)}: return a type of JSON, such as str(...)"
    return _advice_about_keys(hint)


def part_without_type(hint: object, seen: frozenset[object] = frozenset()) -> str:
    """Return what in a type can be anything, such as ``list[Any]``, ``Page.rows: list`` or ``dict``; else nothing."""
    arguments = [each for each in typing.get_args(hint) if each is not ...]
    if hint in _CONTAINERS or Any in arguments:
        return _shown(hint)
    if typing.get_origin(hint) is typing.Annotated:
        arguments = arguments[:1]
    inside = [part_without_type(each, seen) for each in arguments if not isinstance(each, str)]
    if isinstance(hint, type) and hint not in seen:
        for name, each in _fields(hint).items():
            found = _shown(Any) if each is Any else part_without_type(each, seen | {hint})
            inside.append(found and f"{hint.__name__}.{name}: {found}")
    return next(filter(None, inside), "")


def _fields(cls: type) -> dict[str, object]:
    """Return name -> type of the fields of a record; none if they cannot be read."""
    if not (_is_model(cls) or dataclasses.is_dataclass(cls) or typing_extensions.is_typeddict(cls)):
        return {}
    if issubclass(cls, BaseModel):
        return {name: field.annotation for name, field in cls.model_fields.items()}
    try:
        return typing.get_type_hints(cls)
    except Exception:
        return {}


def _shown(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint).replace("typing.", "")


def _advice_about_keys(hint: object) -> str:
    arguments = typing.get_args(hint)
    is_mapping = typing.get_origin(hint) in (dict, Mapping)
    if is_mapping and isinstance(arguments[0], type) and not issubclass(arguments[0], str):
        return f"the keys are strings in JSON, not {_name(arguments[0])}: write dict[str, ...]"
    return next(filter(None, map(_advice_about_keys, arguments)), "")


def _parts(hint: object) -> Iterator[object]:
    """Yield a type and the types inside it, such as ``list`` and ``int`` of ``list[int]``."""
    origin = typing.get_origin(hint)
    yield origin or hint
    for each in typing.get_args(hint)[: 1 if origin is typing.Annotated else None]:
        yield from _parts(each)


def _is_model(part: object) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _is_plain_enum(part: object) -> bool:
    """Tell whether it is an enum whose members do not equal their values."""
    return isinstance(part, enum.EnumType) and not issubclass(part, (str, int))


def _is_not_converted(part: object) -> bool:
    if not isinstance(part, type) or _is_model(part) or part is EmailStr:
        return False
    return part in (complex, deque) or part.__module__.partition(".")[0] in _NOT_CONVERTED


def _is_named_tuple(part: object) -> bool:
    return isinstance(part, type) and issubclass(part, tuple) and hasattr(part, "_fields")


def _is_alone(hint: object) -> bool:
    """Tell whether the hint is ``Model`` or ``Model | None``, which Celery converts."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        members = [each for each in typing.get_args(hint) if each is not types.NoneType]
        return len(members) == 1 and _is_model(members[0])
    return _is_model(hint)


def _name(part: object) -> str:
    return part.__name__ if isinstance(part, type) else str(part)
