"""Chooses the server of a command. The first of these wins:

1. `JOBS_BROKER_URL` in the environment, or `REDIS_URL`, which many other programs use;
2. `JOBS_BROKER_URL` in configmaps/shared.env, unless it is the default;
3. the embedded server, on PORT.

Results go to `JOBS_RESULT_BACKEND`, from the environment or from the file unless it is the default there, and
otherwise to the same server, or to the embedded one if that is RabbitMQ, which keeps no results.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from scripts import environment, installed, server
from scripts.environment import server_variables
from scripts.failure import CommandFailed
from scripts.paths import DATA
from scripts.steps import Workbench

ANSWERS_WITHIN_S = 5.0
DEFAULT_PORT = 6379

# The schemes of servers at a host, and their usual ports.
_PORTS = {
    **dict.fromkeys(("redis", "rediss"), DEFAULT_PORT),
    "sentinel": 26379,
    **dict.fromkeys(("amqp", "pyamqp"), 5672),
    "amqps": 5671,
    **dict.fromkeys(("db+postgresql", "db+postgresql+psycopg", "db+postgresql+psycopg2"), 5432),
}

_SOCKETS = ("redis+socket", "socket")

DEFAULT_SERVER = server_variables(server.url(DEFAULT_PORT))

BROKER = "JOBS_BROKER_URL"
RESULTS = "JOBS_RESULT_BACKEND"
SHORT = "REDIS_URL"
NONE_INSTALLED = installed.Wanted()


@dataclass(frozen=True)
class Setting:
    """A URL that the user has set: the variable, and its file unless it is in the environment."""

    url: str
    variable: str
    file: str = ""

    @property
    def shown(self) -> str:
        """Returns it for a message, without the password."""
        return f"{self.variable} {without_password(self.url)}" + (f" ({self.file})" if self.file else "")

    @property
    def scheme(self) -> str:
        """Returns what is before `://`: of several URLs, in the first one."""
        return self.url.partition("://")[0]


@dataclass(frozen=True)
class Choice:
    """The user's servers; None for the embedded server."""

    broker: Setting | None
    results: Setting | None

    def variables(self, embedded: str) -> dict[str, str]:
        """Returns the variables of workers and clients; `embedded` is the URL of the embedded server."""
        broker = self.broker.url if self.broker else embedded
        shared = broker if self._keeps_results else embedded
        return server_variables(broker, self.results.url if self.results else shared)

    def needs_server(self, servers: installed.Wanted) -> bool:
        """Tells whether the embedded server is needed, for tasks or for results."""
        has_broker = self.broker is not None or servers.broker != ""
        has_results = self._keeps_results or self.results is not None or servers.results != ""
        return not (has_broker and has_results)

    @property
    def _keeps_results(self) -> bool:
        """Tells whether the user's broker keeps results as well, which RabbitMQ does not."""
        return self.broker is not None and "amqp" not in self.broker.url.split(":", 1)[0]


def choose(servers: installed.Wanted = NONE_INSTALLED) -> Choice:
    """Reads the user's settings.

    Raises CommandFailed when two settings name different servers, or one is not a valid URL.
    """
    broker, short = _in_environment(BROKER), _in_environment(SHORT)
    if broker and short and broker.url != short.url:
        raise CommandFailed(f"{short.shown} and {broker.shown} are different servers: set only one of them")
    choice = Choice(broker or short or _in_file(BROKER), _in_environment(RESULTS) or _in_file(RESULTS))
    for switch, value, setting in (
        ("BROKER", servers.broker, choice.broker),
        ("RESULTS", servers.results, choice.results),
    ):
        if value and setting:
            raise CommandFailed(
                f"{switch}={value} starts a server, but {setting.shown} names another: set only one of them"
            )
        if setting and setting.scheme not in (*_PORTS, *_SOCKETS):
            raise CommandFailed(f"{setting.shown}: {_unknown(setting.scheme)}")
    return choice


def in_environment() -> list[str]:
    """Returns the variables of the environment that name a server."""
    return [variable for variable in (BROKER, SHORT, RESULTS) if _in_environment(variable)]


@contextmanager
def reachable(
    bench: Workbench,
    choice: Choice,
    data: Path,
    log: Path,
    port: int | None = None,
    servers: installed.Wanted = NONE_INSTALLED,
    home: Path = DATA,
) -> Iterator[dict[str, str]]:
    """Yields the variables of a server that answers.

    Starts the embedded server if needed, and those of `servers`, whose data goes to `home`. Stops them at the
    end.

    Raises CommandFailed when the user's server cannot be reached, or the embedded one does not start.
    """
    for setting in filter(None, (choice.broker, choice.results)):
        _connect(setting)
        bench.console.note("server" if setting is choice.broker else "results", setting.shown)
    with ExitStack() as stack:
        urls = stack.enter_context(installed.running(bench, servers, home))
        url = choice.broker.url if choice.broker else urls.get(BROKER, "")
        if choice.needs_server(servers):
            url = stack.enter_context(server.running(bench, data, log, port))
        yield choice.variables(url) | urls


def without_password(url: str) -> str:
    """Returns the URL, or several separated by semicolons, with the passwords hidden.

    The password of a server that `make up` starts is shown, because the printed commands must work. It equals
    its user's name (guest, jobs), and the server listens only on this machine.
    """
    if ";" in url:
        return ";".join(map(without_password, url.split(";")))
    try:
        parts = urlsplit(url)
    except ValueError:
        return "'**'"
    parts = parts._replace(query=re.sub("(password=)[^&]*", r"\1***", parts.query))
    is_started_here = parts.hostname == server.HOST and parts.username == parts.password
    if parts.password is None or is_started_here:
        return parts.geturl()
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
    """Raises CommandFailed at once for an unreachable server; workers would wait for it."""
    # Of several servers, such as sentinels, one is enough.
    failures = []
    for url in setting.url.split(";"):
        try:
            with _socket_to(urlsplit(url)):
                return
        except (OSError, ValueError) as error:
            failures.append(error)
    raise CommandFailed(f"{setting.shown} cannot be reached: {failures[-1]}") from failures[-1]


def _socket_to(parts: SplitResult) -> socket.socket:
    if parts.scheme in _SOCKETS:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(parts.path)
        return connection
    if parts.scheme not in _PORTS:
        raise ValueError(_unknown(parts.scheme))
    address = (parts.hostname or server.HOST, parts.port or _PORTS[parts.scheme])
    return socket.create_connection(address, timeout=ANSWERS_WITHIN_S)


def _unknown(scheme: str) -> str:
    return f"unknown scheme {scheme}://; docs/settings.md lists the valid ones"
