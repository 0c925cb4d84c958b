"""`make up`."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator

import pytest
from redis import Redis

from scripts import server
from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from scripts.up import data_folder, log_file
from tests.scripts.conftest import Target
from tests.support.flower import Flower
from tests.support.terminal import CTRL_C, Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

CONSUMING = "Both workers are consuming"
STARTS_WITHIN_S = 60.0
# Each of the two clients calls a task of each language.
TASKS_OF_CLIENTS = ["js_workers"] * 2 + ["py_workers"] * 2


@pytest.fixture
def port() -> Iterator[int]:
    """A free port; what the server of that port leaves in the repository is removed afterwards."""
    number = server.free_port()
    yield number
    shutil.rmtree(data_folder(number), ignore_errors=True)
    log_file(number).unlink(missing_ok=True)


def test_up_serves_clients_and_a_browser_until_a_signal(target: Target, port: int) -> None:
    login = {"FLOWER_PORT": str(server.free_port()), "FLOWER_USER": "me", "FLOWER_PASSWORD": ""}
    up = target.start("python3", "-m", "scripts", "up", str(port), "--monitor=1", env=login)
    up.wait_for_log(CONSUMING, STARTS_WITHIN_S)
    variables = server_variables(server.url(port))
    told = up.wait_for_log(r"Flower: http://127.0.0.1:(\d+), user me, password (\S+)", 5)
    flower = Flower(int(told[1]), "me", told[2])
    wait_until(lambda: _heard_of(flower) == ["js", "py"], STARTS_WITHIN_S, "both workers in Flower")

    from_python = target.run(
        str(VENV_PYTHON), "-m", "py_workers.client_example", cwd=PYTHON_PROJECT, env=variables
    )
    from_node = target.run("node", "js_workers/client_example.js", cwd=NODE_PROJECT, env=variables)
    wait_until(lambda: _tasks(flower) == TASKS_OF_CLIENTS, STARTS_WITHIN_S, "the clients' tasks in Flower")
    up.signal(signal.SIGINT)

    assert "from python client: 2 + 2 = 4" in from_python[1]
    assert "from js client : 3 + 2 = 5" in from_node[1]
    assert up.wait() == 0, up.log
    assert "had to be killed" not in up.log
    target.expect_nothing_left()


def _heard_of(flower: Flower) -> list[str]:
    """The workers of which it has heard an event."""
    workers = flower.get("/workers?json=1").body["data"]
    return sorted(worker["hostname"].partition("@")[0] for worker in workers if worker["status"])


def _tasks(flower: Flower) -> list[str]:
    return sorted(str(task["name"]).partition(".")[0] for task in flower.get("/api/tasks").body.values())


@pytest.mark.long
def test_tasks_sent_before_a_stop_survive_the_next_start(target: Target, port: int) -> None:
    client = Redis(port=port)
    for length in (1, 2):
        up = target.start("python3", "-m", "scripts", "up", str(port))
        up.wait_for_log("append-only file on", STARTS_WITHIN_S)
        assert client.rpush("a-queue-of-nobody", "message") == length
        up.signal(signal.SIGTERM)
        assert up.wait() == 0, up.log


def test_a_worker_that_dies_ends_up_with_an_error(target: Target, port: int) -> None:
    up = target.start("python3", "-m", "scripts", "up", str(port))
    up.wait_for_log(CONSUMING, STARTS_WITHIN_S)
    worker = next(pid for pid, name in target.pids().items() if name.endswith("js_workers/worker.js"))

    os.kill(worker, signal.SIGKILL)

    assert up.wait() == 1
    *_, error = up.log.splitlines()
    assert error.startswith("error: the node worker ended with -9"), "after the other worker's last lines"
    assert "the last lines of the node worker:" in up.log.rpartition("Stopping the workers")[2]
    target.expect_nothing_left()


def test_a_taken_port_is_one_sentence_that_says_what_to_do(target: Target) -> None:
    with socket.create_server((server.HOST, 0)) as taken:
        number = taken.getsockname()[1]
        exit_code, output = target.run("python3", "-m", "scripts", "up", str(number))

    assert exit_code == 1
    (sentence,) = output.splitlines()
    assert f"port {number} is taken" in sentence
    assert f"make up PORT={number + 1}" in sentence
    assert f"make up JOBS_BROKER_URL=redis://127.0.0.1:{number}/0" in sentence


@pytest.mark.long
def test_it_stops_in_order_when_nothing_reads_its_output(target: Target, port: int) -> None:
    command = f"python3 -m scripts up {port} 2>&1 | grep -m 1 -o consuming; echo done"
    up = target.start("sh", "-c", command)
    up.wait_for_log("^done$", STARTS_WITHIN_S)

    assert up.wait() == 0
    target.expect_nothing_left()


@pytest.mark.parametrize("variable", [pytest.param("REDIS_URL", marks=pytest.mark.long), "JOBS_BROKER_URL"])
def test_a_server_that_is_set_is_used_and_none_is_started(
    target: Target, valkey: ValkeyServer, variable: str
) -> None:
    up = target.start("python3", "-m", "scripts", "up", env={variable: valkey.url})
    up.wait_for_log(CONSUMING, STARTS_WITHIN_S)

    exit_code, output = target.run("make", "py-client", env={variable: valkey.url})

    assert exit_code == 0, output
    assert "from python client: 2 + 2 = 4" in output
    assert "append-only file" not in up.log
    assert len(list(valkey.client.scan_iter("celery-task-meta-*"))) == 2
    up.signal(signal.SIGINT)
    up.wait()
    target.expect_nothing_left()


@pytest.mark.parametrize("value", ["0", "65536", "abc", "-1", "63 80", "it's"])
def test_an_invalid_port_is_one_sentence(target: Target, value: str) -> None:
    exit_code, output = target.run("make", "up", f"PORT={value}")

    assert exit_code != 0
    assert output.splitlines()[0] == f"error: invalid PORT={value}: use a number from 1 to 65535"


def test_a_port_and_a_server_at_once_are_one_sentence(target: Target) -> None:
    exit_code, output = target.run("make", "up", "PORT=6380", "REDIS_URL=redis://127.0.0.1:6399/0")

    assert exit_code != 0
    assert output.splitlines()[0] == (
        "error: PORT=6380 is for the server that `make up` starts, but REDIS_URL redis://127.0.0.1:6399/0 "
        "names another one: set only one of them"
    )


def test_wrong_settings_are_one_sentence_before_anything_starts(target: Target, port: int) -> None:
    env = {"JOBS_LOG_LEVEL": "verbose"}
    exit_code, output = target.run("python3", "-m", "scripts", "up", str(port), env=env)

    assert exit_code == 1
    expected = "one of debug, info, warning, error, critical"
    assert output == f"error: JOBS_LOG_LEVEL='verbose': expected {expected}\n"


@pytest.fixture
def terminal(target: Target, port: int) -> Iterator[Terminal]:
    """A terminal with `make up` in its foreground."""
    opened = Terminal(["make", "up", f"PORT={port}"], cwd=ROOT, env=target.environment())
    yield opened
    opened.close()


def test_ctrl_c_in_a_terminal_stops_in_order_and_make_succeeds(target: Target, terminal: Terminal) -> None:
    wait_until(lambda: CONSUMING in terminal.screen, STARTS_WITHIN_S, CONSUMING)

    terminal.type(CTRL_C)

    assert terminal.wait() == 0, terminal.screen
    assert "Warm shutdown" in terminal.screen
    assert "\x1b[" in terminal.screen, "no colours"
    target.expect_nothing_left()
