"""Converts a type hint to the JSON Schema (2020-12) of the value in Celery's JSON.

kombu writes datetime, date, time, Decimal, UUID and bytes as typed envelopes, so these have format names that
start with ``celery-``. Inside a pydantic model they are strings, because Celery dumps models with ``mode="json"``,
unless the task's options ``pydantic_strict`` or ``pydantic_dump_kwargs`` say otherwise.
"""

import typing
from collections.abc import Callable, Iterator, Mapping
from types import GenericAlias
from typing import Any, ClassVar, Literal, TypeVar

import typing_extensions
from pydantic import PydanticUserError, TypeAdapter
from pydantic.errors import PydanticUndefinedAnnotation
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from celery_reliable.contracts.source import is_computed_field
from celery_reliable.types import Json, Payload

Schema = Payload
Mode = Literal["validation", "serialization"]
_Core = TypeVar("_Core")
_Field = core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField

# Keywords whose value is a schema, a list of schemas, or a mapping of names to schemas.
_ONE = ("items", "additionalProperties", "not", "contains", "propertyNames")
_MANY = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs")


class UndescribedError(Exception):
    """Raised for a type that has no schema; its text says what to write instead."""


def schema_of(hint: object, mode: Mode, task_options: Payload | None = None) -> tuple[Schema, dict[str, Schema]]:
    """Return the schema of a type, and the definitions that it refers to as ``#/$defs/NAME``.

    ``task_options`` are those that begin with ``pydantic_``. An UndescribedError in the place of a type,
    which could not be read, is raised.

    Raises:
        UndescribedError: the type, or one inside of it, has no JSON form.
    """
    if isinstance(hint, UndescribedError):
        raise hint
    if hint is Any:
        raise UndescribedError("it is Any: write its type, or object if any JSON value is meant")
    if hint is None:
        return {"type": "null"}, {}

    class Generator(_WireSchema):
        options = task_options or {}

    try:
        # As the item of a list, because pydantic writes out a named type at the top.
        schema = _adapter(GenericAlias(list, (hint,))).json_schema(mode=mode, schema_generator=Generator)
    except PydanticUndefinedAnnotation as error:
        raise UndescribedError(f"{error.name} is not defined where the type is read") from error
    except UndescribedError:
        raise
    except Exception as error:  # whatever the type's own code raises
        raise UndescribedError(_advice(hint, error)) from error
    plain = _plain(schema)
    definitions: dict[str, Schema] = plain.pop("$defs", {})
    return plain.get("items", {}), definitions


def _adapter(hint: Json) -> TypeAdapter[object]:
    return TypeAdapter(hint)


def _advice(hint: object, error: Exception) -> str:
    code = getattr(error, "code", None)
    shown = getattr(hint, "__name__", None) if isinstance(hint, type) else str(hint).replace("typing.", "")
    if code == "typed-dict-version":
        return f"{shown} uses typing.TypedDict: import TypedDict from typing_extensions instead"
    if "ForwardRef(" in str(shown):
        return f"{shown} contains itself: write such a type with typing_extensions.TypeAliasType"
    if code == "class-not-fully-defined":
        return f"a type in {shown} is not defined: import its name in that module, outside of `if TYPE_CHECKING`"
    if not isinstance(error, (PydanticUserError, TypeError)):
        return f"{shown} cannot be described: {type(error).__name__}: {' '.join(str(error).split())}"
    return (
        f"{shown} has no JSON form: use plain types, a dataclass, a TypedDict, an Enum, a Literal or a pydantic model"
    )


