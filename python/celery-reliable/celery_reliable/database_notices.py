"""Wakes the clients of a process that wait for results in PostgreSQL (``LISTEN``). All of them share one connection.

Workers notify when they store a result; stock Celery's do not. So a client also checks by itself, as it does while the
server is away.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from celery_reliable.types import Module

# How long the connection is kept when no client waits, and how often that is checked.
_IDLE_S, _CHECK_S = 2.0, 0.5
_RECONNECT_S = 1.0
# How often a silent server is asked for an answer: what listens would not notice one that is away.
_SILENT_S = 5.0

#: Opens a connection of psycopg that commits by itself.
Connect = Callable[[], Module]


class Notices:
    """Those of one channel. Not to be used after a fork."""

    def __init__(self, connect: Connect, channel: str) -> None:
        self._connect = connect
        self._channel = channel
        self._lock = threading.Lock()
        self._waiting: dict[str, set[threading.Event]] = {}
        self._is_listening = False
        self._used_at = 0.0

    @contextmanager
    def of(self, task_id: str) -> Iterator[threading.Event]:
        """Yield an event that is set when a result of this task may have been stored."""
        stored = threading.Event()
        with self._lock:
            self._waiting.setdefault(task_id, set()).add(stored)
            if not self._is_listening:
                self._is_listening = True
                threading.Thread(target=self._run, name="celery-reliable-results", daemon=True).start()
        try:
            yield stored
        finally:
            with self._lock:
                self._waiting[task_id].discard(stored)
                if not self._waiting[task_id]:
                    del self._waiting[task_id]

    def _run(self) -> None:
        while self._goes_on():
            try:
                with self._connect() as connection:
                    self._listen(connection)
            except Exception:  # the clients that wait report it, as they check by themselves
                time.sleep(_RECONNECT_S)

    def _listen(self, connection: Module) -> None:
        from psycopg.sql import SQL, Identifier

        connection.execute(SQL("LISTEN {}").format(Identifier(self._channel)))
        with self._lock:
            waiting = [*self._waiting]
        self._wake(*waiting)  # their results may have been stored before
        asked_at = time.monotonic()
        while self._goes_on():
            for notice in connection.notifies(timeout=_CHECK_S):
                self._wake(notice.payload)
            if time.monotonic() - asked_at > _SILENT_S:
                connection.execute("SELECT 1")
                asked_at = time.monotonic()

    def _wake(self, *task_ids: str) -> None:
        with self._lock:
            for task_id in task_ids:
                for stored in self._waiting.get(task_id, ()):
                    stored.set()

    def _goes_on(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._waiting:
                self._used_at = now
            self._is_listening = now - self._used_at < _IDLE_S
            return self._is_listening
