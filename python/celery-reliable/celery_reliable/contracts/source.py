"""Finds the source lines of a task and its parameters, for messages, and defaults that are computed."""

import ast
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from celery_reliable.types import Passed

_Definition = ast.FunctionDef | ast.AsyncFunctionDef


def place_of(function: Callable[..., object], parameter: str = "") -> str:
    """Return "file:line" of a function, or of its parameter, relative to the current directory where possible."""
    code = getattr(function, "__code__", None)
    if code is None:  # a class, say, which cannot be a task
        return f"{_shown(Path(inspect.getfile(function)))}:{inspect.getsourcelines(function)[1]}"
    file = Path(code.co_filename)
    line = code.co_firstlineno
    definition = _definitions(file).get(line)
    if definition is not None:
        line = _line_of(definition, parameter)
    return f"{_shown(file)}:{line}"


def is_computed(function: Callable[..., object], parameter: str, value: object) -> bool:
    """Tell whether a parameter's default may have another value on another day or machine, such as ``date.today()``.

    Calls of classes, such as ``date(2026, 1, 1)``, always give the same.
    """
    code = getattr(function, "__code__", None)
    file = Path(code.co_filename) if code else Path()
    definition = _definitions(file).get(code.co_firstlineno) if code else None
    default = _defaults(definition).get(parameter) if definition else None
    return default is not None and _is_computed(default, value, file)


def is_computed_field(model: type, shown: str) -> bool:
    """Tell the same about the default of a field of a pydantic model or a dataclass; ``shown`` is its name or alias."""
    kept_in = next((kind for kind in ("__pydantic_fields__", "__dataclass_fields__") if hasattr(model, kind)), "")
    fields: Mapping[str, Passed] = getattr(model, kept_in, {})
    for name, field in fields.items():
        if shown in (name, getattr(field, "alias", None), getattr(field, "validation_alias", None)):
            owners = [owner for owner in model.__mro__ if name in inspect.get_annotations(owner)]
            return bool(owners) and _is_computed_in(owners[0], name, field.default)
    return False


def _is_computed_in(owner: type, field: str, value: object) -> bool:
    try:
        file = Path(inspect.getfile(owner))
    except (OSError, TypeError):  # it was not written in a file
        return False
    default = _fields(file, owner.__name__).get(field)
    return default is not None and _is_computed(default, value, file)


def _is_computed(default: ast.expr, value: object, file: Path) -> bool:
    harmless = {type(value).__name__, "field"}  # the one of dataclasses
    called = [_last_name(node.func) for node in _with_constants(default, file) if isinstance(node, ast.Call)]
    return any(not (name[:1].isupper() or name in harmless) for name in called)


def _with_constants(default: ast.expr, file: Path) -> Iterator[ast.AST]:
    """Yield all parts of an expression, and those of its module's constants that it names."""
    constants, seen, waiting = _constants(file), set[str](), [default]
    while waiting:
        for node in ast.walk(waiting.pop()):
            yield node
            if isinstance(node, ast.Name) and node.id in constants and node.id not in seen:
                seen.add(node.id)
                waiting.append(constants[node.id])


def _defaults(definition: _Definition) -> dict[str, ast.expr]:
    """Return parameter -> default, for those that have one."""
    arguments = definition.args
    by_position = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(by_position[len(by_position) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {argument.arg: default for argument, default in pairs if default is not None}


def _last_name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _shown(file: Path) -> str:
    return str(file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file)


def _line_of(definition: _Definition, parameter: str) -> int:
    arguments = definition.args
    rest = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]:
        if argument.arg == parameter:
            return argument.lineno
    return definition.lineno


@functools.cache
def _definitions(file: Path) -> dict[int, _Definition]:
    """Return line -> function; a function's code counts from its first decorator."""
    functions = [node for node in ast.walk(_tree(file)) if isinstance(node, _Definition)]
    return {min(each.lineno for each in [node, *node.decorator_list]): node for node in functions}


@functools.cache
def _constants(file: Path) -> dict[str, ast.expr]:
    """Return name -> value of what a module assigns."""
    return _assigned(_tree(file).body)


def _fields(file: Path, model: str) -> dict[str, ast.expr]:
    classes = [node for node in ast.walk(_tree(file)) if isinstance(node, ast.ClassDef) and node.name == model]
    return {name: value for node in classes for name, value in _assigned(node.body).items()}


def _assigned(body: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets: list[ast.expr] = [node.target]
            value = node.value
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        else:
            continue
        found |= {target.id: value for target in targets if isinstance(target, ast.Name)}
    return found


@functools.cache
def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except (OSError, SyntaxError):
        return ast.Module(body=[], type_ignores=[])