class _WireSchema(GenerateJsonSchema):
    """Pydantic's generator, with format names for Celery's typed values."""

    # The task's options that begin with ``pydantic_``.
    options: ClassVar[Payload]
    # How many models the type being described is inside of.
    _models = 0
    # Types that pydantic describes next to the models that use them.
    _inside_models: frozenset[str] = frozenset()

    def definitions_schema(self, schema: core_schema.DefinitionsSchema) -> Schema:
        self._inside_models = frozenset(_used_in_models(schema))
        return super().definitions_schema(schema)

    def generate_inner(self, schema: Any) -> Schema:
        is_inside = schema.get("ref") in self._inside_models
        self._models += is_inside
        try:
            return super().generate_inner(schema)
        finally:
            self._models -= is_inside

    def field_is_required(self, field: _Field, total: bool) -> bool:
        """A returned model or dataclass has all of its fields, also those with a default."""
        leaves_out = any(value for option, value in self._dump.items() if option.startswith("exclude"))
        if self.mode == "serialization" and field["type"] != "typed-dict-field" and not leaves_out:
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        self._models += 1
        try:
            return _without_computed(super().model_schema(schema), schema["cls"])
        finally:
            self._models -= 1

    def dataclass_schema(self, schema: core_schema.DataclassSchema) -> Schema:
        return _without_computed(super().dataclass_schema(schema), schema["cls"])

    def _get_alias_name(self, field: _Field | core_schema.ComputedField, name: str) -> str:
        """Celery dumps models by the names of their fields, unless an option or the model says otherwise."""
        if self.mode == "serialization" and not self._dump.get("by_alias", self._config.serialize_by_alias):
            return name
        return super()._get_alias_name(field, name)

    @property
    def _dump(self) -> Payload:
        return dict(self.options.get("pydantic_dump_kwargs") or {})

    @property
    def _is_json(self) -> bool:
        """Whether the values of models travel as pydantic's JSON."""
        if self.mode == "validation":
            return not self.options.get("pydantic_strict")
        return bool(self._dump.get("mode", "json") == "json")

    def _typed(self, kind: str, schema: _Core, inside_model: Callable[[_Core], Schema]) -> Schema:
        return inside_model(schema) if self._models and self._is_json else {"format": f"celery-{kind}"}

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> Schema:
        return self._typed("datetime", schema, super().datetime_schema)

    def date_schema(self, schema: core_schema.DateSchema) -> Schema:
        return self._typed("date", schema, super().date_schema)

    def time_schema(self, schema: core_schema.TimeSchema) -> Schema:
        return self._typed("time", schema, super().time_schema)

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        return self._typed("decimal", schema, super().decimal_schema)

    def uuid_schema(self, schema: core_schema.UuidSchema) -> Schema:
        return self._typed("uuid", schema, super().uuid_schema)

    def bytes_schema(self, schema: core_schema.BytesSchema) -> Schema:
        return self._typed("bytes", schema, super().bytes_schema)

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> Schema:
        if self._models and self._is_json:
            return super().timedelta_schema(schema)
        raise UndescribedError("timedelta does not travel in Celery's JSON: use a number of seconds")


def _without_computed(schema: Schema, model: type) -> Schema:
    """Remove defaults that would be others tomorrow, such as ``date.today()``: the field stays optional."""
    for name, field in schema.get("properties", {}).items():
        if "default" in field and is_computed_field(model, name):
            del field["default"]
    return schema


def _used_in_models(schema: core_schema.DefinitionsSchema) -> set[str]:
    """Return the references of the types that models use, also through other types."""
    definitions = {str(each.get("ref")): each for each in schema["definitions"]}
    found: set[str] = set()
    waiting = [name for model in _models_in(schema) for name in _references_in(model)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references_in(definitions.get(name))
    return found


def _models_in(schema: object) -> Iterator[object]:
    for each in _inside(schema):
        if isinstance(each, Mapping) and each.get("type") == "model":
            yield each


def _references_in(schema: object) -> Iterator[str]:
    for each in _inside(schema):
        if isinstance(each, Mapping) and each.get("type") == "definition-ref":
            yield str(each["schema_ref"])


def _inside(schema: object) -> Iterator[object]:
    """Yield a core schema and all that it consists of."""
    yield schema
    parts = schema.values() if isinstance(schema, Mapping) else schema if isinstance(schema, (list, tuple)) else ()
    for part in parts:
        yield from _inside(part)


def _plain(schema: Schema) -> Schema:
    """Remove titles, which only repeat names, and OpenAPI's ``discriminator``, which JSON Schema does not have."""
    kept: Schema = {}
    for key, value in schema.items():
        if key == "discriminator" or (key == "title" and isinstance(value, str)):
            continue
        if key in _ONE and isinstance(value, dict):
            kept[key] = _plain(value)
        elif key in _MANY and isinstance(value, list):
            kept[key] = [_plain(each) for each in value]
        elif key in _NAMED and isinstance(value, dict):
            kept[key] = {name: _plain(each) for name, each in value.items()}
        else:
            kept[key] = value
    return _by_pattern(kept)


def _by_pattern(schema: Schema) -> Schema:
    """Describe keys that follow a pattern as keys that are limited in other ways."""
    patterns = schema.get("patternProperties", {})
    if len(patterns) != 1 or "properties" in schema:
        return schema
    kept = {key: value for key, value in schema.items() if key != "patternProperties"}
    ((pattern, value),) = patterns.items()
    return {**kept, "propertyNames": {"type": "string", "pattern": pattern}, "additionalProperties": value}


def keyword_types(hint: object) -> dict[str, tuple[object, bool]] | None:
    """Return name -> (type, required) for ``**kwargs: Unpack[SomeTypedDict]``, else None."""
    if typing.get_origin(hint) not in (typing.Unpack, typing_extensions.Unpack):
        return None
    (target,) = typing.get_args(hint)
    if not hasattr(target, "__required_keys__"):
        return None  # a tuple
    hints = typing.get_type_hints(target, include_extras=True)
    return {name: (_unqualified(hint), name in target.__required_keys__) for name, hint in hints.items()}


def _unqualified(hint: object) -> object:
    while typing.get_origin(hint) in (typing.Required, typing.NotRequired, typing_extensions.ReadOnly):
        (hint,) = typing.get_args(hint)
    return hint
