"""Advice about types that have a schema but are not converted by Celery: the task gets or returns another type."""

import dataclasses
import enum
import types
import typing
from collections.abc import Iterator

from pydantic import BaseModel


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
    return ""


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
    return ""


def _parts(hint: object) -> Iterator[object]:
    """Yield a type and the types inside it, such as ``list`` and ``int`` of ``list[int]``."""
    yield typing.get_origin(hint) or hint
    for each in typing.get_args(hint):
        yield from _parts(each)


def _is_model(part: object) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _is_plain_enum(part: object) -> bool:
    """Tell whether it is an enum whose members do not equal their values."""
    return isinstance(part, enum.EnumType) and not issubclass(part, (str, int))


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
