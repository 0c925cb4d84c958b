"""The pytest plugin: the fixtures ``eager_app``, ``live_server`` and ``live_worker``.

pytest loads it by itself. The setting ``celery_app`` names the app, as ``celery -A`` takes it::

    [tool.pytest.ini_options]
    celery_app = "py_workers.worker"
"""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from celery_reliable.types import App

if TYPE_CHECKING:
    from celery_reliable.testing import EagerApp, LiveWorker

_QUICK = ("--without-mingle", "--without-gossip", "--loglevel", "INFO")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting ``celery_app``."""
    help_text = "the Celery app of eager_app and live_worker, as `celery -A` takes it: py_workers.worker"
    parser.addini("celery_app", help_text, default="")


@pytest.fixture
def eager_app(pytestconfig: pytest.Config) -> "Iterator[EagerApp]":
    """The app, whose tasks run in the test's process, without a server."""
    from celery_reliable.testing import eager

    with eager(_app(pytestconfig)) as app:
        yield app


@pytest.fixture(scope="session")
def live_server() -> Iterator[str]:
    """The URL of a server that runs until the last test, empty at first."""
    from celery_reliable.testing import live_server

    with live_server() as url:
        yield url


@pytest.fixture(scope="session")
def _live_worker(pytestconfig: pytest.Config, live_server: str) -> "Iterator[LiveWorker]":
    from celery_reliable.testing import live_worker

    _app(pytestconfig)  # raises a configuration error before a process is started
    command = [sys.executable, "-m", "celery", "-A", pytestconfig.getini("celery_app"), "worker", *_QUICK]
    with live_worker(command, live_server) as worker:
        yield worker


@pytest.fixture
def live_worker(pytestconfig: pytest.Config, _live_worker: "LiveWorker") -> "Iterator[LiveWorker]":
    """A worker of the app, which runs until the last test; the app in this process sends to it."""
    from celery_reliable.testing import connected

    with connected(_app(pytestconfig), _live_worker.url):
        yield _live_worker


def _app(config: pytest.Config) -> App:
    from celery.app.utils import find_app

    name = config.getini("celery_app")
    if not name:
        raise pytest.UsageError(
            "eager_app and live_worker need to know the app: set celery_app in pytest's settings to what "
            '`celery -A` takes, for example celery_app = "py_workers.worker"'
        )
    return find_app(name)
