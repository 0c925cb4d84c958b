"""Workflows: ``a.s(1) | b.s()``, ``group`` and ``chord``. A step must take the result before it."""

from collections.abc import Iterable
from typing import Any, Generic, Self, TypeVar, Unpack, overload

import celery

from .connection import Connection
from .job import GroupJob, Job, Returns
from .options import SendOptions

A_contra = TypeVar("A_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)
G_co = TypeVar("G_co", covariant=True)
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
R = TypeVar("R")
G = TypeVar("G")


class _Call:
    """A Celery signature with the types of its last task. Use ``celery`` where this class has no method."""

    def __init__(self, connection: Connection, signature: Any, returns: Returns) -> None:
        self._connection = connection
        self._returns = returns
        self.celery = signature

    def __repr__(self) -> str:
        return repr(self.celery)

    def set(self, **options: Unpack[SendOptions]) -> Self:
        """Add Celery's sending options."""
        self.celery.set(**options)
        return self

    def _followed_by(self, other: "_Call", cls: Any) -> Any:
        return cls(self._connection, self.celery | other.celery, other._returns)


class Step(_Call, Generic[A_contra, R_co, G_co]):
    """A step of a chain: it takes the result before it as its first argument."""

    def _take(self, previous: A_contra) -> R_co:
        raise NotImplementedError  # for the types only

    @overload
    def __or__(self, other: "Step[R_co, R, G]") -> "Step[A_contra, R, G]": ...

    @overload
    def __or__(self, other: "Immutable[R, G]") -> "Step[A_contra, R, G]": ...

    def __or__(self, other: Any) -> Any:
        return self._followed_by(other, Step)


class Signature(_Call, Generic[R_co, G_co]):
    """A complete call, or a chain that begins with one."""

    def delay(self) -> Job[R_co, G_co]:
        """Send it. Raises OperationalError when the server is away."""
        return self.apply_async()

    def apply_async(self, **options: Unpack[SendOptions]) -> Job[R_co, G_co]:
        """Send it with Celery's options. Raises OperationalError when the server is away."""
        with self._connection.sending():
            sent = self.celery.apply_async(**options)
        return Job(self._connection, sent.id, self._returns)

    @overload
    def __or__(self: "Signature[A, Any]", other: Step[A, R, G]) -> "Signature[R, G]": ...

    @overload
    def __or__(self, other: "Immutable[R, G]") -> "Signature[R, G]": ...

    def __or__(self, other: Any) -> Any:
        return self._followed_by(other, Signature)


class Immutable(Signature[R_co, G_co]):
    """A complete call that may follow any other, because it does not take its result."""


class Group(_Call, Generic[R_co]):
    """Calls that run side by side."""

    def __init__(self, calls: "list[Signature[R_co, Any]]") -> None:
        super().__init__(
            calls[0]._connection, celery.group([call.celery for call in calls]), calls[0]._returns
        )
        self._calls = calls

    def delay(self) -> GroupJob[R_co]:
        """Send all of them. Raises OperationalError when the server is away."""
        return self.apply_async()

    def apply_async(self, **options: Unpack[SendOptions]) -> GroupJob[R_co]:
        """Send all of them with Celery's options. Raises OperationalError when the server is away."""
        with self._connection.sending():
            sent = self.celery.apply_async(**options)
        each = zip(sent.results, self._calls, strict=True)
        return GroupJob([Job(self._connection, result.id, call._returns) for result, call in each])

    def __or__(self: "Group[A]", other: Step[list[A], R, G]) -> Signature[R, G]:
        return Signature(self._connection, self.celery | other.celery, other._returns)


def group(*calls: Signature[R, Any] | Iterable[Signature[R, Any]]) -> Group[R]:
    """Return calls to run side by side: several, or one iterable of them.

    Raises:
        ValueError: There are none.

    """
    listed = [one for call in calls for one in ([call] if isinstance(call, Signature) else call)]
    if not listed:
        raise ValueError("group() takes at least one call, such as add.s(1, 2)")
    return Group(listed)


def chord(header: Group[A] | Iterable[Signature[A, Any]], body: Step[list[A], R, G]) -> Signature[R, G]:
    """Return a group whose list of results goes to a step."""
    return (header if isinstance(header, Group) else group(header)) | body


@overload
def chain(first: Signature[A, Any], second: Step[A, R, G] | Immutable[R, G], /) -> Signature[R, G]: ...


@overload
def chain(
    first: Signature[A, Any],
    second: Step[A, B, Any] | Immutable[B, Any],
    third: Step[B, R, G] | Immutable[R, G],
    /,
) -> Signature[R, G]: ...


@overload
def chain(
    first: Signature[A, Any],
    second: Step[A, B, Any] | Immutable[B, Any],
    third: Step[B, C, Any] | Immutable[C, Any],
    fourth: Step[C, R, G] | Immutable[R, G],
    /,
) -> Signature[R, G]: ...


@overload
def chain(
    first: Signature[A, Any],
    second: Step[A, B, Any] | Immutable[B, Any],
    third: Step[B, C, Any] | Immutable[C, Any],
    fourth: Step[C, D, Any] | Immutable[D, Any],
    fifth: Step[D, R, G] | Immutable[R, G],
    /,
) -> Signature[R, G]: ...


def chain(first: Any, *steps: Any) -> Any:
    """Return ``first | second | ...``, up to five; ``|`` takes any number."""
    for step in steps:
        first = first | step
    return first
