"""Flower, run for real with a worker of each language, as the template runs it."""

import os
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from scripts import server
from scripts.environment import server_variables
from scripts.paths import PYTHON_PROJECT
from tests.support.flower import PASSWORD, USER, Flower
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory, clean_environment

from .control import Controlled
from .events import start_telling
from .matrix import broker_url, results_url
from .workers import client_for, close_client

COMMAND = ("scripts/entrypoints/start_flower.sh",)
LANGUAGES = ("py", "js")
TELLS_WITHIN_S = 15


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
    """A worker of each language, which sends events of its tasks on request."""
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
    env = {
        **clean_environment(),
        **server_variables(broker_url(module_valkey.url), results_url(module_valkey.url)),
        **login,
    }
    log = tmp_path_factory.mktemp("flower") / "flower.log"
    with Program("flower", COMMAND, cwd=PYTHON_PROJECT, env={**os.environ, **env}, log=log) as program:
        running = Flower(port)
        running.wait_until_up(program)
        wait_until(lambda: _knows(running, cluster), TELLS_WITHIN_S, "that it knows the workers")
        # It tells the workers every few seconds that it listens.
        wait_until(lambda: all(map(_tells_of_tasks, cluster.values())), TELLS_WITHIN_S, "events")
        yield running


def _knows(flower: Flower, cluster: Mapping[str, Controlled]) -> bool:
    facts = flower.get("/api/workers?refresh=1").body
    return all("active_queues" in facts.get(worker.name, {}) for worker in cluster.values())


def _tells_of_tasks(worker: Controlled) -> bool:
    return "already enabled" in str(worker.tell("enable_events"))


@pytest.fixture(params=LANGUAGES)
def shown(cluster: Mapping[str, Controlled], flower: Flower, request: pytest.FixtureRequest) -> Shown:
    return Shown(flower, cluster[request.param])
