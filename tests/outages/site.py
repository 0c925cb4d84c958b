"""The target of an outage: a server with both workers and both clients, each behind its own proxy."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from redis import Redis

from scripts.environment import server_variables
from scripts.paths import PYTHON_PROJECT, ROOT, VENV_PYTHON
from scripts.processes import Command
from scripts.workers import says_ready
from tests.support.programs import Program
from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

WORKERS = ("python", "node")
LEASE_S = 5
READY_WITHIN_S = 120.0
USER, PASSWORD = "app", "secret"
HARNESS = "harness"
# A server that is killed must not take confirmed writes with it.
ENVIRONMENT = {
    "JOBS_LEASE_S": str(LEASE_S),
    "JOBS_LOG_LEVEL": "info",
    "JOBS_TASK_ROUTES": "outages.python=py-queue,outages.node=js-queue,outages.echo=echo",
    "JOBS_DEFAULT_QUEUE": "nowhere",
    "PYTHONPATH": str(PYTHON_PROJECT),
}


def _user(name: str, password: str) -> tuple[str, ...]:
    return ("--user", name, "on", f">{password}", "~*", "&*", "+@all")


# A server that is killed must not take confirmed writes with it. What is done to the default user, who has no
# password, and to that of workers and clients is not done to the harness.
SERVER_OPTIONS = (
    *("--appendfsync", "always", "--repl-diskless-sync-delay", "0"),
    *_user(USER, PASSWORD),
    *_user(HARNESS, HARNESS),
)
_HERE = Path(__file__).parent
_CELERY: Command = [VENV_PYTHON, "-m", "celery", "-A", "tests.outages.py_worker", "worker"]
_COMMANDS: dict[str, Command] = {
    "python worker": [*_CELERY, "--queues", "py-queue", "--hostname", "python@site", "--loglevel", "info"],
    "node worker": ["node", _HERE / "js_worker.mjs", "--hostname", "node@site"],
    "python client": [VENV_PYTHON, "-m", "tests.outages.py_client"],
    "node client": ["node", _HERE / "js_client.mjs"],
}


class Site:
    """Everything of one scenario; its workers are ready when the constructor returns.

    `redis` is connected before the outage and keeps that connection while others are refused.
    """

    def __init__(self, folder: Path, server_options: Sequence[str] = (), *, as_user: bool = False) -> None:
        self.folder = folder
        self.runs_path = folder / "runs"
        self._as_user = as_user
        with ExitStack() as stack:
            self.server = ValkeyServer(folder / "valkey", (*SERVER_OPTIONS, *server_options))
            stack.callback(lambda: self.server.close())
            self.redis: Redis = stack.enter_context(closing(self.server.client))
            self.proxies: dict[str, Proxy] = {}
            self.programs: dict[str, Program] = {}
            for name in _COMMANDS:
                self.proxies[name] = stack.enter_context(closing(Proxy(self.server.port)))
            for name in _COMMANDS:
                self.programs[name] = stack.enter_context(closing(self._start(name)))
            self._wait_until_working()
            self._stack = stack.pop_all()

    @property
    def port(self) -> int:
        """Where the server is that workers and clients talk to."""
        return self.server.port

    def calls_path(self, client: str) -> Path:
        """The ledger of a client ("python" or "node")."""
        return self.folder / f"{client} client.calls"

    def move_to(self, server: ValkeyServer) -> None:
        """Let new connections lead to another server; the present ones stay where they are."""
        for proxy in self.proxies.values():
            proxy.move(server.port)
        self.server, self.redis = server, server.client

    def on_close(self, callback: Callable[[], object]) -> None:
        """Call this when the site is closed."""
        self._stack.callback(callback)

    def cut(self) -> None:
        """Close every connection of workers and clients."""
        for proxy in self.proxies.values():
            proxy.cut()

    def close(self) -> None:
        """Stop all of it."""
        self._stack.close()

    def _start(self, name: str) -> Program:
        login = f"{USER}:{PASSWORD}@" if self._as_user else ""
        url = f"redis://{login}127.0.0.1:{self.proxies[name].port}/0"
        language, _, role = name.partition(" ")
        ledger = self.runs_path if role == "worker" else self.calls_path(language)
        variables = {"OUTAGES_LEDGER": str(ledger)}
        env = {**clean_environment(), **ENVIRONMENT, **server_variables(url), **variables}
        return Program(name, _COMMANDS[name], cwd=ROOT, env=env, log=self.folder / f"{name}.log")

    def _wait_until_working(self) -> None:
        for name in ("python worker", "node worker"):
            log = self.programs[name]
            wait_until(lambda: any(map(says_ready, log.log.splitlines())), READY_WITHIN_S, f"a ready {name}")  # noqa: B023
