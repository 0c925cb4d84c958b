"""References to definitions (`{"$ref": "#/$defs/NAME"}`) in schemas."""

from collections.abc import Iterator, Mapping
from typing import Any

_PREFIX = "#/$defs/"
# Keywords whose values are data, not schemas.
_DATA = frozenset({"default", "const", "enum", "examples"})


def references(value: object) -> Iterator[str]:
    """Yields the names that a schema, or anything with schemas in it, refers to; one may come twice."""
    if isinstance(value, list):
        for each in value:
            yield from references(each)
    elif isinstance(value, dict):
        target = target_of(value)
        if target is not None:
            yield target
        for key, each in value.items():
            if key not in _DATA:
                yield from references(each)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Returns the value with other names for the definitions that it refers to."""
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: each if key in _DATA else renamed(each, names) for key, each in value.items()}
    name = target_of(value)
    if name is not None:
        found["$ref"] = _PREFIX + names.get(name, name)
    return found


def target_of(schema: Mapping[str, Any]) -> str | None:
    """Returns the name of the definition that a schema refers to; None if the schema is not a reference."""
    target = schema.get("$ref")
    return target.removeprefix(_PREFIX) if isinstance(target, str) and target.startswith(_PREFIX) else None
