# The types of typed.py. `apply_async` and `signature` take the arguments as a tuple, which Python's types cannot
# compare with a function's parameters; Celery compares them when it sends the task.
from collections.abc import Callable
from typing import Any, Concatenate, Literal, ParamSpec, TypeAlias, TypeVar, overload

import celery
from celery.canvas import Signature

__all__ = ("BoundTask", "Celery", "Task")

_P = ParamSpec("_P")
_Rest = ParamSpec("_Rest")
_R_co = TypeVar("_R_co", covariant=True)
_R = TypeVar("_R")
_Base = TypeVar("_Base", bound=celery.Task[Any, Any])

class Task(celery.Task[_P, _R_co]):
    """A task whose function takes ``_P``, ``self`` not counted, and returns ``_R_co``."""

    # A signature is complete, or lacks the first argument, which the task before it in a chain gives.
    @overload
    def s(self, *args: _P.args, **kwargs: _P.kwargs) -> Signature[_R_co]: ...
    @overload
    def s(self: Task[Concatenate[Any, _Rest], _R], *args: _Rest.args, **kwargs: _Rest.kwargs) -> Signature[_R]: ...
    # That of an errback lacks three: Celery gives it the request, the error and the traceback.
    @overload
    def s(
        self: Task[Concatenate[Any, Any, Any, _Rest], _R], *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> Signature[_R]: ...

BoundTask: TypeAlias = Task[..., Any]

class Celery(celery.Celery[celery.Task[Any, Any]]):
    @overload  # type: ignore[override]
    def task(self, fun: Callable[_P, _R], /) -> Task[_P, _R]: ...
    @overload
    def task(
        self, *, bind: Literal[True], base: type[_Base], **options: Any
    ) -> Callable[[Callable[Concatenate[_Base, _P], _R]], _Base]: ...
    @overload
    def task(self, *, base: type[_Base], **options: Any) -> Callable[[Callable[..., Any]], _Base]: ...
    @overload
    def task(
        self, *, bind: Literal[True], **options: Any
    ) -> Callable[[Callable[Concatenate[BoundTask, _P], _R]], Task[_P, _R]]: ...
    @overload
    def task(self, *, bind: Literal[False] = False, **options: Any) -> Callable[[Callable[_P, _R]], Task[_P, _R]]: ...
