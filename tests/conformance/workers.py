"""Workers of both languages with the same tasks, and a client's end of their queues."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from celery import Celery
from celery.canvas import Signature
from celery.result import AsyncResult

from scripts.paths import ROOT
from tests.support.programs import Program
from tests.support.workers import WorkerFactory

from .external import replacement
from .matrix import Choice, app_class, broker_url, for_node, results_url, settings_of

JS_WORKER = Path(__file__).with_name("js_worker.mjs")
PYTHON_APP = "tests.conformance.py_worker"
RESULT_WITHIN_S = 20


class Kind(StrEnum):
    """The language of a worker."""

    PYTHON = "python"
    NODE = "node"


KINDS = tuple(Kind)


@dataclass(frozen=True)
class Target:
    """A queue, as a Python client sees it. Tasks are named without "conformance."."""

    app: Celery
    queue: str

    def send(
        self, task: str, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None, **options: Any
    ) -> "AsyncResult[Any]":
        """Send a task with any arguments to the queue."""
        options = {"queue": self.queue, **options}
        return self.app.send_task(f"conformance.{task}", args, kwargs, **options)

    def call(
        self, task: str, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """Send a task and return its result; raises the task's exception."""
        return self.send(task, args, kwargs, **options).get(timeout=RESULT_WITHIN_S)

    def signature(self, task: str, args: Sequence[Any] = (), **options: Any) -> "Signature[Any]":
        """A task of this queue, for a workflow."""
        options = {"queue": self.queue, **options}
        return self.app.signature(f"conformance.{task}", args=tuple(args), options=options)


def servers_of(url: str) -> dict[str, Any]:
    """The servers, as settings of a JavaScript client."""
    return {_camel_case(name): value for name, value in for_node(settings_of(url)).items()}


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def settings_for(url: str) -> dict[str, Any]:
    """What workers and clients have in common."""
    return {
        "task_serializer": "json",
        "result_serializer": "json",
        "task_default_queue": "nowhere",
        "worker_prefetch_multiplier": 1,
        **settings_of(url),
    }


def client_for(url: str, **settings: Any) -> Celery:
    """A Celery app without tasks."""
    app = app_class()("conformance_client", set_as_current=False)
    if Choice.pair.is_on_postgres:  # stock Celery opens a connection for each look at a result
        app.loader.override_backends = {"db": "celery_reliable.database_results:DatabaseBackend"}
    app.conf.update(settings_for(url) | {"accept_content": ["json"]} | settings)
    return app


def close_client(app: Celery) -> None:
    """Close a client before its server stops.

    A result unsubscribes when it is collected, which may be later: it would look for the server for long, and
    complain.
    """
    app.backend.__dict__["remove_pending_result"] = lambda result: result
    app.close()


@dataclass(frozen=True)
class StartWorker:
    """Starts a worker of a kind and waits until it consumes.

    `celery` holds settings that both kinds know, `node` those of the Node worker alone, in snake_case, as
    are the options of its `app.worker()` in `worker`. `arguments` are words of the command line. The Node
    worker has the tasks of `folders` too. With `reliable`, which are options of celery_reliable, a Python
    worker has its delivery. In `ledger` it notes the signals of its start and stop. With `mingle` it asks the
    others what is revoked.
    """

    factory: WorkerFactory
    url: str
    # One with threads starts and ends sooner than one with processes.
    python_pool: str = "threads"
    started: list[Program] = field(default_factory=list)

    def __call__(
        self,
        kind: Kind,
        queues: str = "jobs",
        concurrency: int = 4,
        celery: Mapping[str, Any] | None = None,
        node: Mapping[str, Any] | None = None,
        wait: bool = True,
        reliable: Mapping[str, Any] | None = None,
        ledger: str | None = None,
        mingle: bool = False,
        worker: Mapping[str, Any] | None = None,
        folders: Sequence[str] = (),
        arguments: Sequence[str] = (),
    ) -> Program:
        common = settings_for(self.url) | {"worker_concurrency": concurrency} | dict(celery or {})
        patience = {"worker_soft_shutdown_timeout": 1}
        settings = {"celery": common, "node": patience | dict(node or {}), "queues": queues}
        settings |= {"worker": dict(worker or {}), "folders": list(folders)}
        if reliable is not None:
            settings["reliable"] = dict(reliable)
        if ledger is not None:
            settings["ledger"] = ledger
        language = "js" if kind is Kind.NODE else "py"
        if external := replacement(language):
            program = external.start(self.factory, settings | {"arguments": list(arguments)}, wait)
        else:
            own = () if kind is Kind.NODE else ("--pool", self.python_pool)
            program = launch(self.factory, language, settings, (*own, *arguments), wait, mingle=mingle)
        self.started.append(program)
        return program


def launch(
    factory: WorkerFactory,
    kind: str,
    given: Mapping[str, Any],
    arguments: Sequence[str] = (),
    wait: bool = False,
    heartbeat: bool = False,
    mingle: bool = False,
) -> Program:
    """Start one of our workers: "py", "js", or "reliable", which is "py" with celery_reliable.

    A Python one has a heartbeat, and asks its neighbours, only where a test is about it.
    """
    worker = {"without_mingle": not mingle, **given.get("worker", {})}
    settings = {**given, "worker": worker, **({"reliable": {}} if kind == "reliable" else {})}
    env = {"CONFORMANCE": json.dumps(settings)}
    if kind == "js":
        env = {"CONFORMANCE": json.dumps({**settings, "celery": for_node(settings["celery"])})}
        return factory.node(env=env, script=JS_WORKER, cwd=ROOT, wait=wait, arguments=arguments)
    without = [
        "--without-gossip",
        *(() if mingle else ("--without-mingle",)),
        *(() if heartbeat else ("--without-heartbeat",)),
    ]
    words = (*without, *arguments)
    return factory.python(given["queues"], env, PYTHON_APP, arguments=words, cwd=ROOT, wait=wait)


def factory_on(url: str, folder: Path) -> WorkerFactory:
    """A factory whose environment names the broker and the results beside a Redis server."""
    return WorkerFactory(broker_url(url), folder, results_url(url))


def wait_until_ready(programs: Iterable[Program]) -> None:
    """Wait for workers that were started side by side."""
    for program in programs:
        program.wait_for_log(r"ready\.", timeout_s=30)
