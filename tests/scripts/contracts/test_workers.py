"""Workers of both languages log the hash of their contract, and answer it to `inspect contract`."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV_PYTHON
from scripts.processes import Command
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer, served
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory, clean_environment

FILES = {
    "python": PYTHON_PROJECT / "py_workers" / "contract.json",
    "node": NODE_PROJECT / "js_workers" / "contract.json",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    yield from served(tmp_path_factory, "contract-valkey")


@pytest.fixture(scope="module")
def workers_running(
    server: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Program]]:
    factory = WorkerFactory(server.url, tmp_path_factory.mktemp("workers"))
    try:
        yield {"python": factory.python(), "node": factory.node()}
    finally:
        factory.close()


def contract(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILES[language].read_text("utf-8"))
    return found


def answers(server: ValkeyServer) -> list[dict[str, Any]]:
    app = Celery("client", broker=server.url)
    replies = app.control.broadcast("contract", reply=True, timeout=5, limit=2)
    return [reply for each in replies or [] for reply in each.values()]


@pytest.mark.usefixtures("workers_running")
def test_both_answer_the_hashes_of_their_tasks(server: ValkeyServer) -> None:
    expected = [contract(language) for language in FILES]

    wait_until(
        lambda: sorted(answers(server), key=str) == sorted(expected, key=str), 30, "both workers' contracts"
    )


@pytest.mark.parametrize("language", FILES)
def test_the_hash_is_logged_at_the_start(workers_running: dict[str, Program], language: str) -> None:
    expected = contract(language)

    assert f"Contract: {expected['hash']} ({len(expected['tasks'])} tasks)" in workers_running[language].log


@pytest.mark.usefixtures("workers_running")
@pytest.mark.parametrize(
    ("command", "cwd"),
    [
        (["node_modules/.bin/celery-js", "-A", "js_workers/config.js"], NODE_PROJECT),
        ([VENV_PYTHON, "-m", "celery", "-A", "py_workers.worker"], PYTHON_PROJECT),
    ],
    ids=["celery-js", "celery"],
)
def test_both_command_lines_ask_for_it(server: ValkeyServer, command: Command, cwd: Path) -> None:
    answer = subprocess.run(
        [*command, "inspect", "contract", "--json", "--timeout", "5"],
        cwd=cwd,
        env={**clean_environment(), **server_variables(server.url)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert answer.returncode == 0, answer.stderr
    replies = json.loads(answer.stdout)
    assert sorted(replies.values(), key=str) == sorted((contract(each) for each in FILES), key=str)
