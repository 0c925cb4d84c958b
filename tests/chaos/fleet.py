"""The workers of a run, each behind its own proxy, and the supervisor that replaces dead ones."""

import json
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery_reliable.server_url import read_url

from scripts.paths import ROOT, VENV_PYTHON
from scripts.processes import Command
from scripts.workers import says_ready
from tests.support.programs import Program
from tests.support.proxy import Proxy
from tests.support.workers import clean_environment

from .facts import Language

QUEUES = {Language.PYTHON: "py-queue", Language.NODE: "js-queue"}
JS_WORKER = Path(__file__).with_name("js_worker.mjs")
PYTHON_APP = "tests.chaos.py_worker"
LOOK_S = 0.1
# How long the pool processes of a killed worker are left to themselves before they are killed as well.
ORPHANS_LIVE_S = 8.0
# A worker that does not end by itself after SIGTERM within this time is a violation.
STOPS_WITHIN_S = 30.0


@dataclass(frozen=True)
class Post:
    """A place for a worker; `concurrency` is that of each."""

    name: str
    language: Language
    concurrency: int
    pool: str = ""


POSTS = (
    Post("py1", Language.PYTHON, 4, "prefork"),
    Post("py2", Language.PYTHON, 4, "prefork"),
    Post("py3", Language.PYTHON, 4, "threads"),
    Post("js1", Language.NODE, 6),
    Post("js2", Language.NODE, 6),
)


@dataclass(frozen=True)
class Setting:
    """What workers are started with. `extra` goes into the worker's JSON, `env` into its environment."""

    folder: Path
    ledger: Path
    lease_s: float
    max_deliveries: int = 50  # a task that is hit by bad luck again and again is not to be given up
    results_db: int = 0
    sentinels: str = ""  # the URL of these, in place of the server behind the worker's proxy
    extra: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


def hostile_ledger(ledger: Path) -> Path:
    """The file where workers note the ids of hostile messages that ran."""
    return ledger.with_name("hostile")


def start_worker(post: Post, name: str, port: int, setting: Setting) -> Program:
    """Start a worker of this name for the broker on a port; it is not ready yet."""
    broker = f"redis://127.0.0.1:{port}/0"
    celery = {
        "broker_url": broker,
        "result_backend": f"redis://127.0.0.1:{port}/{setting.results_db}",
        "task_default_queue": "nowhere",
        "worker_concurrency": post.concurrency,
        "worker_prefetch_multiplier": 2,
        "task_routes": {f"chaos.{language}": {"queue": queue} for language, queue in QUEUES.items()},
    }
    if setting.sentinels:
        celery |= _behind_sentinels(post.language, setting.sentinels)
    if post.language is Language.PYTHON:
        celery["accept_content"] = ["json"]
    delivery = {"lease_s": setting.lease_s, "max_deliveries": setting.max_deliveries}
    queue = QUEUES[post.language]
    chaos = {"celery": celery, "delivery": delivery, "queues": queue, "hostname": f"{name}@chaos"}
    chaos |= {"ledger": str(setting.ledger), "hostile": str(hostile_ledger(setting.ledger)), **setting.extra}
    env = {**clean_environment(), **setting.env, "CHAOS": json.dumps(chaos)}
    log = setting.folder / f"{name}.log"
    return Program(name, _command(post, name), cwd=ROOT, env=env, log=log)


def _behind_sentinels(language: Language, url: str) -> dict[str, Any]:
    if language is Language.NODE:
        return {"broker_url": url, "result_backend": url}
    known, options = read_url(url)
    return {
        "broker_url": known,
        "result_backend": known,
        "broker_transport_options": options,
        "result_backend_transport_options": options,
    }


def _command(post: Post, name: str) -> Command:
    if post.language is Language.NODE:
        return ["node", JS_WORKER]
    command: list[str | Path] = [VENV_PYTHON, "-m", "celery", "-A", PYTHON_APP, "worker"]
    command += ["--queues", QUEUES[post.language], "--hostname", f"{name}@chaos", "--pool", post.pool]
    return [*command, "--loglevel", "info", "--without-mingle", "--without-gossip", "--without-heartbeat"]


class Worker:
    """A post and its current worker. Each start has a new name, so that no two workers share tags."""

    def __init__(self, post: Post, server_port: int, setting: Setting) -> None:
        self.post = post
        self.proxy = Proxy(server_port)
        self._setting = setting
        self._starts = 0
        self.stopping_since: float | None = None
        self._was_ready = False
        self.program: Program = self._start()

    @property
    def name(self) -> str:
        """The worker's name, by which its tags begin."""
        return f"{self.program.name}@chaos"

    @property
    def is_ready(self) -> bool:
        """Whether it consumes and has not been asked to stop."""
        if self.program.exit_code is not None or self.stopping_since is not None:
            return False
        if not self._was_ready:
            self._was_ready = any(map(says_ready, self.program.log.splitlines()))
        return self._was_ready

    @property
    def children(self) -> list[int]:
        """The process ids of its pool."""
        return children_of(self.program.pid) if self.post.pool == "prefork" else []

    def restart(self) -> None:
        """Start the next one, after the end of the last."""
        self._was_ready = False
        self.stopping_since = None
        self.program = self._start()

    def _start(self) -> Program:
        self._starts += 1
        name = f"{self.post.name}-{self._starts}"
        return start_worker(self.post, name, self.proxy.port, self._setting)


class Fleet:
    """All posts. The supervisor's thread fills one again as soon as its worker has ended."""

    def __init__(self, server_port: int, setting: Setting, posts: tuple[Post, ...] = POSTS) -> None:
        self.workers = [Worker(post, server_port, setting) for post in posts]
        self._orphans: list[tuple[float, Program]] = []
        self.violations: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="supervisor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop everything, in order where that is possible."""
        self._stopping.set()
        self._thread.join()
        for worker in self.workers:
            worker.program.close()
            worker.proxy.close()
        for _, program in self._orphans:
            program.close()

    def _supervise(self) -> None:
        while not self._stopping.wait(LOOK_S):
            for worker in self.workers:
                self._look_after(worker)
            self._bury_orphans()

    def _look_after(self, worker: Worker) -> None:
        program, since = worker.program, worker.stopping_since
        if program.exit_code is not None:
            if program.exit_code != (-signal.SIGKILL if since is None else 0):
                self.violations.append(f"{worker.name} ended with {program.exit_code}")
            self._orphans.append((time.monotonic() + ORPHANS_LIVE_S, program))
            worker.restart()
        elif since is not None and time.monotonic() - since > STOPS_WITHIN_S:
            self.violations.append(f"{worker.name} did not end within {STOPS_WITHIN_S:g} s of SIGTERM")
            program.kill()

    def _bury_orphans(self) -> None:
        now = time.monotonic()
        for orphan in [orphan for orphan in self._orphans if orphan[0] < now]:
            orphan[1].close()
            self._orphans.remove(orphan)


def children_of(pid: int) -> list[int]:
    """The processes that a process has started; none when it has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def send_signal(pid: int, signum: int) -> bool:
    """Send a signal; False when the process has ended already."""
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return False
    return True
