"""`make demo`."""

import os
import shutil
import signal
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts import server
from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from tests.scripts.conftest import FakeProgram, Target
from tests.support.valkey import ValkeyServer

DEMO = ("python3", "-m", "scripts", "demo")
STARTS_WITHIN_S = 60.0


def test_the_demo_prints_the_four_results_and_leaves_no_process(target: Target) -> None:
    exit_code, output = target.run("make", "demo")

    assert exit_code == 0, output
    results = [line for line in output.splitlines() if line.startswith("Result executed by")]
    assert results == [*JS_CLIENT_LINES, *PYTHON_CLIENT_LINES]
    target.expect_nothing_left()


@pytest.mark.parametrize(
    "moment",
    [pytest.param("valkey server", marks=pytest.mark.long), "python worker +starting", "js client +running"],
)
def test_ctrl_c_in_the_middle_leaves_no_process(target: Target, moment: str) -> None:
    demo = target.start(*DEMO)
    demo.wait_for_log(moment, STARTS_WITHIN_S)
    assert target.pids()

    demo.signal(signal.SIGINT)

    assert demo.wait() == 128 + signal.SIGINT, demo.log
    target.expect_nothing_left()


@pytest.mark.parametrize(
    "signum", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.long), signal.SIGKILL]
)
def test_the_demo_leaves_no_process_however_it_ends(target: Target, signum: signal.Signals) -> None:
    demo = target.start(*DEMO)
    demo.wait_for_log("python worker +starting", STARTS_WITHIN_S)

    demo.signal(signum)

    demo.wait()
    target.expect_nothing_left()


def test_ctrl_c_in_a_terminal_leaves_no_process(target: Target) -> None:
    demo = target.start("setsid", "--wait", "make", "demo")
    demo.wait_for_log("python worker +starting", STARTS_WITHIN_S)
    leader = next(pid for pid, name in target.pids().items() if name.startswith("make demo"))

    os.killpg(leader, signal.SIGINT)

    assert demo.wait() != 0
    target.expect_nothing_left()


@pytest.mark.long  # test_up.py sees the same of `make up`
@pytest.mark.parametrize("variable", ["REDIS_URL", "JOBS_BROKER_URL"])
def test_a_server_that_is_set_is_used_and_none_is_started(
    target: Target, valkey: ValkeyServer, variable: str
) -> None:
    exit_code, output = target.run(*DEMO, env={variable: valkey.url})

    assert exit_code == 0, output
    assert "valkey server" not in output
    assert len(list(valkey.client.scan_iter("celery-task-meta-*"))) == len(
        JS_CLIENT_LINES + PYTHON_CLIENT_LINES
    )


def test_a_redis_url_without_a_server_is_one_sentence(target: Target) -> None:
    url = server.url(server.free_port()).replace("//", "//user:secret@")

    exit_code, output = target.run(*DEMO, env={"REDIS_URL": url})

    assert exit_code == 1
    (sentence,) = output.splitlines()
    assert sentence.startswith("error: REDIS_URL redis://user:***@127.0.0.1")


def test_two_servers_that_are_set_are_one_sentence(target: Target) -> None:
    urls = {"REDIS_URL": "redis://:pw@one/0", "JOBS_BROKER_URL": "redis://two/0"}
    exit_code, output = target.run(*DEMO, env=urls)

    assert exit_code == 1
    servers = "REDIS_URL redis://:***@one/0 and JOBS_BROKER_URL redis://two/0"
    assert output == f"error: {servers} are different servers: set only one of them\n"


@pytest.mark.parametrize(
    ("words", "env", "reason"),
    [
        (["demo", "--broker=mysql"], {}, "invalid BROKER=mysql: use redis or rabbitmq"),
        (["demo", "--results=mysql"], {}, "invalid RESULTS=mysql: use redis or postgres"),
        (
            ["demo"],
            {"JOBS_BROKER_URL": "kafka://one"},
            "JOBS_BROKER_URL kafka://one: unknown scheme kafka://; docs/settings.md lists the valid ones",
        ),
        (
            ["demo"],
            {"JOBS_RESULT_BACKEND": "mysql://u:p@one"},
            "JOBS_RESULT_BACKEND mysql://u:***@one: unknown scheme mysql://; "
            "docs/settings.md lists the valid ones",
        ),
        (
            ["contracts", "--check=yes", "--strict="],
            {},
            "invalid CHECK=yes: use 1 to compare the files instead of writing them, or 0",
        ),
        (
            ["up", "abc", "--monitor=", "--watch=", "--debug="],
            {},
            "invalid PORT=abc: use a number from 1 to 65535",
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_installed(
    target: Target, words: list[str], env: dict[str, str], reason: str
) -> None:
    program = (
        "import sys; from scripts import commands, setup; setup.ensure = None; "
        "sys.exit(commands.run(sys.argv[1:]))"
    )
    assert target.run("python3", "-c", program, *words, env=env) == (1, f"error: {reason}\n")


@pytest.mark.parametrize("name", ["JOBS_PY_CONCURRENCY", "JOBS_JS_CONCURRENCY"])
def test_wrong_settings_of_either_language_are_one_sentence(target: Target, name: str) -> None:
    exit_code, output = target.run(*DEMO, env={name: "many"})

    assert exit_code == 1
    assert output == f"error: {name}='many': expected a whole number of at least 1, for example 2\n"


def test_the_reason_why_a_client_failed_comes_last(target: Target, fake_program: FakeProgram) -> None:
    node = shutil.which("node")
    client = f'case "$*" in *client_example*) echo "no such user"; exit 3;; esac; exec {node} "$@"'
    exit_code, output = target.run(*DEMO, env=fake_program("node", client))

    assert exit_code == 1
    assert output.splitlines()[-2:] == ["    no such user", "error: the js client ended with 3: no such user"]
    target.expect_nothing_left()


def test_a_taken_port_is_not_called_free() -> None:
    with socket.create_server((server.HOST, 0)) as taken:
        assert not server.is_port_free(taken.getsockname()[1])


def test_a_full_disk_is_named_when_its_server_leaves_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    silent: Any = SimpleNamespace(last_line="")

    assert server._why(silent, tmp_path) == f": the disk of {tmp_path} is full"
