"""Which server a command uses. One rule: what is set wins.

1. `JOBS_BROKER_URL` in the environment, or `REDIS_URL`, which other programs know, too;
2. `JOBS_BROKER_URL` in configmaps/shared.env, where it is not the default;
3. otherwise the embedded server, on PORT.

Results go where `JOBS_RESULT_BACKEND` says, in the environment or (not the default) in the file; otherwise to
the same server.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from scripts import environment, server
from scripts.environment import server_variables
from scripts.failure import CommandFailed
from scripts.steps import Workbench

ANSWERS_WITHIN_S = 5.0
DEFAULT_PORT = 6379

DEFAULT_SERVER = server_variables(server.url(DEFAULT_PORT))

BROKER = "JOBS_BROKER_URL"
RESULTS = "JOBS_RESULT_BACKEND"
SHORT = "REDIS_URL"


@dataclass(frozen=True)
class Setting:
    """A URL that the user has set, and where: a variable's name, and its file if it is in one."""

    url: str
    variable: str
    file: str = ""

    @property
    def shown(self) -> str:
        """How it is named to the user."""
        return f"{self.variable} {without_password(self.url)}" + (f" ({self.file})" if self.file else "")


@dataclass(frozen=True)
class Choice:
    """What the user has set; None where the embedded server is to be used."""

    broker: Setting | None
    results: Setting | None

    def variables(self, embedded: str) -> dict[str, str]:
        """The variables of the workers and clients, with the embedded server's URL where nothing is set."""
        broker = self.broker.url if self.broker else embedded
        return server_variables(broker, self.results.url if self.results else "")


def choose() -> Choice:
    """Reads what is set. Raises CommandFailed when two variables name two servers."""
    broker, short = _in_environment(BROKER), _in_environment(SHORT)
    if broker and short and broker.url != short.url:
        raise CommandFailed(f"{short.shown} and {broker.shown} are two servers: set one of the two")
    return Choice(broker or short or _in_file(BROKER), _in_environment(RESULTS) or _in_file(RESULTS))


def in_environment() -> list[str]:
    """The variables of the environment that name a server."""
    return [variable for variable in (BROKER, SHORT, RESULTS) if _in_environment(variable)]


@contextmanager
def reachable(
    bench: Workbench, choice: Choice, data: Path, log: Path, port: int | None = None
) -> Iterator[dict[str, str]]:
    """Yields the variables of a server that answers; an embedded one is stopped on leaving.

    Raises CommandFailed when a server that is set cannot be reached, or the embedded one does not start.
    """
    for setting in filter(None, (choice.broker, choice.results)):
        _connect(setting)
        bench.console.note("server" if setting is choice.broker else "results", setting.shown)
    if choice.broker is not None:
        yield choice.variables(choice.broker.url)
        return
    with server.running(bench, data, log, port) as url:
        yield choice.variables(url)


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "'**'"
    if parts.password is None:
        return url
    return parts._replace(netloc=f"{parts.username or ''}:***@{parts.netloc.rpartition('@')[2]}").geturl()


def _in_environment(variable: str) -> Setting | None:
    url = os.environ.get(variable, "").strip()
    return Setting(url, variable) if url else None


def _in_file(variable: str) -> Setting | None:
    url = environment.files(environment.SHARED).get(variable, "").strip()
    return (
        Setting(url, variable, "configmaps/shared.env") if url not in ("", server.url(DEFAULT_PORT)) else None
    )


def _connect(setting: Setting) -> None:
    """Workers wait for a server that is not there; a user who asked for a demo is told."""
    try:
        with _socket_to(urlsplit(setting.url)) as connection:
            connection.close()
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{setting.shown} cannot be reached: {error}") from error


def _socket_to(parts: SplitResult) -> socket.socket:
    if parts.scheme in ("redis", "rediss"):
        address = (parts.hostname or server.HOST, parts.port or DEFAULT_PORT)
        return socket.create_connection(address, timeout=ANSWERS_WITHIN_S)
    if parts.scheme in ("redis+socket", "socket"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(parts.path)
        return connection
    raise ValueError(f"the scheme {parts.scheme!r} is none of redis, rediss, redis+socket")
