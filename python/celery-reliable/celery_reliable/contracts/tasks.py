"""Describes one task: its parameters, result, documentation and options."""

import importlib
import inspect
import json
import sys
import types
import typing
from dataclasses import dataclass, field
from types import GenericAlias

from celery.app.task import Task as CeleryTask
from pydantic_core import to_jsonable_python

from celery_reliable.contracts.advice import parameter_advice, part_without_type, result_advice
from celery_reliable.contracts.schemas import Mode, Schema, UndescribedError, keyword_types, schema_of
from celery_reliable.contracts.source import is_computed, place_of
from celery_reliable.types import Method, Payload, Task

_KINDS = {kind: kind.name.lower() for kind in inspect._ParameterKind}
# Task option -> its name in the catalogue.
_LIMITS = {"max_retries": "max_retries", "time_limit": "time_limit_s", "soft_time_limit": "soft_time_limit_s"}
_MISSING = object()


@dataclass
class Description:
    """A task as the catalogue needs it, and the "file:line" of its function.

    `undescribed` and `notes` have lines that begin with "file:line: ".
    """

    place: str = ""
    task: Payload = field(default_factory=dict)
    inputs: dict[str, Schema] = field(default_factory=dict)
    outputs: dict[str, Schema] = field(default_factory=dict)
    undescribed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def describe(task: Task) -> Description:
    """Describe a registered task."""
    return _Reader(task).read()


