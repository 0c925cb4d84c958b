"""Any command as the worker under test: `--worker-cmd`, in the place of the worker of one kind.

README.md says what such a command is given, and what it has to do.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.paths import ROOT
from tests.support.programs import Program
from tests.support.workers import WorkerFactory

# The kinds of worker that include none in the external worker's language.
OTHERS = {
    "js": {"kind": {"python"}, "flow": {"py", "reliable", "py-from-js"}},
    "py": {"kind": {"node"}, "flow": {"reliable", "js", "js-from-js"}},
}
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class External:
    """The command, and whose place it takes."""

    command: tuple[str, ...]
    language: str

    def start(self, factory: WorkerFactory, given: Mapping[str, Any], wait: bool) -> Program:
        """Start it with these settings: as JSON for a program, the most important ones for a shell."""
        celery = given["celery"]
        env = {
            "CONFORMANCE": json.dumps(given),
            "CONFORMANCE_BROKER_URL": celery["broker_url"],
            "CONFORMANCE_RESULT_BACKEND": celery["result_backend"],
            "CONFORMANCE_QUEUES": given["queues"],
            "CONFORMANCE_CONCURRENCY": str(celery["worker_concurrency"]),
        }
        return factory.command(self.command, env, cwd=ROOT, wait=wait)


class Choice:
    """What the command line has chosen: nothing, until `pytest_configure`."""

    external: External | None = None


def configure(config: pytest.Config) -> None:
    """Read the options of the command line."""
    command = config.getoption("--worker-cmd", default=None)
    if command is None:
        return
    words = shlex.split(command)
    if not words:
        raise pytest.UsageError("--worker-cmd: expected a command that starts a worker, not an empty text")
    Choice.external = External(tuple(words), config.getoption("--worker-language"))


def replacement(language: str) -> External | None:
    """The command that replaces the worker of this language, if any."""
    external = Choice.external
    return external if external is not None and external.language == language else None


def deselect_others(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would run with our own workers alone."""
    if Choice.external is None:
        return
    others = OTHERS[Choice.external.language]
    left_out = [item for item in items if FOLDER in item.path.parents and _is_without(item, others)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _is_without(item: pytest.Item, others: Mapping[str, set[str]]) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return any(params.get(name) in kinds for name, kinds in others.items())
