"""Reads results from PostgreSQL, where Celery's database backend stores them, with or without asyncio.

A reader waits for a notification (``NOTIFY``), and also reads every half second, because stock Celery workers
send none. In asyncio, one query reads the results of all awaited jobs.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

from celery import Celery
from celery.states import PENDING, READY_STATES
from kombu.exceptions import ContentDisallowed, OperationalError

from .loops import PerLoop
from .notifications import CONNECT_TIMEOUT_S, LISTEN, Notifications
from .results import PAUSE_S, Meta, Outage

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

# The pauses between two reads without a notification: each is longer than the one before, up to the longest.
FIRST_PAUSE_S, GROWTH, LONGEST_PAUSE_S = 0.02, 1.5, 0.5
_PREFIX = "db+postgresql"
_COLUMNS = ("task_id", "status", "result", "traceback")
_QUERY = "SELECT task_id, status, result, traceback FROM celery_taskmeta WHERE task_id = ANY(%s)"

# How long asyncio's connection stays open without a read.
_IDLE_S = 2.0

Row: TypeAlias = tuple[Any, ...]


def is_database(url: str) -> bool:
    """Tell whether this URL of a result backend is PostgreSQL's."""
    return url.startswith((f"{_PREFIX}:", f"{_PREFIX}+psycopg:"))


def with_driver(url: str) -> str:
    """Return the URL with the name of the driver, psycopg. Raises ValueError if a package is missing."""
    if missing := [name for name in ("sqlalchemy", "psycopg") if find_spec(name) is None]:
        raise ValueError(
            f"results in PostgreSQL need the package {' and '.join(missing)}: "
            "pip install 'jobs-client[postgres]'"
        )
    return url.replace(f"{_PREFIX}:", f"{_PREFIX}+psycopg:", 1)


class DatabaseResults:
    """The results in one database. Each call or event loop has its own connections, so processes may fork."""

    def __init__(self, app: Celery, url: str) -> None:
        self._app = app
        self._url = url.replace(f"{_PREFIX}+psycopg:", "postgresql:", 1)
        self._readers = PerLoop(lambda: (_Batches(self._url, self._reported), Notifications(self._url)))

    def read(self, task_id: str) -> Meta:
        """Return the stored state, or PENDING. Raises OperationalError if the server is away."""
        with self._connected() as connection:
            return self._decoded(_row(connection, task_id))

    def watch(self, task_id: str, timeout_s: float | None) -> Iterator[Meta]:
        """Yield each new state until the final one, for ``timeout_s`` seconds at most (None: no limit).

        Raises OperationalError when the server has been away for ``OUTAGE_LIMIT_S`` seconds.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        states = _States(self._decoded)
        outage = Outage()
        while True:
            try:
                with self._connected() as connection:
                    connection.execute(LISTEN)
                    while True:
                        row = _row(connection, task_id)
                        outage.ends()
                        yield from states.of(row)
                        pause_s = states.next_pause_s()
                        left_s = pause_s if deadline is None else min(pause_s, deadline - time.monotonic())
                        if states.ended or left_s <= 0:
                            return
                        for notice in connection.notifies(timeout=left_s):
                            if notice.payload == task_id:
                                break
            except OperationalError as error:
                outage.goes_on(error, deadline)
                time.sleep(PAUSE_S)

    async def watch_async(self, task_id: str) -> AsyncGenerator[Meta, None]:
        """Yield each new state until the final one, on the running event loop and without a thread.

        Raises OperationalError when the server has been away for ``OUTAGE_LIMIT_S`` seconds.
        """
        batches, notifications = self._readers.get()
        states = _States(self._decoded)
        outage = Outage()
        with notifications.of(task_id) as stored:
            while not states.ended:
                stored.clear()
                try:
                    row = await batches.read(task_id)
                except OperationalError as error:
                    outage.goes_on(error, None)
                    await asyncio.sleep(PAUSE_S)
                    continue
                outage.ends()
                for meta in states.of(row):
                    yield meta
                if not states.ended:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(states.next_pause_s()):
                            await stored.wait()

    @contextmanager
    def _connected(self) -> "Iterator[Connection]":
        import psycopg

        with (
            self._reported(),
            psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S) as connection,
        ):
            yield connection

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn the driver's errors into an OperationalError that names the server."""
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            reason = " ".join(str(error).split())
            uri = self._app.backend.as_uri()
            raise OperationalError(f"cannot reach the jobs' results {uri}: {reason}") from error

    def _decoded(self, row: Row | None) -> Meta:
        """Return a row as Celery's meta; a failed task's ``result`` is an exception."""
        if row is None:
            return {"status": PENDING, "result": None}
        meta = dict(zip(_COLUMNS, row, strict=True))
        if meta["result"] is not None:
            meta["result"] = self._app.backend.decode(_not_pickled(bytes(meta["result"])))
        decoded: Meta = self._app.backend.meta_from_decoded(meta)
        return decoded


