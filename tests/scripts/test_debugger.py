"""`make up DEBUG=1`, and the files with which VS Code uses it."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from celery.result import AsyncResult

from scripts import debugging, server
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT
from tests.scripts.conftest import Target
from tests.scripts.test_pages import TARGETS
from tests.support.dap import DebugSession
from tests.support.programs import Program

# A debugger slows a start down.
pytestmark = pytest.mark.timeout(300)
WITHIN_S = 120.0
PYTHON_FILE = PYTHON_PROJECT / "py_workers/tasks/example/arithmetic.py"
NODE_FILE = NODE_PROJECT / "js_workers/tasks/example/arithmetic.js"


class Debugged:
    """`make up DEBUG=1` on free ports, and a client."""

    def __init__(self, target: Target) -> None:
        self.python_port, self.node_port, port = server.free_port(), server.free_port(), server.free_port()
        env = {"PY_DEBUG_PORT": str(self.python_port), "JS_DEBUG_PORT": str(self.node_port)}
        self.up: Program = target.start("python3", "-m", "scripts", "up", str(port), "--debug=1", env=env)
        self.up.wait_for_log("Debuggers can connect: Python to 127.0.0.1:", WITHIN_S)
        self._client = Celery("client", broker=server.url(port), backend=server.url(port))

    def add(self, language: str, x: int, y: int) -> "AsyncResult[int]":
        """Sends a task."""
        name = f"{language}_workers.tasks.example.arithmetic.add"
        return self._client.send_task(name, [x, y], queue=f"{language}-queue")


@pytest.fixture
def debugged(target: Target) -> Iterator[Debugged]:
    started = Debugged(target)
    yield started
    started.up.signal(signal.SIGINT)
    assert started.up.wait() == 0, started.up.log
    target.expect_nothing_left()


def _line_of(text: str, pattern: str) -> int:
    """The number of the first line that matches."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if re.search(pattern, line))


def test_breakpoints_in_tasks_of_both_languages_are_hit(debugged: Debugged, target: Target) -> None:
    line = _line_of(PYTHON_FILE.read_text("utf-8"), r"return x \+ y")
    with DebugSession(debugged.python_port) as session:
        session.ask("initialize", adapterID="debugpy", pathFormat="path")
        attaching = session.send("attach", justMyCode=True)
        session.event("initialized")
        source = {"path": str(PYTHON_FILE)}
        session.ask("setBreakpoints", source=source, breakpoints=[{"line": line}])
        session.ask("configurationDone")
        session.answer(attaching)

        python = debugged.add("py", 3, 4)
        stopped = session.event("stopped")
        (frame, *_) = session.ask("stackTrace", threadId=stopped["threadId"])["stackFrames"]
        x = session.ask("evaluate", frameId=frame["id"], expression="x")["result"]
        session.ask("continue", threadId=stopped["threadId"])

        assert python.get(timeout=WITHIN_S) == 7
        assert (stopped["reason"], frame["name"], frame["line"], x) == ("breakpoint", "add", line, "3")

    text = NODE_FILE.read_text("utf-8")
    line = _line_of(text, r"=> x \+ y")
    column = text.splitlines()[line - 1].index("x + y") + 1  # the line itself runs when the file is imported
    script = str(ROOT / "tests/scripts/inspector.mjs")
    words = (str(debugged.node_port), "arithmetic.js", str(line), str(column))
    inspector = target.start("node", "--experimental-websocket", script, *words)
    inspector.wait_for_log("^breakpoint set$", WITHIN_S)
    node = debugged.add("js", 5, 6)
    inspector.wait_for_log(rf"^stopped in add at line {line} with \[5,6\]$", WITHIN_S)
    assert inspector.wait() == 0
    assert node.get(timeout=WITHIN_S) == 11


def test_vs_code_attaches_to_the_ports_of_its_task() -> None:
    launch, tasks = _vscode("launch.json"), _vscode("tasks.json")
    named = {configuration["name"]: configuration for configuration in launch["configurations"]}
    labels = {task["label"] for task in tasks["tasks"]}

    (both,) = launch["compounds"]
    assert both["configurations"] == ["Python worker", "Node worker"]
    assert named["Python worker"]["connect"]["port"] == debugging.PYTHON_PORT
    assert named["Node worker"]["port"] == debugging.NODE_PORT
    assert {one["preLaunchTask"] for one in (both, *named.values()) if "preLaunchTask" in one} <= labels
    for task in tasks["tasks"]:
        program, name, *_ = task["command"].split()
        assert program == "make"
        assert name in TARGETS
    matcher = tasks["tasks"][0]["problemMatcher"]["background"]["endsPattern"]
    assert re.search(matcher, debugging.line())


def test_a_taken_port_of_a_debugger_is_one_sentence(target: Target) -> None:
    taken = server.free_port()
    with socket.create_server((server.HOST, taken)):
        exit_code, output = target.run("make", "up", "DEBUG=1", env={"PY_DEBUG_PORT": str(taken)})

    assert exit_code == 2
    assert output.splitlines()[0] == (
        f"error: port {taken} is taken: choose one for the debugger with PY_DEBUG_PORT=..."
    )


def _vscode(name: str) -> Any:
    return json.loads((ROOT / ".vscode" / name).read_text("utf-8"))
