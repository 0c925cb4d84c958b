"""Workers of each kind on one server, for remote control, and what their answers look like."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.workers import WorkerFactory

from .ledger import Ledger
from .matrix import Choice
from .workers import Kind, StartWorker, Target, client_for, close_client, wait_until_ready

CONTROL_KINDS = ("py", "reliable", "js")
ANSWERS_WITHIN_S = 2.0


def answers(
    app: Celery, command: str, arguments: dict[str, Any] | None = None, **options: Any
) -> list[dict[str, Any]]:
    """What workers answer to a command, each by its name."""
    return app.control.broadcast(command, arguments or {}, reply=True, **options) or []


@dataclass(frozen=True)
class Controlled:
    """A worker that gets commands. Its queue has its name."""

    app: Celery
    kind: str
    program: Program
    name: str

    @property
    def queue(self) -> Target:
        """Where it takes tasks from."""
        return Target(self.app, self.kind)

    def tell(self, command: str, **arguments: Any) -> Any:
        """Return its answer to a command that only it gets."""
        [answer] = answers(self.app, command, arguments, destination=[self.name], timeout=ANSWERS_WITHIN_S)
        return answer[self.name]


@pytest.fixture(scope="session")
def control_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "control-valkey")


@pytest.fixture(scope="session")
def controlled(
    control_server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Controlled]]:
    """One of each kind, with two processes or slots; started side by side."""
    factory = WorkerFactory(control_server.url, tmp_path_factory.mktemp("control-workers"))
    start = StartWorker(factory, control_server.url, python_pool="prefork")
    # On RabbitMQ a task that waits for its eta keeps its place in a Python worker, revoked or not.
    ahead = {"worker_prefetch_multiplier": 2 if Choice.pair.is_on_redis else 16}
    given: dict[str, Any] = {"concurrency": 2, "wait": False, "celery": ahead}
    programs = {
        "py": start(Kind.PYTHON, queues="py", **given),
        "reliable": start(Kind.PYTHON, queues="reliable", reliable={}, **given),
        "js": start(Kind.NODE, queues="js", **given),
    }
    wait_until_ready(programs.values())
    app = client_for(control_server.url)
    names = {
        queues[0]["name"]: name
        for each in answers(app, "active_queues", limit=3, timeout=5)
        for name, queues in each.items()
    }
    yield {kind: Controlled(app, kind, program, names[kind]) for kind, program in programs.items()}
    close_client(app)
    factory.close()


@pytest.fixture(params=CONTROL_KINDS)
def one(controlled: Mapping[str, Controlled], request: pytest.FixtureRequest) -> Controlled:
    """A worker of one kind."""
    return controlled[request.param]


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Path]:
    """For `work.gate`. It is open after the test, failed or not: other tests use the same workers."""
    gate = tmp_path / "gate"
    yield gate
    gate.touch()


@pytest.fixture
def running(one: Controlled, ledger: Ledger, gate: Path) -> Iterator[str]:
    """The id of a task that runs on it, until the test is over."""
    result = one.queue.send("work.gate", (ledger.path, "held", str(gate)))
    ledger.wait_for("start", label="held")
    yield result.id
    gate.touch()
    ledger.wait_for("end", label="held")


def shape(value: Any) -> Any:
    """Its fields and the kinds of their values; all numbers are alike, and so are text and nothing."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else "text or nothing"
