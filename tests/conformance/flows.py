"""Workers of both languages that run workflows, and the signatures of their tasks."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, canvas, chain, chord, chunks, group, signature, xmap, xstarmap
from redis import Redis

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import wait_until_all_settled
from .canvas_client import JsCanvas
from .external import replacement
from .matrix import Choice
from .workers import (
    RESULT_WITHIN_S,
    Target,
    client_for,
    close_client,
    launch,
    settings_for,
    wait_until_ready,
)

# The workers, and the client that builds the workflows: Celery's unless named otherwise.
FLOW_KINDS = ("py", "reliable", "js", "mixed", "py-from-js", "js-from-js")
Makers = dict[str, Callable[[], Any]]
Settle = Callable[["Flow", str], None]
StampingVisitor: Any = vars(canvas)["StampingVisitor"]  # Celery's types do not know it
QUEUES = {
    "py": ("py-flow",),
    "reliable": ("reliable-flow",),
    "js": ("js-flow",),
    "mixed": ("py-flow", "js-flow"),
    "own": ("jobs",),
}


@dataclass
class Flow:
    """Makes workflows for workers of a kind: of "mixed", one task after the other goes to the other language.

    With `js` the JavaScript client makes and sends them, by the same methods; else Celery does.
    """

    app: Celery
    kind: str
    js: JsCanvas | None = None
    _queues: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._queues = itertools.cycle(QUEUES[self.kind])

    @property
    def queue(self) -> str:
        """Where the next task goes."""
        return next(self._queues)

    def s(self, task: str, *args: Any, **options: Any) -> Any:
        """A task, named without "conformance."."""
        options = {"queue": self.queue, **options}
        return self.named(f"conformance.{task}", *args, **options)

    def si(self, task: str, *args: Any, **options: Any) -> Any:
        """A task that takes no further arguments."""
        return self.s(task, *args, **options).set(immutable=True)

    def add(self, *args: Any, **options: Any) -> Any:
        return self.s("basic.add", *args, **options)

    def named(self, name: str, *args: Any, **options: Any) -> Any:
        if self.js:
            return self.js.build("signature", name, args, options)
        return self.app.signature(name, args=args, options=options)

    def rebuilt(self, data: dict[str, Any]) -> Any:
        """The workflow whose dict this is."""
        return self.js.build("rebuild", data) if self.js else signature(data, app=self.app)

    def chain(self, *tasks: Any) -> Any:
        if self.js:
            return self.js.build("chain", *tasks)
        return chain(*tasks) if tasks else chain(app=self.app)

    def group(self, *tasks: Any) -> Any:
        if self.js:
            return self.js.build("group", *tasks)
        return group(*tasks) if tasks else group(app=self.app)

    def chord(self, header: Any, body: Any) -> Any:
        if self.js:
            return self.js.build("chord", header, body)
        return chord(header, body) if header else chord(header, body, app=self.app)

    def map(self, task: Any, items: Iterable[Any]) -> Any:
        if self.js:
            return self.js.build("map", dict(task), items)
        return xmap(task, items, app=self.app)

    def starmap(self, task: Any, items: Iterable[Any]) -> Any:
        if self.js:
            return self.js.build("starmap", dict(task), items)
        return xstarmap(task, items, app=self.app)

    def chunks(self, task: Any, items: Iterable[Any], size: int) -> Any:
        if self.js:
            return self.js.build("chunks", dict(task), items, size)
        return chunks(task, items, size, app=self.app)

    def stamp_by_visitor(self, workflow: Any, **stamps: Any) -> None:
        """Stamp every task that a visitor sees."""
        if self.js:
            workflow.stamp_by_visitor(**stamps)
        else:
            workflow.stamp(Stamper(stamps))

    @contextmanager
    def setting(self, **settings: Any) -> Iterator[None]:
        """Settings of the client, for the workflows that are made within."""
        before = {name: self.app.conf[name] for name in settings}
        if self.js:
            self.js.configure(settings)
        self.app.conf.update(settings)
        try:
            yield
        finally:
            self.app.conf.update(before)
            if self.js:
                self.js.configure({})

    def run(self, workflow: Any, *args: Any, **options: Any) -> Any:
        """Apply a workflow and return its result. Raises the errors of its tasks."""
        return workflow.apply_async(args, **options).get(timeout=RESULT_WITHIN_S)


class Stamper(StampingVisitor):  # type: ignore[misc]
    """Stamps every task."""

    def __init__(self, stamps: dict[str, Any]) -> None:
        self._stamps = stamps

    def on_signature(self, sig: Any, **headers: Any) -> dict[str, Any]:  # noqa: ARG002
        return dict(self._stamps)


@pytest.fixture(scope="session")
def flow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "flow-valkey")


@pytest.fixture
def flow_redis(flow_server: ValkeyServer) -> Iterator[Redis]:
    """The keys of the workflows' results."""
    client = flow_server.client
    yield client
    client.close()