def _not_pickled(stored: bytes) -> bytes:
    if stored.startswith(b"\x80"):  # a pickle of protocol 2 or later
        raise ContentDisallowed(
            "the stored result is a pickle, which this client does not load, because it can run any code: "
            "its worker needs Celery 5.7 and result_serializer='json'"
        )
    return stored


def _row(connection: "Connection", task_id: str) -> Row | None:
    from psycopg.errors import UndefinedTable

    try:
        return connection.execute(_QUERY, [[task_id]]).fetchone()
    except UndefinedTable:  # no worker has created it yet
        return None


class _States:
    """The states of one task, each once, and the pauses between two reads."""

    def __init__(self, decoded: Callable[[Row | None], Meta]) -> None:
        self._decoded = decoded
        self._last: Row | str | None = "not read yet"  # None: there is no row
        self._pause_s = FIRST_PAUSE_S
        self.ended = False

    def of(self, row: Row | None) -> Iterator[Meta]:
        """Yield the state of a row (None: no row) unless it is that of the last call."""
        if row == self._last:
            return
        self._last = row
        self._pause_s = FIRST_PAUSE_S
        meta = self._decoded(row)
        self.ended = meta["status"] in READY_STATES
        yield meta

    def next_pause_s(self) -> float:
        """Return the seconds until the next read, more each time the row has not changed."""
        pause_s = self._pause_s
        self._pause_s = min(pause_s * GROWTH, LONGEST_PAUSE_S)
        return pause_s


class _Batches:
    """Reads for all jobs of one event loop: each query is for all tasks requested since the last one."""

    def __init__(self, url: str, reported: Callable[[], AbstractContextManager[None]]) -> None:
        self._url = url
        self._reported = reported
        self._asked: dict[str, asyncio.Future[Row | None]] = {}
        self._news = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None

    async def read(self, task_id: str) -> Row | None:
        """Return a task's row; None if there is none. Raises OperationalError if the server is away."""
        loop = asyncio.get_running_loop()
        answer = self._asked.setdefault(task_id, loop.create_future())
        self._news.set()
        if self._runner is None or self._runner.done():
            self._runner = loop.create_task(self._run())
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        """Read over one connection, which is closed after ``_IDLE_S`` seconds without a request."""
        from psycopg import AsyncConnection

        while self._asked:  # also those that came while the last connection was closed
            reading: dict[str, asyncio.Future[Row | None]] = {}
            try:
                with self._reported():
                    connecting = AsyncConnection.connect(
                        self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S
                    )
                    async with await connecting as connection:
                        while await self._is_asked():
                            reading, self._asked = self._asked, {}
                            await self._answer(connection, reading)
            except OperationalError as error:
                # Both may have an answer for the same task.
                answers, self._asked = [*reading.values(), *self._asked.values()], {}
                for answer in answers:
                    if not answer.done():
                        answer.set_exception(error)
                        answer.exception()  # its reader may have been cancelled

    async def _is_asked(self) -> bool:
        """Wait for a request, for ``_IDLE_S`` seconds at most, and tell whether there is one."""
        self._news.clear()
        if not self._asked:
            with suppress(TimeoutError):
                async with asyncio.timeout(_IDLE_S):
                    await self._news.wait()
        return bool(self._asked)

    @staticmethod
    async def _answer(
        connection: "AsyncConnection[Row]", asked: "dict[str, asyncio.Future[Row | None]]"
    ) -> None:
        from psycopg.errors import UndefinedTable

        rows: dict[str, Row] = {}
        with suppress(UndefinedTable):
            found = await connection.execute(_QUERY, [list(asked)])
            rows = {row[0]: row for row in await found.fetchall()}
        for task_id, answer in asked.items():
            answer.set_result(rows.get(task_id))
