"""Workers of both languages on one broker, and clients."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from celery import Celery
from celery_reliable import rabbitmq
from celery_reliable.recommended import recommended_settings

from scripts.paths import ROOT, VENV_PYTHON
from tests.brokers.rabbitmq.node import Broker
from tests.support.programs import Program
from tests.support.workers import clean_environment

HERE = Path(__file__).parent
RESULT_WITHIN_S = 40
KINDS = ("node", "python")


class Place(Protocol):
    """Where the messages and the results are."""

    @property
    def url(self) -> str: ...

    @property
    def results(self) -> str: ...


class Fleet:
    """Starts workers, and stops them all on `close`."""

    def __init__(self, broker: Place, folder: Path) -> None:
        self.broker = broker
        self._folder = folder
        self._programs: list[Program] = []

    def node(
        self,
        queue: str = "jobs",
        *,
        wait: bool = True,
        url: str | None = None,
        env: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> Program:
        """Start a Node worker; `settings` in camelCase."""
        name = f"node{len(self._programs)}"
        own = {"brokerUrl": url or self.broker.url, "resultBackend": self.broker.results, **settings}
        given = {"settings": own, "options": {"queues": [queue], "hostname": f"{name}@%h"}}
        command = ["node", HERE / "worker.mjs"]
        return self._start(name, command, {"WORKER": json.dumps(given), **(env or {})}, wait)

    def python(
        self,
        queue: str = "jobs",
        *,
        wait: bool = True,
        url: str | None = None,
        env: Mapping[str, str] | None = None,
        concurrency: int = 1,
        **settings: Any,
    ) -> Program:
        """Start a Python worker with celery_reliable; `settings` in snake_case."""
        name = f"python{len(self._programs)}"
        command = [
            VENV_PYTHON,
            "-m",
            "celery",
            "-A",
            "tests.brokers.rabbitmq.py_app",
            "worker",
            "-Q",
            queue,
            "-c",
            str(concurrency),
        ]
        command += ["-n", f"{name}@%h", "-l", "info", "--without-mingle", "--without-gossip"]
        variables = {"JOBS_BROKER_URL": url or self.broker.url, "JOBS_RESULT_BACKEND": self.broker.results}
        variables |= {"SETTINGS": json.dumps(settings), **(env or {})}
        return self._start(name, command, variables, wait)

    def start(self, kind: str, queue: str = "jobs", **options: Any) -> Program:
        """Start a worker of this language; `options` as of its method, without settings."""
        return self.node(queue, **options) if kind == "node" else self.python(queue, **options)

    def close(self) -> None:
        for program in self._programs:
            program.kill()
            program.close()

    def _start(self, name: str, command: list[Any], env: dict[str, str], wait: bool) -> Program:
        environment = {**clean_environment(), **env, "PYTHONPATH": str(ROOT), "HEALTH_ADDRESS": "0"}
        log = self._folder / f"{name}.log"
        program = Program(name, command, cwd=ROOT, env=environment, log=log)
        self._programs.append(program)
        if wait:
            program.wait_for_log(r"ready\.")
        return program


@contextmanager
def client(broker: Place, *, stock: bool = False, **settings: Any) -> Iterator[Celery]:
    """A Python client with the recommended settings: stock Celery's app, or celery_reliable's."""
    make = Celery if stock else rabbitmq.Celery
    app = make("client", set_as_current=False)
    app.conf.update(
        recommended_settings(broker.url, broker.results) | {"task_default_queue": "jobs"} | settings
    )
    try:
        yield app
    finally:
        app.backend.__dict__["remove_pending_result"] = lambda result: result
        app.close()


def dead(tool: str, broker: Broker, folder: Path, *words: str) -> str:
    """Run the command for dead letters, of celery-js or of celery_reliable, and return what it prints."""
    start: list[Path | str] = ["node", ROOT / "node/celery-js/src/cli/main.js", "--broker", broker.url]
    if tool == "python":
        start = [VENV_PYTHON, "-m", "celery", "--broker", broker.url]
    env = clean_environment()
    with Program(tool, [*start, "dead", *words], cwd=ROOT, env=env, log=folder / "cli.log") as program:
        code = program.wait()
        assert code == 0, program.log
        return program.log
