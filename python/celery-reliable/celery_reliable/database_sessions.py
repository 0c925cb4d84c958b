"""The sessions of results in a database, on connections that are kept."""

from collections.abc import Callable

from celery.backends.database.session import SessionManager
from sqlalchemy import event

from celery_reliable.types import Passed

#: How the URL of the driver begins that can wait for notifications.
PSYCOPG = "postgresql+psycopg:"


class PooledSessions(SessionManager):
    """Keeps connections open in every process. A forked child does not use its parent's.

    ``connect`` opens one of psycopg, from what SQLAlchemy has read from the URL.
    """

    _engines: dict[str, Passed]
    _sessions: dict[str, Passed]

    def __init__(self, connect: Callable[..., Passed], **options: Passed) -> None:
        super().__init__(**options)
        self.forked = True
        self._connect = connect

    def get_engine(self, dburi: str, **kwargs: Passed) -> Passed:
        """Return the engine of a URL (mirrors ``SessionManager.get_engine``), which connects as we do."""
        is_new = dburi not in self._engines
        engine = super().get_engine(dburi, **kwargs)
        if is_new and engine.driver == "psycopg":
            event.listen(engine, "do_connect", lambda _dialect, _record, args, named: self._connect(*args, **named))
        return engine

    def prepare_models(self, engine: Passed) -> None:
        """Make the tables (mirrors ``SessionManager.prepare_models``, which tries ten times, also without a server)."""
        if not self.prepared:
            engine.connect().close()
            super().prepare_models(engine)

    def invalidate(self, dburi: str) -> None:
        """Forget the connections after an error (mirrors ``SessionManager.invalidate``).

        It also checks for the tables again, because someone may have dropped them.
        """
        super().invalidate(dburi)  # type: ignore[misc]
        self.prepared = False

    def _after_fork(self) -> None:
        for engine in self._engines.values():
            engine.dispose(close=False)
        self._engines.clear()
        self._sessions.clear()
