"""`make demo`."""

import os
import signal
import socket

import pytest

from scripts import server
from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from tests.scripts.conftest import Target
from tests.support.valkey import ValkeyServer

DEMO = ("python3", "-m", "scripts", "demo")
STARTS_WITHIN_S = 60.0


def test_the_demo_prints_the_four_results_and_leaves_no_process(target: Target) -> None:
    exit_code, output = target.run("make", "demo")

    assert exit_code == 0, output
    results = [line for line in output.splitlines() if line.startswith("Result executed by")]
    assert results == [*JS_CLIENT_LINES, *PYTHON_CLIENT_LINES]
    target.expect_nothing_left()


@pytest.mark.parametrize("moment", ["valkey server", "python worker +starting", "js client +running"])
def test_ctrl_c_in_the_middle_leaves_no_process(target: Target, moment: str) -> None:
    demo = target.start(*DEMO)
    demo.wait_for_log(moment, STARTS_WITHIN_S)
    assert target.pids()

    demo.signal(signal.SIGINT)

    assert demo.wait() == 128 + signal.SIGINT, demo.log
    target.expect_nothing_left()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_the_demo_no_process_is_left(target: Target, signum: signal.Signals) -> None:
    demo = target.start(*DEMO)
    demo.wait_for_log("python worker +starting", STARTS_WITHIN_S)

    demo.signal(signum)

    demo.wait()
    target.expect_nothing_left()


def test_ctrl_c_of_a_terminal_reaches_the_whole_group_and_no_process_is_left(target: Target) -> None:
    demo = target.start("setsid", "--wait", "make", "demo")
    demo.wait_for_log("python worker +starting", STARTS_WITHIN_S)
    leader = next(pid for pid, name in target.pids().items() if name.startswith("make demo"))

    os.killpg(leader, signal.SIGINT)

    assert demo.wait() != 0
    target.expect_nothing_left()


def test_redis_url_is_used_and_no_server_is_started(target: Target, valkey: ValkeyServer) -> None:
    exit_code, output = target.run(*DEMO, env={"REDIS_URL": valkey.url})

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


def test_a_worker_that_does_not_start_fails_the_demo_and_its_log_is_shown(target: Target) -> None:
    exit_code, output = target.run(*DEMO, env={"JOBS_PY_CONCURRENCY": "many"})

    assert exit_code == 1
    assert "error: the python worker ended" in output
    assert "JOBS_PY_CONCURRENCY" in output
    target.expect_nothing_left()


def test_a_taken_port_is_not_called_free() -> None:
    with socket.create_server((server.HOST, 0)) as taken:
        assert not server.is_port_free(taken.getsockname()[1])
