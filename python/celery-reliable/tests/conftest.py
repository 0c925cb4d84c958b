"""Fixtures: a server of the test's own, workers on it, a client's end, and the ledger that tasks write.

`deliver` says how the workers deliver: the tests of Celery's faults start both kinds, and show the fault in stock.
"""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, _state
from celery.app import builtins  # noqa: F401 its tasks are for all apps
from redis import Redis

from celery_reliable import ahead, ended, prefork
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

HERE = Path(__file__).parent
QUICK = ("--without-mingle", "--without-gossip", "--without-heartbeat")
LEASE_S = 2.0

StartWorker = Callable[..., Program]


@contextmanager
def own_tasks() -> Iterator[None]:
    """Keep the tasks that are made meanwhile from the apps made afterwards: Celery gives them to all of the process."""
    makers: set[Callable[[Celery], object]] = _state._on_app_finalizers  # type: ignore[attr-defined]
    known = set(makers)
    try:
        yield
    finally:
        makers.intersection_update(known)


@pytest.fixture(autouse=True)
def _own_tasks() -> Iterator[None]:
    with own_tasks():
        yield


class Clock:
    """Replaces the clock of a module: ``time.monotonic`` stands still until a test moves it."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the modules that decide what is due: taken ahead, ended, or not started."""
    made = Clock()
    for module in (ahead, ended, prefork):
        monkeypatch.setattr(module, "time", made)
    return made


class Ledger:
    """What tasks have noted, outside the server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()

    def __str__(self) -> str:
        return str(self.path)

    def count(self, what: str, label: str | None = None) -> int:
        """How often something was noted, of one label or of all."""
        lines = (line.split() for line in self.path.read_text().splitlines())
        return sum(line[0] == what and label in (None, line[1]) for line in lines)

    def runs(self) -> Counter[str]:
        """Label -> how often it began."""
        return Counter(line.split()[1] for line in self.path.read_text().splitlines() if line.startswith("begin"))


class Server(ValkeyServer):
    """The server, and where messages are on it."""

    def signal(self, signum: int) -> None:
        """Send it a signal: SIGSTOP, for instance."""
        os.kill(self.pid, signum)

    def held(self) -> int:
        """How many messages are recorded as unacknowledged."""
        return int(self.client.hlen("unacked"))

    def waiting(self, queue: str = "jobs") -> int:
        """How many messages wait in a queue's lists."""
        steps = ("", "\x06\x163", "\x06\x166", "\x06\x169")
        return sum(int(self.client.llen(f"{queue}{step}")) for step in steps)

    def dead(self, queue: str = "jobs") -> list[tuple[dict[str, Any], str]]:
        """The dead letters: why, and the message."""
        letters = [str(raw).partition("\n") for raw in self.client.lrange(f"{queue}.dead", 0, -1)]
        return [(json.loads(header), message) for header, _, message in letters]

    def is_clean(self) -> bool:
        """Whether nothing waits, and no trace of a held message is left."""
        traces = ("unacked", "unacked_index", "celery.leases", "celery.parked", "celery.started", "celery.deliveries")
        return self.waiting() == 0 and self.client.exists(*traces) == 0


def settings_for(url: str, **settings: Any) -> dict[str, Any]:
    """What workers and clients have in common, and what a test adds."""
    common = {
        "broker_url": url,
        "result_backend": url,
        "task_default_queue": "jobs",
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        "broker_connection_retry_on_startup": True,
        "task_publish_retry_policy": {"max_retries": 20, "interval_start": 0.1, "interval_max": 0.5},
    }
    return common | settings


def client_app(url: str, **settings: Any) -> Celery:
    """An app without tasks and without the package, as a client is."""
    app = Celery("reliable_client", set_as_current=False)
    app.config_from_object(settings_for(url, **settings))
    return app


def kill_all(program: Program) -> None:
    """SIGKILL to a worker and its children at once: a machine that is gone."""
    program.signal(signal.SIGSTOP)  # so that the parent starts no child while they are counted
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    program.kill()
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("valkey"))
    yield running
    running.close()


@pytest.fixture
def redis(server: Server) -> Iterator[Redis]:
    client = server.client
    yield client
    client.close()


@pytest.fixture
def start(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartWorker]:
    """`start(pool=..., concurrency=..., delivery="stock", settings={...}, lease_s=...)`: a worker that is ready."""
    factory = WorkerFactory(server.url, tmp_path_factory.mktemp("workers"))
    programs: list[Program] = []

    def start_worker(
        pool: str = "prefork",
        concurrency: int = 2,
        delivery: str = "reliable",
        settings: dict[str, Any] | None = None,
        queues: str = "jobs",
        arguments: tuple[str, ...] = QUICK,
        wait: bool = True,
        url: str | None = None,
        env: dict[str, str] | None = None,
        **options: Any,
    ) -> Program:
        given = {
            "delivery": delivery,
            "settings": settings_for(url or server.url, **(settings or {})),
            "options": {"lease_s": LEASE_S} | options,
        }
        more = (*arguments, "--pool", pool, "--concurrency", str(concurrency))
        variables = {"RELIABLE_TEST": json.dumps(given), **(env or {})}
        programs.append(factory.python(queues, variables, "worker_app", arguments=more, cwd=HERE, wait=wait))
        return programs[-1]

    yield start_worker
    for program in programs:
        program.kill()  # an orderly stop takes seconds, and has its own tests
    factory.close()


@pytest.fixture
def client(server: Server) -> Iterator[Celery]:
    app = client_app(server.url)
    yield app
    # A result unsubscribes when it is collected, which may be later: it would look for the server for long.
    app.backend.__dict__["remove_pending_result"] = lambda result: result
    app.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """What `hold` waits for: a file that the test makes with `touch`."""
    return tmp_path / "gate"


def answers(client: Celery, method: str, **arguments: Any) -> list[dict[str, Any]]:
    """What the worker answers to a command."""
    found = client.control.broadcast(method, arguments, reply=True, timeout=5, limit=1) or []
    return [dict(reply) for answer in found for reply in answer.values()]
