"""Finds the source lines of a task and its parameters, for messages."""

import ast
import functools
import inspect
from collections.abc import Callable
from pathlib import Path

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
    definition = _definitions(Path(code.co_filename)).get(code.co_firstlineno) if code else None
    default = _defaults(definition).get(parameter) if definition else None
    called = [_last_name(node.func) for node in ast.walk(default) if isinstance(node, ast.Call)] if default else []
    return any(not (name[:1].isupper() or name == type(value).__name__) for name in called)


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
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError):
        return {}
    functions = [node for node in ast.walk(tree) if isinstance(node, _Definition)]
    return {min(each.lineno for each in [node, *node.decorator_list]): node for node in functions}