class _Reader:
    def __init__(self, task: Task) -> None:
        self.name: str = task.name
        self.instance = task
        self.function = function_of(task)
        self.found = Description(place_of(self.function))
        # Type, its schema, and the definitions that it refers to.
        self.described: dict[Mode, list[tuple[object, Schema, dict[str, Schema]]]] = {
            "validation": [],
            "serialization": [],
        }
        self.hints = self._hints()

    def read(self) -> Description:
        found = self.found
        found.task = {
            "language": "python",
            "parameters": [each for parameter in self._signature() for each in self._parameters(parameter)],
            "result": self._result(),
            **self._about(),
        }
        progress = getattr(self.instance, "progress", None)
        if progress is not None:
            found.task["progress"] = self._schema(progress, "serialization", "option progress", "")
        found.inputs = self._definitions("validation")
        found.outputs = self._definitions("serialization")
        return found

    def _signature(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.instance.run).parameters.values())

    def _parameters(self, parameter: inspect.Parameter) -> list[Payload]:
        """Return the parameter, or the keywords that ``**kwargs: Unpack[...]`` stands for."""
        keywords = keyword_types(self.hints.get(parameter.name))
        if keywords is not None:
            return [
                {"name": name, "kind": "keyword_only", "required": required, "schema": self._input(hint, name)}
                for name, (hint, required) in keywords.items()
            ]
        is_rest = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        read = {
            "name": parameter.name,
            "kind": _KINDS[parameter.kind],
            "required": parameter.default is parameter.empty and not is_rest,
            "schema": self._input(self.hints.get(parameter.name, _MISSING), parameter.name),
        }
        if parameter.default is not parameter.empty:
            self._add_default(read, parameter)
        return [read]

    def _add_default(self, read: Payload, parameter: inspect.Parameter) -> None:
        problem = ""
        try:
            value = to_jsonable_python(parameter.default)
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except Exception:
            problem = "is not JSON"
        else:
            if is_computed(self.function, parameter.name, parameter.default):
                problem = "is computed when the worker starts"
            else:
                read["default"] = value
        if problem:
            advice = f"the default {problem}: clients only see that it is optional"
            self._note(advice, f"parameter '{parameter.name}'", parameter.name)

    def _input(self, hint: object, name: str) -> Schema:
        self._note(parameter_advice(hint, is_pydantic=self._is_pydantic), f"parameter '{name}'", name)
        return self._schema(hint, "validation", f"parameter '{name}'", name)

    def _result(self) -> Schema:
        hint = self.hints.get("return", _MISSING)
        self._note(result_advice(hint, is_pydantic=self._is_pydantic), "result", "")
        if inspect.iscoroutinefunction(self.function):
            self._note("Celery does not await it: write def, and asyncio.run(...) inside of it", "async def", "")
        return self._schema(hint, "serialization", "result", "")

    @property
    def _is_pydantic(self) -> bool:
        return getattr(self.instance, "_dump_pydantic_arguments", None) is not None

    def _note(self, advice: str, what: str, parameter: str) -> None:
        if advice:
            place = place_of(self.function, parameter)
            self.found.notes.append(f"{place}: {self.name}: {what}: {advice}")

    def _schema(self, hint: object, mode: Mode, what: str, parameter: str) -> Schema:
        if hint is _MISSING:
            hint = UndescribedError(_what_to_write(what, parameter))
        place = place_of(self.function, parameter)
        try:
            schema, definitions = schema_of(hint, mode, self._pydantic_options)
        except UndescribedError as error:
            self.found.undescribed.append(f"{place}: {self.name}: the {what} is any: {error}")
            return {}
        if part := part_without_type(hint):
            advice = f"{part}: write its type, or object if any JSON value is meant"
            self.found.undescribed.append(f"{place}: {self.name}: the {what} is any in part: {advice}")
        self.described[mode].append((hint, schema, definitions))
        return schema

    def _definitions(self, mode: Mode) -> dict[str, Schema]:
        """Return the definitions of all types. If two types have one name, pydantic names all of them anew."""
        described = self.described[mode]
        found: dict[str, Schema] = {}
        is_clear = True
        for _, _, definitions in described:
            for name, each in definitions.items():
                # Pydantic writes modules with `__` into the names of two types that would have one name.
                is_clear &= found.setdefault(name, each) == each and "__" not in name
        if is_clear:
            return found
        together = GenericAlias(tuple, tuple(hint for hint, _, _ in described))
        whole, found = schema_of(together, mode, self._pydantic_options)
        for (_, schema, _), again in zip(described, whole["prefixItems"], strict=True):
            schema.clear()
            schema.update(again)
        return found

    @property
    def _pydantic_options(self) -> Payload | None:
        options: Payload | None = getattr(self.instance, "pydantic_options", None)
        return options

    def _hints(self) -> dict[str, object]:
        """Return name -> type; an UndescribedError in the place of a type that cannot be evaluated."""
        try:
            return typing.get_type_hints(self.function, include_extras=True)
        except Exception:
            annotations = _annotations(self.function)
            return {name: self._evaluated(name, annotation) for name, annotation in annotations.items()}

    def _evaluated(self, name: str, annotation: object) -> object:
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            names = self.function.__globals__
            return typing.get_type_hints(holder, globalns=names, include_extras=True)[name]
        except Exception as error:
            return UndescribedError(
                f"{annotation} cannot be evaluated ({error}): import its names where workers run it"
            )

    def _about(self) -> Payload:
        about: Payload = {}
        doc, deprecated = _doc_of(self.function)
        deprecated = getattr(self.function, "__deprecated__", "") or deprecated
        about.update({key: text for key, text in (("doc", doc), ("deprecated", deprecated)) if text})
        own = [vars(kind) for kind in type(self.instance).__mro__ if not _is_celerys(kind)]
        for option, key in _LIMITS.items():
            value = getattr(self.instance, option)
            # Celery gives the app's setting to tasks that don't set the option.
            is_setting = value == self.instance.app.conf.get(f"task_{option}", _MISSING)
            if not is_setting and any(option in attributes for attributes in own):
                about[key] = value
        return about


def function_of(task: Task) -> Method:
    """Return the function that the task's author wrote."""
    function = inspect.unwrap(task.run)
    written: Method = getattr(function, "__func__", function)
    return written


def _annotations(function: Method) -> dict[str, object]:
    """Return name -> annotation; from Python 3.14 on as texts, because reading the values may fail."""
    if sys.version_info < (3, 14):
        return dict(function.__annotations__)
    annotationlib = importlib.import_module("annotationlib")
    texts: dict[str, object] = annotationlib.get_annotations(function, format=annotationlib.Format.STRING)
    return texts


def _what_to_write(what: str, parameter: str) -> str:
    return f"write its type, such as `{parameter}: str`" if parameter else f"write the type of the {what}: `-> str`"


def _is_celerys(kind: type) -> bool:
    return kind in CeleryTask.__mro__ or kind.__module__.startswith("celery.")


def _doc_of(function: Method) -> tuple[str, str]:
    """Return the first paragraph of the docstring, and the text of its directive ``.. deprecated::``."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    deprecated = next((each for each in paragraphs if each.lstrip().startswith(".. deprecated::")), "")
    doc = "" if paragraphs[0] == deprecated else paragraphs[0]
    return _one_line(doc), _one_line(deprecated.partition("::")[2])


def _one_line(text: str) -> str:
    return " ".join(text.split())
