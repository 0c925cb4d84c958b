"""The servers of this machine that `make up BROKER=rabbitmq RESULTS=postgres` starts.

Their data stays in .data; that of `make demo` is removed. They listen on this machine only, without
passwords or with RabbitMQ's usual one.
"""

import os
import pwd
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import server
from scripts.failure import CommandFailed
from scripts.paths import DATA
from scripts.processes import Command, Process
from scripts.steps import Workbench

STARTS_WITHIN_S = 90.0
STOPS_WITHIN_S = 20.0
BROKER, RESULTS = "JOBS_BROKER_URL", "JOBS_RESULT_BACKEND"
_RABBITMQ_PORT, _POSTGRES_PORT = 5672, 5432
# Where Erlang's packages have it: Debian's, Homebrew's.
_EPMD = ("/usr/lib/erlang/bin/epmd", "/opt/homebrew/bin/epmd", "/usr/local/bin/epmd")


@dataclass(frozen=True)
class Wanted:
    """The values of BROKER and RESULTS; empty for Redis or Valkey."""

    broker: str = ""
    results: str = ""

    def variables(self) -> dict[str, str]:
        """Returns the URLs at the usual ports, to check settings before anything starts."""
        broker = {BROKER: rabbitmq_url(_RABBITMQ_PORT)} if self.broker else {}
        return broker | ({RESULTS: postgres_url(_POSTGRES_PORT)} if self.results else {})


def wanted(broker: str, results: str) -> Wanted:
    """Reads BROKER and RESULTS. Raises CommandFailed for a server that the template does not know."""
    for variable, value, other in (("BROKER", broker, "rabbitmq"), ("RESULTS", results, "postgres")):
        if value not in ("", "redis", other):
            raise CommandFailed(f"invalid {variable}={value}: use redis or {other}")
    return Wanted(broker.replace("redis", ""), results.replace("redis", ""))


def rabbitmq_url(port: int, host: str = server.HOST, user: str = "guest:guest") -> str:
    """Returns the URL of a RabbitMQ server's default virtual host."""
    return f"amqp://{user}@{host}:{port}//"


def postgres_url(port: int, host: str = server.HOST, user: str = "jobs", database: str = "postgres") -> str:
    """Returns the URL of results in a PostgreSQL server."""
    return f"db+postgresql://{user}@{host}:{port}/{database}"


@contextmanager
def running(bench: Workbench, servers: Wanted, home: Path = DATA) -> Iterator[dict[str, str]]:
    """Runs these servers with their data below a folder, and yields the variables that name them.

    Raises CommandFailed when one is not installed, or does not start.
    """
    programs = [_find_rabbitmq()] if servers.broker else []
    programs += [_find_postgres()] if servers.results else []
    with ExitStack() as stack:
        urls: dict[str, str] = {}
        if servers.broker:
            urls[BROKER] = stack.enter_context(_rabbitmq(bench, programs[0], home))
        if servers.results:
            urls[RESULTS] = stack.enter_context(_postgres(bench, programs[-1], home))
        yield urls


def _find_rabbitmq() -> Path:
    folders = [Path("/usr/lib/rabbitmq/bin"), Path("/opt/homebrew/sbin"), Path("/usr/local/sbin")]
    return _find("BROKER=rabbitmq", "RabbitMQ", "RABBITMQ_SERVER", folders, "rabbitmq-server")


def _find_postgres() -> Path:
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(debian, key=lambda folder: -float(folder.parent.name))
    return _find("RESULTS=postgres", "PostgreSQL", "POSTGRES_SERVER", folders, "postgres")


def _find(switch: str, name: str, variable: str, folders: list[Path], program: str) -> Path:
    """Returns the program: of the variable, of PATH, or of a folder. Raises CommandFailed without one."""
    on_path = shutil.which(program)
    places: list[str | Path] = [
        os.environ.get(variable, ""),
        *(folder / program for folder in folders),
        on_path or "",
    ]
    found = next((Path(place) for place in places if place and Path(place).is_file()), None)
    if found is None:
        package = "postgresql" if program == "postgres" else program
        setting = BROKER if "BROKER" in switch else RESULTS
        raise CommandFailed(
            f"{switch}: {name} is not installed here. Install it (Debian: apt-get install {package}), name "
            f"its program {program!r} in {variable}, use a server that runs with {setting}=..., or "
            f"`make workers_up {switch}` with Docker"
        )
    return found.resolve()


@contextmanager
def _rabbitmq(bench: Workbench, program: Path, home: Path) -> Iterator[str]:
    port = _port(_RABBITMQ_PORT)
    folder = _folder(home / "rabbitmq" / str(port))
    with _name_server(bench, folder) as names, _rabbitmq_at(bench, program, port, folder, names) as url:
        yield url


