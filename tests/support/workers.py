"""Real workers of both languages for a test, ready when the factory returns."""

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from scripts.processes import Command
from scripts.workers import says_ready
from tests.support.programs import Program
from tests.support.waiting import wait_until

READY_WITHIN_S = 30.0

# Mingling waits a second for the answers of other workers: no test is about that.
CELERY_ARGUMENTS = ("--without-mingle",)


def clean_environment() -> dict[str, str]:
    """Our environment without what would steer a worker, a client or a make target."""
    foreign = ("JOBS_", "CELERY_", "REDIS_URL", "PORT", "MAKE", "MFLAGS", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


class WorkerFactory:
    """Starts workers on one server and stops them all on `close`."""

    def __init__(self, url: str, folder: Path, results: str = "") -> None:
        self._variables = server_variables(url, results)
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._started: list[Program] = []
        self._numbers = itertools.count(1)

    def python(
        self,
        queues: str = "py-queue",
        env: Mapping[str, str] | None = None,
        app: str = "py_workers.worker",
        arguments: Sequence[str] = CELERY_ARGUMENTS,
        cwd: Path = PYTHON_PROJECT,
        wait: bool = True,
    ) -> Program:
        """Starts a Celery worker of an app on queues.

        `env` is added to an environment that names the server; `cwd` is where the app's module is found;
        without `wait` it need not be ready on return. Raises AssertionError, with the log, when it does not
        get ready.
        """
        name = f"py{next(self._numbers)}"
        command: list[str | Path] = [VENV_PYTHON, "-m", "celery", "-A", app, "worker", "--queues", queues]
        command += ["--hostname", f"{name}@%h", "--loglevel", "info", *arguments]
        return self._start(name, command, cwd, env, says_ready if wait else None)

    def node(
        self,
        env: Mapping[str, str] | None = None,
        script: str | Path = "js_workers/worker.js",
        cwd: Path = NODE_PROJECT,
        wait: bool = True,
        arguments: Sequence[str] = (),
    ) -> Program:
        """Starts a Node worker: a script, relative to `cwd`. The other parameters are those of `python`."""
        return self._start(
            f"js{next(self._numbers)}",
            ["node", script, *arguments],
            cwd,
            env,
            says_ready if wait else None,
        )

    def command(
        self, command: Command, env: Mapping[str, str] | None = None, cwd: Path = ROOT, wait: bool = True
    ) -> Program:
        """Starts a worker by any command; it is ready when it has printed a line with "ready." in it."""
        says_ready = (lambda line: "ready." in line) if wait else None
        return self._start(f"cmd{next(self._numbers)}", command, cwd, env, says_ready)

    def close(self) -> None:
        """Stops all of them and kills the processes that they left behind."""
        for program in self._started:
            program.close()

    def _start(
        self,
        name: str,
        command: Command,
        cwd: Path,
        env: Mapping[str, str] | None,
        says_ready: Callable[[str], bool] | None,
    ) -> Program:
        environment = {
            **clean_environment(),
            **self._variables,
            "JOBS_LOG_LEVEL": "info",
            **(env or {}),
        }
        program = Program(name, command, cwd=cwd, env=environment, log=self._folder / f"{name}.log")
        self._started.append(program)
        if says_ready is not None:
            _wait_until_ready(program, says_ready)
        return program


def _wait_until_ready(program: Program, says_ready: Callable[[str], bool]) -> None:
    def ready() -> bool:
        ended = (
            program.exit_code
        )  # before the log is read: a worker may be ready, and killed by its first task
        if any(map(says_ready, program.log.splitlines())):
            return True
        assert ended is None, f"{program.name} ended with {ended}:\n{program.log}"
        return False

    try:
        wait_until(ready, READY_WITHIN_S, f"{program.name} being ready")
    except AssertionError as error:
        raise AssertionError(f"{error}\n{program.log}") from None
