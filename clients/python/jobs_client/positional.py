"""``apply_async`` with typed arguments: a form for each number of them, from none to six."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, Unpack, overload

from .job import Job
from .options import SendOptions

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
A_contra = TypeVar("A_contra", contravariant=True)
B_contra = TypeVar("B_contra", contravariant=True)
C_contra = TypeVar("C_contra", contravariant=True)
D_contra = TypeVar("D_contra", contravariant=True)
E_contra = TypeVar("E_contra", contravariant=True)
F_contra = TypeVar("F_contra", contravariant=True)
R = TypeVar("R")
G = TypeVar("G")
R_co = TypeVar("R_co", covariant=True)
G_co = TypeVar("G_co", covariant=True)


class _Takes0(Protocol[R_co, G_co]):
    def _call(self) -> Job[R_co, G_co]: ...


class _Takes1(Protocol[A_contra, R_co, G_co]):
    def _call(self, a: A_contra, /) -> Job[R_co, G_co]: ...


class _Takes2(Protocol[A_contra, B_contra, R_co, G_co]):
    def _call(self, a: A_contra, b: B_contra, /) -> Job[R_co, G_co]: ...


class _Takes3(Protocol[A_contra, B_contra, C_contra, R_co, G_co]):
    def _call(self, a: A_contra, b: B_contra, c: C_contra, /) -> Job[R_co, G_co]: ...


class _Takes4(Protocol[A_contra, B_contra, C_contra, D_contra, R_co, G_co]):
    def _call(self, a: A_contra, b: B_contra, c: C_contra, d: D_contra, /) -> Job[R_co, G_co]: ...


class _Takes5(Protocol[A_contra, B_contra, C_contra, D_contra, E_contra, R_co, G_co]):
    def _call(
        self, a: A_contra, b: B_contra, c: C_contra, d: D_contra, e: E_contra, /
    ) -> Job[R_co, G_co]: ...


class _Takes6(Protocol[A_contra, B_contra, C_contra, D_contra, E_contra, F_contra, R_co, G_co]):
    def _call(
        self, a: A_contra, b: B_contra, c: C_contra, d: D_contra, e: E_contra, f: F_contra, /
    ) -> Job[R_co, G_co]: ...


class AppliedByPosition:
    """A task with ``apply_async``.

    No tuple type can be made of a ``ParamSpec``. So the type checker compares the task with a function of as
    many parameters as the tuple has items.
    """

    @overload
    def apply_async(
        self: _Takes0[R, G], args: tuple[()] = (), **options: Unpack[SendOptions]
    ) -> Job[R, G]: ...

    @overload
    def apply_async(self: _Takes1[A, R, G], args: tuple[A], **options: Unpack[SendOptions]) -> Job[R, G]: ...

    @overload
    def apply_async(
        self: _Takes2[A, B, R, G], args: tuple[A, B], **options: Unpack[SendOptions]
    ) -> Job[R, G]: ...

    @overload
    def apply_async(
        self: _Takes3[A, B, C, R, G], args: tuple[A, B, C], **options: Unpack[SendOptions]
    ) -> Job[R, G]: ...

    @overload
    def apply_async(
        self: _Takes4[A, B, C, D, R, G], args: tuple[A, B, C, D], **options: Unpack[SendOptions]
    ) -> Job[R, G]: ...

    @overload
    def apply_async(
        self: _Takes5[A, B, C, D, E, R, G], args: tuple[A, B, C, D, E], **options: Unpack[SendOptions]
    ) -> Job[R, G]: ...

    @overload
    def apply_async(
        self: _Takes6[A, B, C, D, E, F, R, G], args: tuple[A, B, C, D, E, F], **options: Unpack[SendOptions]
    ) -> Job[R, G]: ...

    def apply_async(self, args: Sequence[Any] = (), **options: Any) -> Any:
        """Send the task with Celery's options: ``add.apply_async((1, 2), countdown=10)``.

        Give arguments by name, or more than six, to ``s``: ``add.s(x=1, y=2).apply_async(countdown=10)``.
        Raises as ``delay``.
        """
        return self._applied(args, options)

    def _applied(self, args: Sequence[Any], options: Any) -> Any:
        raise NotImplementedError
