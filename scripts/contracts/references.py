"""References to definitions (`{"$ref": "#/$defs/NAME"}`) in schemas."""

from collections.abc import Iterator, Mapping
from typing import Any

_PREFIX = "#/$defs/"
# Keywords whose values are data, not schemas.
_DATA = frozenset({"default", "const", "enum", "examples"})
# Keywords whose values have schemas by the names of fields, which may be the names of keywords.
_BY_FIELD = frozenset({"properties", "patternProperties"})


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
            if key in _BY_FIELD and isinstance(each, dict):
                yield from references(list(each.values()))
            elif key not in _DATA:
                yield from references(each)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Returns the value with other names for the definitions that it refers to."""
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: _renamed_in(key, each, names) for key, each in value.items()}
    name = target_of(value)
    if name is not None:
        found["$ref"] = _PREFIX + names.get(name, name)
    return found


def _renamed_in(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key in _BY_FIELD and isinstance(value, dict):
        return {field: renamed(each, names) for field, each in value.items()}
    return value if key in _DATA else renamed(value, names)


def target_of(schema: Mapping[str, Any]) -> str | None:
    """Returns the name of the definition that a schema refers to; None if the schema is not a reference."""
    target = schema.get("$ref")
    return target.removeprefix(_PREFIX) if isinstance(target, str) and target.startswith(_PREFIX) else None
