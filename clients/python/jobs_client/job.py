"""A task that was sent: its states, and its result when there is one."""

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

from celery import states

from .connection import Connection
from .errors import TimeoutError
from .results import Meta
from .values import decode

R_co = TypeVar("R_co", covariant=True)
G_co = TypeVar("G_co", covariant=True)

PROGRESS = "PROGRESS"


@dataclass(frozen=True)
class Returns:
    """What a task returns and reports, as types: results are decoded by them."""

    result: Any = Any
    progress: Any = Any
    name: str = "?"


@dataclass(frozen=True)
class State(Generic[R_co, G_co]):
    """A state of a task.

    ``progress`` is there in ``PROGRESS``, ``result`` in ``SUCCESS``, ``error`` in ``FAILURE``, ``RETRY`` and
    ``REVOKED``. ``info`` is the value stored with the state.
    """

    name: str
    info: Any = None
    progress: G_co | None = None
    result: R_co | None = None
    error: BaseException | None = None


class Job(Generic[R_co, G_co]):
    """A task that was sent: Celery's AsyncResult with types. ``await job`` waits in asyncio."""

    def __init__(self, connection: Connection, task_id: str, returns: Returns) -> None:
        self._connection = connection
        self._returns = returns
        self._state: State[R_co, G_co] | None = None
        self.id = task_id

    def __repr__(self) -> str:
        return f"<Job {self._returns.name}[{self.id}]>"

    @property
    def state(self) -> str:
        """The name of the state now; ``PENDING`` also when nothing is known of the task."""
        return self.look().name

    def look(self) -> State[R_co, G_co]:
        """Return the state now. Raises OperationalError when the server is away."""
        return self._state or self._keep(self._connection.results.read(self.id))

    def ready(self) -> bool:
        """Tell whether the task has ended."""
        return self.state in states.READY_STATES

    def get(
        self, timeout: float | None = None, *, on_progress: Callable[[G_co], object] | None = None
    ) -> R_co:
        """Wait for the result, up to ``timeout`` seconds, and return it.

        Raises:
            Exception: The task's own error, with its type and message, as Celery rebuilds it.
            TimeoutError: There is no result in time. It names the task's state.
            OperationalError: The server is away.

        """
        last = self._state
        for state in self._watch(timeout) if last is None else ():
            last = state
            if on_progress is not None and state.progress is not None:
                on_progress(state.progress)
        if last is None or last.name not in states.READY_STATES:
            name = states.PENDING if last is None else last.name
            raise TimeoutError(self._returns.name, self.id, timeout or 0, name)
        return self._value(last)

    def __await__(self) -> Generator[Any, None, R_co]:
        """Wait for the result in asyncio, as ``get``; ``asyncio.timeout()`` limits the time."""
        return self._wait().__await__()

    async def states(self) -> AsyncGenerator[State[R_co, G_co], None]:
        """Yield the states until the final one; a failed task's error is in its state."""
        if self._state is not None:
            yield self._state
            return
        last: Meta | None = None
        async with aclosing(self._connection.results.watch_async(self.id)) as metas:
            async for meta in metas:
                if _comparable(meta) != last:
                    last = _comparable(meta)
                    yield self._keep(meta)

    def revoke(self, *, terminate: bool = False) -> None:
        """Make all workers discard the task; with ``terminate``, they stop it when it runs."""
        with self._connection.reported():
            self._connection.app.control.revoke(self.id, terminate=terminate)

    def forget(self) -> None:
        """Remove the stored result."""
        with self._connection.reported():
            self._connection.app.backend.forget(self.id)

    async def _wait(self) -> R_co:
        last = self._state
        async for state in self.states():
            last = state
        assert last is not None, "the states of a task end with a final one"
        return self._value(last)

    def _watch(self, timeout: float | None) -> Iterator[State[R_co, G_co]]:
        last: Meta | None = None
        for meta in self._connection.results.watch(self.id, timeout):
            if _comparable(meta) != last:
                last = _comparable(meta)
                yield self._keep(meta)

    def _value(self, state: State[R_co, G_co]) -> R_co:
        if state.name in states.PROPAGATE_STATES:
            raise state.error or RuntimeError(f"{self!r} is {state.name}")
        return state.result  # type: ignore[return-value] # None where the task returns None

    def _keep(self, meta: Meta) -> State[R_co, G_co]:
        """Return a state with its values decoded, and remember a final one."""
        name, info = meta["status"], meta["result"]
        error = info if isinstance(info, BaseException) else None
        if name == states.SUCCESS:
            state = State[R_co, G_co](name, info, result=decode(self._returns.result, info))
        elif name == PROGRESS:
            state = State(name, info, progress=decode(self._returns.progress, info))
        else:
            state = State(name, info, error=error)
        if name in states.READY_STATES:
            self._state = state
        return state


class GroupJob(Generic[R_co]):
    """The jobs of a group, in the order of its tasks."""

    def __init__(self, jobs: "list[Job[R_co, Any]]") -> None:
        self.jobs = jobs

    def get(self, timeout: float | None = None) -> list[R_co]:
        """Wait for all results, up to ``timeout`` seconds together. Raises as ``Job.get``."""
        deadline = None if timeout is None else monotonic() + timeout
        return [job.get(None if deadline is None else max(0.0, deadline - monotonic())) for job in self.jobs]

    def __await__(self) -> Generator[Any, None, list[R_co]]:
        """Wait for all results in asyncio."""
        return self._wait().__await__()

    async def _wait(self) -> list[R_co]:
        return [await job for job in self.jobs]


def _comparable(meta: Meta) -> Meta:
    """Return a state in a form that equals itself when it is read again: each read makes a new exception."""
    error = meta["result"]
    return {**meta, "result": repr(error)} if isinstance(error, BaseException) else meta
