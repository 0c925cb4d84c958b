"""The two workers: how to start them, and how to recognise that they are ready."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts import environment, languages
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_READY_WORD = re.compile(r"\bready\b", re.IGNORECASE)
# Celery logs "celery@host ready." when its consumer runs. Before, the banner may list a task named
# "...ready".
_CELERY_READY = re.compile(r"\bready\.\s*$")


@dataclass(frozen=True)
class Worker:
    """A worker: its name for the user, its queues, its command, and how its log shows that it is ready.

    `variables` are added to its environment, after configmaps/ and the user's.
    """

    name: str
    queues: str
    command: list[str]
    cwd: Path
    env_file: Path
    says_ready: Callable[[str], bool]
    variables: Mapping[str, str] = field(default_factory=dict)

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
        queues=queues,
        command=["scripts/entrypoints/start_worker_pyqueue.sh"],
        cwd=PYTHON_PROJECT,
        env_file=environment.PYTHON_ONLY,
        says_ready=celery_says_ready,
    )


def node_worker() -> Worker:
    """Returns the Node worker with the JavaScript tasks."""
    return Worker(
        name="node worker",
        queues=_queues("JOBS_JS_QUEUES", environment.NODE_ONLY, "js-queue"),
        command=["node", "js_workers/worker.js"],
        cwd=NODE_PROJECT,
        env_file=environment.NODE_ONLY,
        says_ready=node_says_ready,
    )


def celery_says_ready(line: str) -> bool:
    """Recognises the line of a Celery worker."""
    return bool(_CELERY_READY.search(_ANSI.sub("", line)))


def node_says_ready(line: str) -> bool:
    """Recognises the line of a Node worker, as JSON or pretty-printed."""
    plain = _ANSI.sub("", line).strip()
    if not plain.startswith("{"):
        return bool(_CELERY_READY.search(plain))
    try:
        return bool(_READY_WORD.search(str(json.loads(plain).get("msg", ""))))
    except ValueError:
        return False


def _queues(variable: str, env_file: Path, default: str) -> str:
    return os.environ.get(variable) or environment.files(env_file).get(variable) or default