@contextmanager
def _name_server(bench: Workbench, folder: Path) -> Iterator[dict[str, str]]:
    """Runs Erlang's `epmd`, and yields the variables that name it.

    Erlang would start one that outlives the server, and in some packages of Debian it starts none.
    """
    program = shutil.which("epmd") or next(filter(os.path.isfile, _EPMD), None)
    if program is None:
        yield {}
        return
    port = server.free_port()
    command: Command = [program, "-address", server.HOST, "-port", str(port)]
    with _started(bench, "rabbitmq epmd", command, folder, {}, lambda: not server.is_port_free(port)):
        bench.console.end("rabbitmq epmd", f"Erlang's name server on port {port}")
        yield {"ERL_EPMD_PORT": str(port)}


@contextmanager
def _rabbitmq_at(
    bench: Workbench, program: Path, port: int, folder: Path, names: Mapping[str, str]
) -> Iterator[str]:
    settings = {
        "default_user": "guest",
        "default_pass": "guest",
        # In ms. Twice the default JOBS_TASK_TIME_LIMIT_S: a message may wait in a worker for another task.
        "consumer_timeout": 3_600_000,
    }
    (folder / "rabbitmq.conf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    (folder / "plugins").write_text("[].\n")
    env = {**rabbitmq_environment(folder, f"jobs{port}@localhost", port, server.free_port()), **names}
    with _started(bench, "rabbitmq server", [program], folder, env, lambda: _speaks_amqp(port)):
        bench.console.end("rabbitmq server", rabbitmq_url(port))
        yield rabbitmq_url(port)


def rabbitmq_environment(folder: Path, name: str, port: int, distribution: int) -> dict[str, str]:
    """Returns the variables of a node that keeps everything in a folder, and serves this machine only.

    `distribution`: the port of Erlang's own protocol.
    """
    return {
        "HOME": str(folder),
        "ERL_EPMD_ADDRESS": server.HOST,
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_NODE_IP_ADDRESS": server.HOST,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        # It listens on all addresses of the machine by default.
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
    }


@contextmanager
def _postgres(bench: Workbench, program: Path, home: Path) -> Iterator[str]:
    port = _port(_POSTGRES_PORT)
    folder = _folder(home / "postgres" / str(port))
    as_user, data = _as_user(folder), folder / "data"
    if not (data / "PG_VERSION").exists():
        initdb = [
            *as_user,
            program.with_name("initdb"),
            "-D",
            data,
            "-U",
            "jobs",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        _run(bench, "postgres initdb", initdb, folder)
    listens: Command = ["-k", folder, "-p", str(port), "-c", f"listen_addresses={server.HOST}"]
    command: Command = [*as_user, program, "-D", data, *listens]
    with _started(bench, "postgres server", command, folder, {}, lambda: _accepts_queries(port)):
        bench.console.end("postgres server", postgres_url(port))
        yield postgres_url(port)


@contextmanager
def _started(
    bench: Workbench,
    name: str,
    command: Command,
    folder: Path,
    env: Mapping[str, str],
    answers: Callable[[], bool],
) -> Iterator[None]:
    """Runs a server until the end of the block. Raises CommandFailed when it does not answer in time."""
    bench.console.begin(name, "starting")
    log = folder / f"{name.split()[-1]}.log"
    process = bench.group.start(name, command, cwd=folder, env={**os.environ, **env}, log=log)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not answers():
            if process.exit_code is not None or time.monotonic() > deadline:
                raise CommandFailed(f"the {name} did not start", process.log_excerpt())
            bench.console.tick()
            bench.interruption.sleep()
        yield
    finally:
        bench.group.stop([process], STOPS_WITHIN_S)


def _run(bench: Workbench, name: str, command: Command, folder: Path) -> None:
    """Runs a program to its end. Raises CommandFailed when it fails."""
    process: Process = bench.group.start(name, command, cwd=folder, log=folder / "initdb.log")
    while process.exit_code is None:
        bench.interruption.sleep()
    if process.exit_code != 0:
        raise CommandFailed(f"{name} ended with {process.exit_code}", process.log_excerpt())


def _port(usual: int) -> int:
    """Returns the usual port, or a free one when another server has it."""
    return usual if server.is_port_free(usual) else server.free_port()


def _folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _as_user(folder: Path) -> list[str | Path]:
    """Returns words before PostgreSQL's programs, which refuse root: the folder is then another user's."""
    if os.getuid() != 0:
        return []
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    folder.parents[1].chmod(0o711)  # that of `make demo` is a temporary one
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _speaks_amqp(port: int) -> bool:
    """Tells whether the server answers the first bytes of AMQP 0-9-1 with a method."""
    return _ask(port, b"AMQP\x00\x00\x09\x01")[:1] == b"\x01"


def _accepts_queries(port: int) -> bool:
    """Tells whether the server answers a login of its protocol 3.0 without an error: it may still start."""
    words = b"user\x00jobs\x00database\x00postgres\x00\x00"
    login = (8 + len(words)).to_bytes(4, "big") + (196608).to_bytes(4, "big") + words
    return _ask(port, login)[:1] == b"R"


def _ask(port: int, question: bytes) -> bytes:
    try:
        with socket.create_connection((server.HOST, port), timeout=1) as connection:
            connection.sendall(question)
            return connection.recv(64)
    except OSError:
        return b""
