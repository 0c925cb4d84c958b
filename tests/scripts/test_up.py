"""`make up`."""

import os
import pty
import select
import signal
import socket
from collections.abc import Iterator

import pytest

from scripts import server
from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from tests.scripts.conftest import Target
from tests.support.waiting import wait_until

CONSUMING = "Both workers are consuming"
STARTS_WITHIN_S = 60.0
CTRL_C = b"\x03"


def test_clients_of_another_terminal_are_answered_and_a_signal_stops_all_of_it(target: Target) -> None:
    port = server.free_port()
    up = target.start("python3", "-m", "scripts", "up", str(port))
    up.wait_for_log(CONSUMING, STARTS_WITHIN_S)
    variables = server_variables(server.url(port))

    from_python = target.run(
        str(VENV_PYTHON), "-m", "py_workers.client_example", cwd=PYTHON_PROJECT, env=variables
    )
    from_node = target.run("node", "js_workers/client_example.js", cwd=NODE_PROJECT, env=variables)
    up.signal(signal.SIGINT)

    assert "from python client: 2 + 2 = 4" in from_python[1]
    assert "from js client : 3 + 2 = 5" in from_node[1]
    assert up.wait() == 0, up.log
    assert "had to be killed" not in up.log
    target.expect_nothing_left()


def test_tasks_sent_before_a_stop_are_there_after_the_next_start(target: Target) -> None:
    port = server.free_port()
    data = ROOT / ".data" / "valkey" / str(port)
    for _ in range(2):
        up = target.start("python3", "-m", "scripts", "up", str(port))
        up.wait_for_log("append-only file on", STARTS_WITHIN_S)
        up.signal(signal.SIGTERM)
        assert up.wait() == 0, up.log

    assert list(data.glob("appendonlydir/*.aof"))


def test_a_worker_that_dies_ends_up_with_an_error(target: Target) -> None:
    up = target.start("python3", "-m", "scripts", "up", str(server.free_port()))
    up.wait_for_log(CONSUMING, STARTS_WITHIN_S)
    worker = next(pid for pid, name in target.pids().items() if name.endswith("js_workers/worker.js"))

    os.kill(worker, signal.SIGKILL)

    assert up.wait() == 1
    assert "error: the node worker ended with -9" in up.log
    target.expect_nothing_left()


def test_a_taken_port_is_one_sentence_that_says_what_to_do(target: Target) -> None:
    with socket.create_server((server.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        exit_code, output = target.run("python3", "-m", "scripts", "up", str(port))

    assert exit_code == 1
    (sentence,) = output.splitlines()
    assert f"port {port} is taken" in sentence
    assert f"make up PORT={port + 1}" in sentence
    assert "REDIS_URL=" in sentence


@pytest.mark.parametrize("port", ["0", "65536", "abc", "-1"])
def test_a_port_that_is_none_is_one_sentence(target: Target, port: str) -> None:
    exit_code, output = target.run("make", "up", f"PORT={port}")

    assert exit_code != 0
    assert output.splitlines()[0] == f"error: PORT={port} is no port: give a number from 1 to 65535"


@pytest.fixture
def terminal(target: Target) -> Iterator["Terminal"]:
    """A terminal with `make up` in its foreground."""
    opened = Terminal(target.environment(), ["make", "up", f"PORT={server.free_port()}"])
    yield opened
    opened.close()


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, env: dict[str, str], command: list[str]) -> None:
        self.output = b""
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.execvpe(command[0], command, {**env, "TERM": "xterm"})  # noqa: S606

    def read(self) -> bytes:
        """Everything printed so far."""
        while select.select([self._descriptor], [], [], 0)[0]:
            try:
                chunk = os.read(self._descriptor, 65536)
            except OSError:
                break
            self.output += chunk
        return self.output

    def type(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def wait(self) -> int:
        """Reads to the end and returns the exit code."""
        status = wait_until(self._ended, 30, "the end of the command")
        return os.waitstatus_to_exitcode(status[1])

    def _ended(self) -> tuple[int, int] | None:
        self.read()
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return (pid, status) if pid else None

    def close(self) -> None:
        os.close(self._descriptor)


def test_ctrl_c_in_a_terminal_stops_in_order_and_make_succeeds(target: Target, terminal: Terminal) -> None:
    wait_until(lambda: CONSUMING.encode() in terminal.read(), STARTS_WITHIN_S, CONSUMING)

    terminal.type(CTRL_C)

    assert terminal.wait() == 0, terminal.output
    assert b"Warm shutdown" in terminal.output
    assert b"\x1b[" in terminal.output
    target.expect_nothing_left()
