"""A task of the contract: a function's parameters and its result, and how to send it."""

import inspect
import typing
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from .canvas import Immutable, Signature, Step
from .connection import Connection
from .job import Job, Returns
from .options import SendOptions
from .positional import AppliedByPosition
from .values import encode

if typing.TYPE_CHECKING:
    from typing_extensions import deprecated  # in every type checker, and in Python from 3.13 on
else:

    def deprecated(_message: str) -> Callable[[Any], Any]:  # noqa: D103
        return lambda function: function


P = ParamSpec("P")
Q = ParamSpec("Q")
A = TypeVar("A")
A_contra = TypeVar("A_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)
G_co = TypeVar("G_co", covariant=True)
R = TypeVar("R")
G = TypeVar("G")


class Tasks:
    """A folder or a module of tasks, on a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        for name, folder in typing.get_type_hints(type(self)).items():
            setattr(self, name, folder(connection))


class _TakesFirst(Protocol[A_contra, P, R_co, G_co]):
    """A task by its first parameter and the rest, which is what a step of a chain is called with."""

    def _call(self, first: A_contra, /, *args: P.args, **kwargs: P.kwargs) -> Job[R_co, G_co]: ...


class Task(AppliedByPosition, Generic[P, R_co, G_co]):
    """A task that workers run. It has Celery's methods: ``delay``, ``apply_async``, ``s``, ``si``."""

    def __init__(
        self,
        name: str,
        declared: Callable[..., Any],
        *,
        queue: str,
        renamed: Mapping[str, str],
        connection: Connection | None = None,
    ) -> None:
        self.name = name
        self.queue = queue
        self.__doc__ = declared.__doc__
        self._declared = declared
        self._renamed = renamed
        self._connection = connection

    def __get__(self, tasks: Tasks, owner: type[Tasks] | None = None) -> Self:
        bound = type(self)(
            self.name,
            self._declared,
            queue=self.queue,
            renamed=self._renamed,
            connection=tasks._connection,
        )
        tasks.__dict__[self._declared.__name__] = bound
        return bound

    def delay(self, /, *args: P.args, **kwargs: P.kwargs) -> Job[R_co, G_co]:
        """Send the task.

        Raises:
            TypeError: The arguments are not the task's.
            OperationalError: The server is away.

        """
        return self._call(*args, **kwargs)

    @overload
    def s(self, /, *args: P.args, **kwargs: P.kwargs) -> Signature[R_co, G_co]: ...  # type: ignore[overload-overlap]

    @overload
    def s(self: _TakesFirst[A, Q, R, G], /, *args: Q.args, **kwargs: Q.kwargs) -> Step[A, R, G]: ...

    def s(self, /, *args: Any, **kwargs: Any) -> Any:
        """Return a call for a workflow: a complete one, or a step of a chain.

        A step lacks the first argument, which is the result of the step before it.
        """
        return (Signature if self._is_complete(args, kwargs) else Step)(*self._signature(args, kwargs))

    def si(self, /, *args: P.args, **kwargs: P.kwargs) -> Immutable[R_co, G_co]:
        """Return a complete call that does not take the last result of its chain."""
        self._check(self._parameters.bind, args, kwargs)
        return Immutable(*self._signature(args, kwargs, immutable=True))

    def job(self, task_id: str) -> Job[R_co, G_co]:
        """Return the job of an id, such as one that a web service gave to a browser."""
        return Job(self._server, task_id, self._returns)

    def _call(self, /, *args: P.args, **kwargs: P.kwargs) -> Job[R_co, G_co]:
        return self._send(args, kwargs, {})

    def _applied(self, args: Sequence[Any], options: SendOptions) -> Job[R_co, G_co]:
        if "kwargs" in options:
            raise TypeError(
                f"{self.name}: apply_async() takes arguments by position: give those by name to s(), "
                "such as s(x=1).apply_async()"
            )
        return self._send(args, {}, options)

    def _send(self, args: Sequence[Any], kwargs: Mapping[str, Any], options: SendOptions) -> Job[R_co, G_co]:
        self._check(self._parameters.bind, args, kwargs)
        queued: SendOptions = {"queue": self.queue, **options}
        return self.job(self._server.send(self.name, encode(args), self._sent(kwargs), queued))

    def _signature(self, args: Sequence[Any], kwargs: Mapping[str, Any], immutable: bool = False) -> Any:
        self._check(self._parameters.bind_partial, args, kwargs)
        celery = self._server.app.signature(
            self.name, encode(args), self._sent(kwargs), options={"queue": self.queue}, immutable=immutable
        )
        return self._server, celery, self._returns

    def _check(self, bind: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        try:
            bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.name}: {error}; it takes {self._parameters}") from None

    def _is_complete(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        try:
            self._parameters.bind(*args, **kwargs)
        except TypeError:
            return False
        return True

    def _sent(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return {self._renamed.get(name, name): encode(value) for name, value in kwargs.items()}

    @property
    def _server(self) -> Connection:
        assert self._connection is not None, "tasks are called through connect()"
        return self._connection

    @cached_property
    def _parameters(self) -> inspect.Signature:
        """Those of the function, without ``self`` and, for messages, without types."""
        each = [*inspect.signature(self._declared).parameters.values()][1:]
        return inspect.Signature([one.replace(annotation=inspect.Parameter.empty) for one in each])

    @cached_property
    def _returns(self) -> Returns:
        job = typing.get_type_hints(self._declared, localns={})["return"]
        result, progress = typing.get_args(job)
        return Returns(result, progress, self.name)


class DeprecatedTask(Task[P, R_co, G_co]):
    """A deprecated task: using it warns, in the editor and when it runs."""

    @deprecated("The task is deprecated: its documentation says what to use instead.")
    def __get__(self, tasks: Tasks, owner: type[Tasks] | None = None) -> Self:
        warnings.warn(f"{self.name}: {self.__doc__}", DeprecationWarning, stacklevel=2)
        return super().__get__(tasks, owner)


def task(
    name: str, *, queue: str, renamed: Mapping[str, str] | None = None
) -> Callable[[Callable[Concatenate[Any, P], Job[R, G]]], Task[P, R, G]]:
    """Make a task of a function that declares its parameters and its ``Job[result, progress]``.

    ``renamed`` has the real names of parameters whose names are not possible in Python.
    """
    return lambda declared: Task(name, declared, queue=queue, renamed=renamed or {})


def deprecated_task(
    name: str, *, queue: str, renamed: Mapping[str, str] | None = None
) -> Callable[[Callable[Concatenate[Any, P], Job[R, G]]], DeprecatedTask[P, R, G]]:
    """Make a task as ``task`` does, which warns when it is used."""
    return lambda declared: DeprecatedTask(name, declared, queue=queue, renamed=renamed or {})
