"""The tool of each language, and dead letters to use it on."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV_PYTHON
from tests.conformance.workers import KINDS, Kind
from tests.support.forking import completed
from tests.support.terminal import Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

HOUR_MS = 3_600_000
ADD = "conformance.basic.add"
PROGRAMS: dict[Kind, list[str]] = {
    Kind.PYTHON: [str(VENV_PYTHON), "-m", "celery"],
    Kind.NODE: ["node", str(NODE_PROJECT / "celery-js" / "src" / "cli" / "main.js")],
}
# What runs one for each line of its input: each takes longer to start than a command takes.
CALLS: dict[Kind, list[str | Path]] = {
    Kind.PYTHON: [VENV_PYTHON, Path(__file__).with_name("celery_calls.py")],
    Kind.NODE: ["node", Path(__file__).with_name("node_calls.mjs")],
}


@dataclass(frozen=True)
class Printed:
    """The output and exit code of a call of the tool."""

    code: int
    out: str
    error: str


class Tool:
    """The tool of one language, on the test's server: `celery dead`, or the words that are given instead."""

    def __init__(self, kind: Kind, url: str, words: Sequence[str] = ("dead",)) -> None:
        self._program = PROGRAMS[kind]
        self._words = ["-b", url, *words]
        pipe, env = subprocess.PIPE, clean_environment()
        self._calls = subprocess.Popen(CALLS[kind], stdin=pipe, stdout=pipe, text=True, env=env)

    def command(self, *words: str) -> list[str]:
        """The words of a command line."""
        return [*self._program, *self._words, *words]

    def __call__(self, *words: str) -> Printed:
        """Call it without a terminal."""
        assert self._calls.stdin
        assert self._calls.stdout
        self._calls.stdin.write(f"{json.dumps([*self._words, *words])}\n")
        self._calls.stdin.flush()
        return Printed(*json.loads(self._calls.stdout.readline()))

    def close(self) -> None:
        """End the processes that it has started."""
        self._calls.communicate(timeout=20)


def run(
    command: Sequence[str], cwd: Any = PYTHON_PROJECT, variables: dict[str, str] | None = None
) -> Printed:
    """Call a program without a terminal."""
    env = {**clean_environment(), "COLUMNS": "200", **(variables or {})}
    done = completed(command, cwd=cwd, env=env, timeout_s=40)
    return Printed(done.returncode, done.stdout, done.stderr)


def without_usage(printed: Printed) -> Printed:
    """What click adds to a wrong call is Celery's manner, and not a part of the message."""
    return Printed(printed.code, printed.out, re.sub(r"^Usage: .*\nTry .*\n\n", "", printed.error))


def put(
    redis: Redis, raw: str | bytes, *, queue_name: str = "jobs", reason: str = "rejected", hours: float = 3
) -> None:
    """Put a message aside as a worker does; half an hour beyond the hours, so that its age stays the same."""
    moment = int(time.time() * 1000 - hours * HOUR_MS - HOUR_MS / 4)
    header = {"reason": reason, "time": moment, "worker": "celery@here", "deliveries": 2}
    message = raw if isinstance(raw, bytes) else raw.encode()
    redis.lpush(f"{queue_name}.dead", json.dumps(header).encode() + b"\n" + message)


def wait_for_question(terminal: Terminal) -> None:
    """Wait for a question."""
    wait_until(lambda: "[y/N]" in terminal.screen, 15, "a question on the terminal")


def tools_on(url: str, words: Sequence[str] = ("dead",)) -> Iterator[dict[Kind, Tool]]:
    """The tool of each language, for a fixture to yield from."""
    started = {kind: Tool(kind, url, words) for kind in KINDS}
    yield started
    for tool in started.values():
        tool.close()


@pytest.fixture(name="valkey")
def emptied_server(module_valkey: ValkeyServer) -> ValkeyServer:
    """An empty server: starting one for each test, and the tools with it, would take most of the time."""
    with module_valkey.client as client:
        client.flushall()
    return module_valkey


@pytest.fixture(name="tool", params=KINDS)
def tool_of_kind(request: pytest.FixtureRequest, tools: dict[Kind, Tool]) -> Tool:
    return tools[Kind(request.param)]
