"""Celery's database result backend on PostgreSQL, made reliable.

- A worker repeats an operation until the server is back: stock Celery gives up after three attempts, and the task
  fails though it has succeeded.
- Connections are kept. Stock Celery opens one for each operation, except in the pool's child processes.
- One statement writes a row and notifies the clients that wait for it (``NOTIFY``), as in Node. A waiting client
  also checks by itself, at once and then less and less often, instead of every half second.
- The errbacks of a failed chord are called, and its error names the part that failed, as with Redis.
- Times are in UTC. Stock Celery's are in the zone of the server's session.
- ``result_expires=0`` keeps results. Stock Celery's cleanup would delete all of them.
- A server that is silent is one that is away (``database_connection.py``). Stock Celery waits for it without a limit.
- A stored pickle is refused unless the app accepts pickles. Stock Celery loads it, which can run any code.
"""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from threading import Event
from urllib.parse import parse_qs, urlsplit

from celery import states
from celery.backends import database
from celery.exceptions import BackendStoreError
from celery.exceptions import TimeoutError as ResultTimeoutError
from kombu.exceptions import ContentDisallowed, OperationalError
from sqlalchemy import and_, bindparam, exists, func, inspect, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError

from celery_reliable.database_limits import LIMITS, WORKER_SILENCE_S, long_operation
from celery_reliable.database_notices import Notices
from celery_reliable.database_sessions import PSYCOPG, PooledSessions
from celery_reliable.downstream import WithDownstream
from celery_reliable.failures import WithErrorTexts
from celery_reliable.persistence import RESULT_OUTAGE, is_persistent
from celery_reliable.types import App, Passed, Settings

# A client's pauses between two checks of a row: the first, the growth factor, the longest.
_FIRST_PAUSE_S, _GROWTH, _LONGEST_PAUSE_S = 0.02, 1.5, 0.5
# A worker's pauses between two attempts to store a result: the first, the longest.
_FIRST_RETRY_S, _LONGEST_RETRY_S = 0.1, 2.0
# A client's operation fails after this time, as with Redis.
_CLIENT_LIMIT_S = 5.0
# A missing permission may be granted. A dropped table is created again by the next attempt.
_PASSING = ("42501", "42P01")
_CHANNEL_LENGTH = 60
# Columns whose texts come from a message or a task, and the widths of Celery's columns.
_TEXTS = ("name", "worker", "queue", "traceback")
_MAX_NAME = 155
# How a pickle of protocol 2 or later begins.
_PICKLE = b"\x80"


