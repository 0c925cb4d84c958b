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
