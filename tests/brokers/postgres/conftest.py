"""Fixtures of the tests with PostgreSQL: a server, and each language's end of the rows."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import celery_reliable
import pytest
from celery import Celery
from celery_reliable.recommended import recommended_settings

from .server import PostgresServer, served

DRIVER = Path(__file__).with_name("driver.mjs")
NO_BROKER = "redis://127.0.0.1:1/0"


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server of the test's own, which may stop and crash."""
    yield from served()


@pytest.fixture(scope="module")
def module_postgres() -> Iterator[PostgresServer]:
    yield from served()


class Node:
    """celery-js's result backend, in a separate program."""

    def __init__(self, url: str, **settings: Any) -> None:
        given = {"brokerUrl": NO_BROKER, "resultBackend": url, "resultExtended": True, **settings}
        command = ["node", str(DRIVER), json.dumps(given)]
        self._program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def call(self, method: str, *args: Any) -> Any:
        """Call a method of the driver. Raises RuntimeError with its error."""
        self.begin(method, *args)
        return self.end()

    def begin(self, method: str, *args: Any) -> None:
        assert self._program.stdin
        self._program.stdin.write(json.dumps([method, *args]) + "\n")
        self._program.stdin.flush()

    def end(self) -> Any:
        assert self._program.stdout
        answer = json.loads(self._program.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def close(self) -> None:
        self._program.communicate(timeout=20)


@pytest.fixture
def node(module_postgres: PostgresServer) -> Iterator[Node]:
    program = Node(module_postgres.url)
    yield program
    program.close()


def client(url: str, **settings: Any) -> Celery:
    """A Python app with the template's settings."""
    app = Celery("rows", set_as_current=False)
    app.config_from_object(recommended_settings(NO_BROKER, url) | settings)
    celery_reliable.install(app)
    return app


def stock(url: str, **settings: Any) -> Celery:
    """A stock Celery app; its session is in UTC, as docs/settings.md says."""
    app = Celery("stock", set_as_current=False, broker=NO_BROKER, backend=url)
    utc = {"connect_args": {"options": "-c timezone=utc"}}
    app.conf.update({"result_extended": True, "database_engine_options": utc, **settings})
    return app


@pytest.fixture(params=["reliable", "stock"])
def python(module_postgres: PostgresServer, request: pytest.FixtureRequest) -> Celery:
    make = client if request.param == "reliable" else stock
    return make(module_postgres.url)