class DatabaseBackend(WithErrorTexts, WithDownstream, database.DatabaseBackend):
    """The backend of an app with ``celery_reliable.install``, and of clients with its recommended settings."""

    # Celery's own, which its types do not mention.
    app: App
    url: str
    engine_options: Settings
    accept: set[str]
    _sleep: Callable[[float], None]
    expires: Passed
    session_manager: Passed
    get_task_meta: Callable[..., Passed]
    _upsert: Passed = None
    _notices: tuple[int, Notices] | None = None

    def __init__(self, *args: Passed, **kwargs: Passed) -> None:
        super().__init__(*args, **kwargs)
        self.session_manager = PooledSessions(self._connect, engine_callback=self.session_manager.engine_callback)
        if self.url.startswith("postgresql"):
            in_url = parse_qs(urlsplit(self.url).query)
            limits = {name: value for name, value in LIMITS.items() if name not in in_url}
            given = {**limits, **self.engine_options.get("connect_args", {})}
            in_utc = {**given, "options": f"{given.get('options', '')} -c timezone=utc".strip()}
            self.engine_options = {**self.engine_options, "connect_args": in_utc}

    def _create_tables(self) -> None:
        """Do nothing: the first operation creates the tables, so that a worker can start while the server is away."""

    def _ensure_retryable(
        self,
        operation: Callable[..., Passed],
        *args: Passed,
        fallback_exc: Callable[[str], Exception] | None = None,
        fallback_msg: str = "",
        **kwargs: Passed,
    ) -> Passed:
        """Repeat an operation after temporary errors; in a worker without a limit."""
        kwargs.pop("max_retries", None)
        end = time.monotonic() + _CLIENT_LIMIT_S
        pause_s = _FIRST_RETRY_S
        while True:
            try:
                answer = operation(*args, **kwargs)
            except SQLAlchemyError as error:
                if not _is_passing(error):
                    raise _translated(error, fallback_exc, fallback_msg) from error
                self.session_manager.invalidate(self.url)
                if is_persistent(self.app):
                    RESULT_OUTAGE.failed("The result backend does not answer", _described(error))
                elif time.monotonic() + pause_s > end:
                    raise OperationalError(f"{self.as_uri()}: {_described(error)}") from error
            else:
                RESULT_OUTAGE.over()
                return answer
            self._sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_RETRY_S)

    def _store_result(
        self,
        task_id: str,
        result: Passed,
        state: str,
        traceback: str | None = None,
        request: Passed = None,
        **_: Passed,
    ) -> None:
        """Write a row and notify the clients that wait for it (mirrors ``DatabaseBackend._store_result``).

        In PostgreSQL it is one statement. Stock Celery reads the row, locks it and writes it. A stored SUCCESS is never
        overwritten, nor another end by a RETRY.
        """
        if not self.url.startswith("postgresql"):
            super()._store_result(task_id, result, state, traceback, request)  # type: ignore[misc]
            return
        row = self.task_cls(task_id)
        self._update_result(row, result, state, traceback=traceback, request=request)
        with self.ResultSession() as session:
            connection = session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            connection.execute(*self._statement(row))

    def _statement(self, row: Passed) -> tuple[Passed, Settings]:
        """Return the statement that writes a row, as in Node (``backend/postgres/writer.js``), and its values."""
        names = [attribute.key for attribute in inspect(self.task_cls).column_attrs if attribute.key != "id"]
        if self._upsert is None:
            self._upsert = _upsert(self.task_cls.__table__, names)
        values = {f"new_{name}": getattr(row, name) for name in names}
        return self._upsert, {**values, "channel": self.channel}

    def _update_result(self, task: Passed, *args: Passed, **kwargs: Passed) -> None:
        """Fill in a row (mirrors ``DatabaseBackend._update_result``).

        Texts are cut to their columns, and have no characters that PostgreSQL refuses, as in Node
        (``backend/postgres/rows.js``): otherwise a task that has run would have no result.
        """
        super()._update_result(task, *args, **kwargs)  # type: ignore[misc]
        for name in _TEXTS:
            text = getattr(task, name, None)
            if isinstance(text, str):
                setattr(task, name, _storable(text, None if name == "traceback" else _MAX_NAME))

    def _decode_stored_result(self, payload: bytes | None) -> Passed:
        """Decode a stored value (mirrors ``DatabaseBackend._decode_stored_result``).

        Raises:
            kombu.exceptions.ContentDisallowed: it is a pickle, and this app does not accept pickles.
        """
        if bytes(payload or b"").startswith(_PICKLE) and "application/x-python-serialize" not in self.accept:
            raise ContentDisallowed(
                "the stored result is a pickle, as Celery before 5.7 and result_serializer='pickle' write it, and "
                "loading a pickle can run any code. To read it anyway, add 'pickle' to result_accept_content"
            )
        return super()._decode_stored_result(payload)  # type: ignore[misc]

    @property
    def channel(self) -> str:
        """The ``NOTIFY`` channel of stored results, the same as in Node (``backend/postgres/tables.js``)."""
        table = self.task_cls.__table__
        return f"celery.{table.schema or ''}.{table.name}"[:_CHANNEL_LENGTH]

    def wait_for(
        self, task_id: str, timeout: float | None = None, on_interval: Callable[[], None] | None = None, **_: Passed
    ) -> Passed:
        """Wait for a result (mirrors ``SyncBackendMixin.wait_for``).

        Raises:
            celery.exceptions.TimeoutError: it is not there in time.
            kombu.exceptions.OperationalError: the server cannot be reached.
        """
        end = None if timeout is None else time.monotonic() + timeout
        pause_s = _FIRST_PAUSE_S
        meta = self.get_task_meta(task_id)
        with nullcontext(Event()) if meta["status"] in states.READY_STATES else self._stored(task_id) as stored:
            while meta["status"] not in states.READY_STATES:
                if on_interval:
                    on_interval()
                left_s = pause_s if end is None else end - time.monotonic()
                if left_s <= 0:
                    raise ResultTimeoutError("The operation timed out.")
                if stored.wait(min(pause_s, left_s)):
                    stored.clear()
                else:
                    pause_s = min(pause_s * _GROWTH, _LONGEST_PAUSE_S)
                meta = self.get_task_meta(task_id)
        return meta

    def is_cached(self, task_id: str) -> bool:
        """Whether the error of a chord may name this part (mirrors ``Backend.is_cached``), as with Redis and in Node.

        ``celery.chord_unlock`` alone asks. Celery looks for the part in its memory, and keeps no failures there.
        """
        return bool(self.get_task_meta(task_id)["status"] in states.READY_STATES)  # a nested group has no row

    def _stored(self, task_id: str) -> AbstractContextManager[Event]:
        """Return an event that is set when a worker announces a result of this task."""
        if not self.url.startswith(PSYCOPG):
            return nullcontext(Event())
        if self._notices is None or self._notices[0] != os.getpid():
            self._notices = (os.getpid(), Notices(self._connect_to_listen, self.channel))
        return self._notices[1].of(task_id)

    def _connect_to_listen(self) -> Passed:
        return self._connect_alone(fallback_application_name="celery-reliable-waiting")

    def _connect_alone(self, **given: Passed) -> Passed:
        given = {**self.engine_options.get("connect_args", {}), **given}
        return self._connect(self.url.replace(PSYCOPG, "postgresql:", 1), autocommit=True, **given)

    def _connect(self, *args: Passed, **kwargs: Passed) -> Passed:
        from celery_reliable.database_connection import Connection

        connection = Connection.connect(*args, **kwargs)
        if is_persistent(self.app):
            connection.silence_s = WORKER_SILENCE_S
        return connection

    def try_to_write(self, within_s: float) -> None:
        """Ask whether the server takes results, on a connection of its own.

        Raises kombu.exceptions.OperationalError if it is away, silent, or a standby.
        """
        if not self.url.startswith((PSYCOPG, "postgresql:")) or find_spec("psycopg") is None:
            return
        from psycopg import Error

        try:
            with self._connect_alone(connect_timeout=max(2, int(within_s))) as connection:
                connection.silence_s = within_s
                if connection.execute("SHOW transaction_read_only").fetchone()[0] == "on":
                    raise OperationalError("the server is read-only")
        except Error as error:
            raise OperationalError(str(error)) from error

    def _cleanup(self) -> None:
        if self.expires:
            with long_operation():
                super()._cleanup()  # type: ignore[misc]


