"""Fixtures: a real Valkey server, a copy of the project for new task modules, real workers."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery_reliable.recommended import recommended_settings

from py_workers.config import celery_settings
from tests.processes import Program, Server, free_port

PROJECT = Path(__file__).resolve().parents[1]

ROUTES = {"py_workers.*": {"queue": "py-queue"}, "js_workers.*": {"queue": "js-queue"}}

StartWorker = Callable[..., Program]
SettingsOf = Callable[[dict[str, str]], dict[str, Any]]


class ProjectCopy:
    """A copy of the project's code, whose tasks a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tasks = folder / "py_workers" / "tasks"
        without_caches = shutil.ignore_patterns("__pycache__")
        for name in ("py_workers", "scripts"):
            shutil.copytree(PROJECT / name, folder / name, ignore=without_caches)

    def write_task_module(self, path: str, source: str) -> Path:
        """Write a module below ``py_workers/tasks/`` and return its file."""
        file = self.tasks / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
        return file


@pytest.fixture
def project(tmp_path: Path) -> ProjectCopy:
    return ProjectCopy(tmp_path / "project")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("valkey"), free_port()) as running:
        yield running


@pytest.fixture(autouse=True)
def empty_server(request: pytest.FixtureRequest) -> None:
    """Each test that uses the shared server finds it empty."""
    if "server" in request.fixturenames:
        request.getfixturevalue("server").flush()


@pytest.fixture
def start_worker(tmp_path: Path, project: ProjectCopy) -> Iterator[StartWorker]:
    """Start workers as a container does, ``start(url, *arguments, JOBS_...=...)``; the end kills them."""
    programs: list[Program] = []

    def start(url: str, *arguments: str, **variables: str) -> Program:
        script = project.folder / "scripts" / "entrypoints" / "start_worker_pyqueue.sh"
        quick = ("--without-mingle", "--without-gossip")
        command = [str(script), *quick, *arguments]
        log = tmp_path / f"worker-{len(programs)}.log"
        programs.append(Program(command, project.folder, log, environment_for(url, **variables)))
        return programs[-1]

    yield start
    for program in programs:
        program.kill()


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts without settings in its environment."""
    for name in [name for name in os.environ if name.startswith("JOBS_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> SettingsOf:
    """Celery's settings in an environment with these variables."""

    def read(variables: dict[str, str]) -> dict[str, Any]:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        settings = celery_settings()
        for name in variables:
            monkeypatch.delenv(name)
        return settings

    return read


def environment_for(url: str, **variables: str) -> dict[str, str]:
    """Return this process's environment without any settings, but with the server's URL and these."""
    ours = {"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": url} | variables
    neutral = {name: value for name, value in os.environ.items() if not name.startswith(("JOBS_", "CELERY_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return neutral | {"PATH": path, "PYTHONWARNINGS": "ignore"} | ours


def client_app(url: str, **settings: object) -> Celery:
    """Return an app as a client has it; the settings are added to ours."""
    app = Celery("test_client", set_as_current=False)
    app.config_from_object(recommended_settings(url, url) | {"task_routes": ROUTES, **settings})
    return app
