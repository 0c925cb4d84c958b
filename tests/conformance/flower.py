"""Flower, run for real beside a worker of each language, as the template runs it."""

import base64
import json
import os
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import pytest

from scripts import server
from scripts.environment import server_variables
from scripts.paths import PYTHON_PROJECT
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory, clean_environment

from .control import Controlled
from .events import start_telling
from .workers import client_for, close_client

COMMAND = ("scripts/entrypoints/start_flower.sh",)
LANGUAGES = ("py", "js")
USER, PASSWORD = "admin", "not a secret"
ANSWERS_WITHIN_S = 15


@dataclass(frozen=True)
class Answer:
    """What Flower answered."""

    status: int
    body: Any


class Flower:
    """A running Flower. Raises AssertionError when it does not come up."""

    def __init__(self, port: int, program: Program) -> None:
        self.port = port
        self._program = program
        wait_until(self._is_up, ANSWERS_WITHIN_S * 2, "Flower")

    def _is_up(self) -> bool:
        assert self._program.exit_code is None, self._program.log
        try:
            return self.get("/healthcheck").status == 200
        except OSError:
            return False

    def get(self, path: str, password: str | None = PASSWORD) -> Answer:
        """Reads a page, or what its API knows."""
        return self._ask("GET", path, "", password)

    def press(self, path: str, **fields: Any) -> Answer:
        """Does what a button of its pages does."""
        return self._ask("POST", f"/api/{path}", urllib.parse.urlencode(fields), PASSWORD)

    def task(self, task_id: str, state: str) -> dict[str, Any]:
        """What it knows of a task, once that is in a state."""

        def found() -> dict[str, Any] | None:
            answer = self.get(f"/api/task/info/{task_id}")
            return answer.body if answer.status == 200 and answer.body["state"] == state else None

        return wait_until(found, ANSWERS_WITHIN_S, f"{task_id} in state {state}")

    def _ask(self, method: str, path: str, body: str, password: str | None) -> Answer:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if password is not None:
            login = base64.b64encode(f"{USER}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {login}"
        connection = HTTPConnection(server.HOST, self.port, timeout=ANSWERS_WITHIN_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, _read(response.read()))
        finally:
            connection.close()


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.decode()


@dataclass(frozen=True)
class Shown:
    """A worker that Flower shows."""

    flower: Flower
    worker: Controlled

    @property
    def name(self) -> str:
        """Its name."""
        return self.worker.name

    def facts(self) -> dict[str, Any]:
        """What Flower has just asked it for."""
        query = urllib.parse.urlencode({"refresh": 1, "workername": self.name})
        facts: dict[str, Any] = self.flower.get(f"/api/workers?{query}").body[self.name]
        return facts


@pytest.fixture(scope="module")
def cluster(
    module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Controlled]]:
    """A worker of each language, which tells of its tasks when it is asked to."""
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("flower-workers"))
    programs = {kind: start_telling(factory, module_valkey.url, kind, tasks=False) for kind in LANGUAGES}
    app = client_for(module_valkey.url)
    for program in programs.values():
        program.wait_for_log(r"ready\.", timeout_s=30)
    answers = app.control.inspect(timeout=5, limit=2).active_queues() or {}
    names = {queues[0]["name"]: name for name, queues in answers.items()}
    yield {kind: Controlled(app, kind, program, names[kind]) for kind, program in programs.items()}
    close_client(app)
    factory.close()


@pytest.fixture(scope="module")
def flower(
    module_valkey: ValkeyServer,
    cluster: Mapping[str, Controlled],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flower]:
    port = server.free_port()
    login = {"FLOWER_PORT": str(port), "FLOWER_USER": USER, "FLOWER_PASSWORD": PASSWORD}
    env = {**clean_environment(), **server_variables(module_valkey.url), **login}
    log = tmp_path_factory.mktemp("flower") / "flower.log"
    with Program("flower", COMMAND, cwd=PYTHON_PROJECT, env={**os.environ, **env}, log=log) as program:
        running = Flower(port, program)
        # It tells the workers every few seconds that it listens.
        wait_until(lambda: all(map(_tells_of_tasks, cluster.values())), ANSWERS_WITHIN_S, "events")
        yield running


def _tells_of_tasks(worker: Controlled) -> bool:
    return "already enabled" in str(worker.tell("enable_events"))


@pytest.fixture(params=LANGUAGES)
def shown(cluster: Mapping[str, Controlled], flower: Flower, request: pytest.FixtureRequest) -> Shown:
    return Shown(flower, cluster[request.param])
