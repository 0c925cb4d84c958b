"""`make clean`, in a copy of the template."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from scripts import server
from tests.scripts.conftest import Target
from tests.support.programs import Program
from tests.support.template import installed_copy
from tests.support.terminal import CTRL_C, Terminal
from tests.support.waiting import wait_until

CLEAN = ("python3", "-m", "scripts", "clean")
STARTS_WITHIN_S = 60.0
ANSWERS_WITHIN_S = 30.0


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with three tasks and a dead letter in the data of a server that has stopped."""
    clone = installed_copy(tmp_path_factory.mktemp("clean") / "original")
    port = server.free_port()
    with serving(clone, port), Redis(port=port) as redis:
        redis.lpush("py-queue", "one", "two")
        redis.hset("unacked", "tag", "held")
        redis.lpush("py-queue.dead", "dead")
        redis.set("celery-task-meta-1", "a result")
    return clone


@pytest.fixture
def clone(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / "clone", symlinks=True)


def serving(clone: Path, port: int) -> Program:
    """The server that `make up` would run there, once it answers."""
    folder = clone / ".data" / "valkey" / str(port)
    folder.mkdir(parents=True, exist_ok=True)
    program = Program("server", server.arguments(port, folder), cwd=folder, env={}, log=clone / "server.log")
    wait_until(lambda: server.answers_as(port, program.pid), STARTS_WITHIN_S, "the server")
    return program


def left(clone: Path) -> list[str]:
    return [name for name in (".data", "python/.venv", "node/node_modules") if (clone / name).exists()]


EVERYTHING = [".data", "python/.venv", "node/node_modules"]


def test_without_a_terminal_tasks_and_dead_letters_are_kept(target: Target, clone: Path) -> None:
    exit_code, output = target.run(*CLEAN, cwd=clone)

    assert exit_code == 1
    assert "has 3 tasks and 1 dead letter." in output
    assert output.splitlines()[-1].startswith("error: nothing was removed: `make clean FORCE=1`")
    assert left(clone) == EVERYTHING


@pytest.fixture
def terminal(target: Target, clone: Path) -> Iterator[Terminal]:
    opened = Terminal(list(CLEAN), cwd=clone, env=target.environment())
    wait_until(lambda: "[y/N]" in opened.screen, ANSWERS_WITHIN_S, "the question")
    yield opened
    opened.close()


@pytest.mark.parametrize(("keys", "exit_code"), [(b"\n", 1), (b"no\n", 1), (CTRL_C, 128 + signal.SIGINT)])
def test_any_answer_but_yes_removes_nothing(
    terminal: Terminal, clone: Path, keys: bytes, exit_code: int
) -> None:
    terminal.type(keys)

    assert terminal.wait() == exit_code, terminal.screen
    assert left(clone) == EVERYTHING


def test_a_running_server_keeps_its_data(target: Target, clone: Path) -> None:
    port = server.free_port()
    with serving(clone, port):
        exit_code, output = target.run(*CLEAN, "--force=1", cwd=clone)

    assert exit_code == 1
    assert f"`make up` runs on port {port}" in output.splitlines()[-1]
    assert left(clone) == EVERYTHING


def test_with_force_nothing_is_asked(target: Target, clone: Path) -> None:
    (clone / "node" / "node_modules").unlink()
    exit_code, output = target.run("make", "clean", "FORCE=1", cwd=clone)

    assert exit_code == 0, output
    assert "has 3 tasks and 1 dead letter." in output
    assert left(clone) == []


def test_without_tasks_nothing_is_asked(target: Target, tmp_path: Path) -> None:
    clone = installed_copy(tmp_path / "clone")
    (clone / ".data" / "logs").mkdir(parents=True)

    exit_code, output = target.run(*CLEAN, cwd=clone)

    assert exit_code == 0, output
    assert left(clone) == []
