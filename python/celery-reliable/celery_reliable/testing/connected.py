"""Points an app of this process at other servers for a while, with new connections."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery

from celery_reliable.types import App, Settings


@contextmanager
def connected(app: Celery, url: str) -> Iterator[Celery]:
    """Have an app send tasks to the server at ``url``, and read their results there, until the end of the block."""
    servers = {"broker_url": url, "broker_read_url": url, "broker_write_url": url, "result_backend": url}
    with changed_settings(app, servers), fresh_connections(app):
        yield app


@contextmanager
def changed_settings(app: App, settings: Settings) -> Iterator[None]:
    """Change settings of an app until the end of the block."""
    _ = app.conf.broker_url  # Celery reads an app's settings when the first one is accessed
    changes = app.conf.changes
    before = dict(changes)
    app.conf.update(settings)
    try:
        yield
    finally:
        changes.clear()
        changes.update(before)


@contextmanager
def fresh_connections(app: App) -> Iterator[None]:
    """Put an app's connections and its result backend aside until the end of the block, and close those made in it."""
    before = _take_connections(app)
    try:
        yield
    finally:
        _, _, backend = _take_connections(app)
        app._pool, app.amqp._producer_pool, backend_before = before
        if backend_before is not None:
            app._backend = backend_before
        if backend is not None:
            _close(backend)


def _take_connections(app: App) -> tuple[App, App, App]:
    taken = app._pool, app.amqp._producer_pool, app._backend
    app._pool = app.amqp._producer_pool = app._backend_cache = None
    vars(app._local).pop("backend", None)
    return taken


def _close(backend: App) -> None:
    # A result that is collected later would look for its server, and wait for it.
    backend.remove_pending_result = lambda result: result
    if (consumer := getattr(backend, "result_consumer", None)) is not None:
        consumer.stop()