def _upsert(table: Passed, names: list[str]) -> Passed:
    """Return a statement that updates or inserts a row, and notifies the clients that wait for it.

    It updates first and inserts only if there is no row, because a plain ``ON CONFLICT`` would use up a number of the
    sequence for each state of a task, and Celery's ids are INTEGER. The conflict is with a process that inserts the row
    at the same time.
    """
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    is_same, stored = table.c.task_id == values["task_id"], func.coalesce(table.c.status, "")
    is_open = or_(
        stored.notin_(states.READY_STATES),
        and_(stored != states.SUCCESS, values["status"] != states.RETRY),
    )
    known = update(table).where(is_same, is_open).values(values).cte("known")
    new = insert(table).from_select(names, select(*values.values()).where(~exists().where(is_same).correlate(None)))
    new = new.on_conflict_do_update(
        index_elements=["task_id"], set_={name: new.excluded[name] for name in names}, where=is_open
    )
    return select(func.pg_notify(bindparam("channel"), values["task_id"])).add_cte(known, new.cte("new"))


def _is_passing(error: SQLAlchemyError) -> bool:
    """Whether a later attempt may succeed: the server is away, starts, stops, or has become a replica."""
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) in _PASSING
    # An IntegrityError: another process has stored the first state of this task at the same time.
    return not isinstance(error, DataError) or isinstance(error, IntegrityError)


def _translated(
    error: SQLAlchemyError, fallback_exc: Callable[[str], Exception] | None, fallback_msg: str
) -> Exception:
    if fallback_exc is None:
        return error
    translated = fallback_exc(f"{fallback_msg}: {_described(error)}")
    return translated if isinstance(translated, BackendStoreError) else OperationalError(_described(error))


def _storable(text: str, length: int | None) -> str:
    """Return a text without zeros and half surrogate pairs, which have no bytes in PostgreSQL."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")[:length]


def _described(error: SQLAlchemyError) -> str:
    """The server's message, in one line. SQLAlchemy would add the statement and its values."""
    text = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return " ".join(text.split())
