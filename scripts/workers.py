"""The two workers: how to start them, and how to recognise that they are ready."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts import environment, languages
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT

# Relative to python/, because the absolute path may have spaces, which separate the launcher's options.
STANDBY = os.path.relpath(Path(__file__).with_name("standby.py"), PYTHON_PROJECT)

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# A worker logs "celery@host ready." when its consumer runs. Its first lines may name a task "...ready".
_READY = re.compile(r"\bready\.\s*$")


@dataclass(frozen=True)
class Worker:
    """A worker: its name for the user, its queues, its command, and how its log shows that it is ready.

    `sources` is the folder of its code, in files with `suffixes`. `restart_arguments` are for a start after a
    change; with `has_standby`, it is prepared while the former process stops. `variables` are added to its
    environment, after configmaps/ and the user's.
    """

    name: str
    language: str
    queues: str
    command: list[str]
    cwd: Path
    env_file: Path
    says_ready: Callable[[str], bool]
    sources: Path | None = None
    suffixes: frozenset[str] = frozenset()
    restart_arguments: tuple[str, ...] = ()
    has_standby: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)

    def again(self, former_pid: int | None = None) -> "Worker":
        """Returns the worker to start after a change; with a pid, as a standby for that process."""
        variables = dict(self.variables)
        if former_pid is not None:
            variables |= {"START_AFTER_PID": str(former_pid), "PYTHON_LAUNCHER": STANDBY}
        return replace(self, command=[*self.command, *self.restart_arguments], variables=variables)

    def env(self, server: Mapping[str, str]) -> dict[str, str]:
        """Returns its environment, with a server's variables."""
        return environment.for_workers(server, self.env_file) | dict(self.variables)


def in_this_clone() -> list[Worker]:
    """Returns a worker of each language of this clone."""
    makers = {languages.PYTHON: python_worker, languages.NODE: node_worker}
    return [makers[language]() for language in languages.PRESENT]


def python_worker() -> Worker:
    """Returns the Celery worker with the Python tasks."""
    queues = _queues("JOBS_PY_QUEUES", environment.PYTHON_ONLY, "py-queue")
    return Worker(
        name="python worker",
        language=languages.PYTHON,
        queues=queues,
        command=["scripts/entrypoints/start_worker_pyqueue.sh"],
        cwd=PYTHON_PROJECT,
        env_file=environment.PYTHON_ONLY,
        says_ready=says_ready,
        sources=PYTHON_PROJECT / "py_workers",
        suffixes=frozenset({".py"}),
        # Mingling waits a second for other workers.
        restart_arguments=("--without-mingle",),
        has_standby=True,
    )


def node_worker() -> Worker:
    """Returns the Node worker with the JavaScript tasks."""
    return Worker(
        name="node worker",
        language=languages.NODE,
        queues=_queues("JOBS_JS_QUEUES", environment.NODE_ONLY, "js-queue"),
        command=["node", "js_workers/worker.js"],
        cwd=NODE_PROJECT,
        env_file=environment.NODE_ONLY,
        says_ready=says_ready,
        sources=NODE_PROJECT / "js_workers",
        suffixes=frozenset({".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".json"}),
    )


def says_ready(line: str) -> bool:
    """Recognises the line of a worker of either language, as JSON or pretty-printed."""
    plain = _ANSI.sub("", line).strip()
    if not plain.startswith("{"):
        return bool(_READY.search(plain))
    try:
        return bool(_READY.search(str(json.loads(plain).get("message", ""))))
    except ValueError:
        return False


def _queues(variable: str, env_file: Path, default: str) -> str:
    return os.environ.get(variable) or environment.files(env_file).get(variable) or default
