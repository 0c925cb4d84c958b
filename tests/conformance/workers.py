"""Workers of both languages with the same tasks, and a client's end of their queues."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from celery import Celery
from celery.canvas import Signature
from celery.result import AsyncResult

from scripts.paths import ROOT
from tests.support.programs import Program
from tests.support.workers import WorkerFactory

from .external import replacement

JS_WORKER = Path(__file__).with_name("js_worker.mjs")
PYTHON_APP = "tests.conformance.py_worker"
PYTHON_ARGUMENTS = ("--without-mingle", "--without-gossip", "--without-heartbeat")
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
        """Send a task to the queue, whatever its arguments."""
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


class StartWorker(Protocol):
    """Starts a worker of a kind and waits until it consumes.

    `celery` holds settings that both kinds know, `node` those of the Node worker alone, in snake_case. With
    `reliable`, which are options of celery_reliable, a Python worker has its delivery. In `ledger` it
    notes the signals of its start and stop. With `mingle` it asks the others what is revoked.
    """

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
    ) -> Program: ...


def settings_for(url: str) -> dict[str, Any]:
    """What workers and clients have in common."""
    return {
        "broker_url": url,
        "result_backend": url,
        "task_serializer": "json",
        "result_serializer": "json",
        "task_default_queue": "nowhere",
        "worker_prefetch_multiplier": 1,
    }


def client_for(url: str, **settings: Any) -> Celery:
    """A Celery app without tasks."""
    app = Celery("conformance_client", set_as_current=False)
    app.conf.update(settings_for(url) | {"accept_content": ["json"]} | settings)
    return app


def close_client(app: Celery) -> None:
    """Close a client before its server stops.

    A result unsubscribes when it is collected, which may be later: it would look for the server for long, and
    complain.
    """
    app.backend.__dict__["remove_pending_result"] = lambda result: result
    app.close()


def starter(factory: WorkerFactory, url: str, python_pool: str = "threads") -> StartWorker:
    """What starts workers on the server; a Python worker with threads starts and ends sooner than one with
    processes.
    """

    def start(
        kind: Kind,
        queues: str = "jobs",
        concurrency: int = 4,
        celery: Mapping[str, Any] | None = None,
        node: Mapping[str, Any] | None = None,
        wait: bool = True,
        reliable: Mapping[str, Any] | None = None,
        ledger: str | None = None,
        mingle: bool = False,
    ) -> Program:
        common = settings_for(url) | {"worker_concurrency": concurrency} | dict(celery or {})
        patience = {"worker_soft_shutdown_timeout": 1}
        settings = {"celery": common, "node": patience | dict(node or {}), "queues": queues}
        if reliable is not None:
            settings["reliable"] = dict(reliable)
        if ledger is not None:
            settings["ledger"] = ledger
        if external := replacement("js" if kind is Kind.NODE else "py"):
            return external.start(factory, settings, wait)
        settings["worker"] = {"without_mingle": not mingle}
        env = {"CONFORMANCE": json.dumps(settings)}
        if kind is Kind.NODE:
            return factory.node(env=env, script=JS_WORKER, cwd=ROOT, wait=wait)
        own = [each for each in PYTHON_ARGUMENTS if not (mingle and each == "--without-mingle")]
        arguments = (*own, "--pool", python_pool)
        return factory.python(queues, env, PYTHON_APP, arguments=arguments, cwd=ROOT, wait=wait)

    return start