@pytest.fixture(scope="session")
def flow_app(flow_server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Celery]:
    """A client of a worker of each kind, on its own queue, which also gets the built-in tasks."""
    factory = WorkerFactory(flow_server.url, tmp_path_factory.mktemp("flow-workers"))
    programs = [_start(factory, flow_server.url, kind) for kind in ("py", "reliable", "js")]
    wait_until_ready(programs)
    # A test that names no kind lets Python workers run `celery.chord_unlock`.
    routes = {"celery.*": {"queue": "py-flow"}} if Choice.pair.is_on_postgres else {}
    client = client_for(flow_server.url, task_routes=routes)
    yield client
    close_client(client)
    factory.close()


def _start(factory: WorkerFactory, url: str, kind: str) -> Program:
    """A worker on the queue of its kind."""
    [queue] = QUEUES[kind]
    celery = settings_for(url) | {"worker_concurrency": 4, "task_routes": {"celery.*": {"queue": queue}}}
    given: dict[str, Any] = {"celery": celery, "node": {"worker_soft_shutdown_timeout": 1}, "queues": queue}
    if external := replacement(kind):
        return external.start(factory, given, wait=False)
    return launch(factory, kind, given, () if kind == "js" else ("--pool", "threads"))


@pytest.fixture(scope="session")
def js_canvas(
    flow_server: ValkeyServer, flow_app: Celery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JsCanvas]:
    """The JavaScript client: one program for all scenarios."""
    log = tmp_path_factory.mktemp("js-canvas") / "errors.log"
    with JsCanvas(flow_server.url, flow_app, log) as client:
        yield client


@pytest.fixture
def own_flows(valkey: ValkeyServer, queue: Target, tmp_path: Path) -> Iterator[tuple[Flow, Flow]]:
    """Both clients, for the queue "jobs" of the test's own server."""
    with JsCanvas(valkey.url, queue.app, tmp_path / "js-canvas.log") as client:
        yield Flow(queue.app, "own"), Flow(queue.app, "own", client)


@pytest.fixture
def settle(flow_server: ValkeyServer) -> Iterator[Settle]:
    """`settle(flow, queue)` waits until all tasks have ended, and has a last one run on that queue.

    Without it, what a worker sends after it has stored a result could still be on its way.
    """
    redis = flow_server.client
    places = {"unacked"}.union(*QUEUES.values())

    def wait(flow: Flow, queue: str) -> None:
        wait_until(lambda: redis.exists(*places) == 0, RESULT_WITHIN_S, "the end of all tasks")
        flow.run(flow.s("basic.nothing", queue=queue))

    yield wait
    redis.close()


@pytest.fixture
def settle_own(valkey: ValkeyServer) -> Iterator[Callable[[], None]]:
    """Waits until nothing is left of the messages on the test's own server."""
    redis = valkey.client
    yield lambda: wait_until_all_settled(redis)
    redis.close()


# Instead of all workers, only those with features that a stock Celery worker lacks.
for_node_workers = pytest.mark.parametrize("flow", ["js", "js-from-js"], indirect=True)
for_our_workers = pytest.mark.parametrize("flow", ["reliable", "js", "js-from-js"], indirect=True)


@pytest.fixture(params=FLOW_KINDS)
def flow(flow_app: Celery, request: pytest.FixtureRequest) -> Flow:
    workers, _, client = str(request.param).partition("-from-")
    if Choice.pair.is_on_postgres:
        # Celery sends `celery.chord_unlock` where a workflow as body is routed: to these workers.
        flow_app.conf.update(task_routes={"celery.*": {"queue": QUEUES[workers][0]}})
    return Flow(flow_app, workers, request.getfixturevalue("js_canvas") if client else None)
