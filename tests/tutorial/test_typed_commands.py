"""Types the commands of a Celery tutorial, line by line. The tests depend on each other, in this order."""

import pytest

from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from tests.tutorial.conftest import Shell

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]

READY = r"ready\b"
YARN = "npx --yes yarn@1.22.22"


@pytest.fixture(scope="module")
def workers(shell: Shell) -> Shell:
    """The shell, after both workers have been started as the tutorial starts them."""
    shell.run("python", "poetry install")
    shell.run("node", "npm ci")
    python_worker = shell.start(
        "python", "poetry run celery -A py_workers.worker worker --loglevel=INFO -Q py-queue"
    )
    node_worker = shell.start("node", "node js_workers/worker.js")
    python_worker.wait_for_log(READY, 60)
    node_worker.wait_for_log(READY, 60)
    return shell


def test_python_with_poetry(workers: Shell) -> None:
    printed = workers.run("python", "poetry run python py_workers/client_example.py")
    assert printed == list(PYTHON_CLIENT_LINES)


def test_node_with_npm(workers: Shell) -> None:
    assert workers.run("node", "node js_workers/client_example.js") == list(JS_CLIENT_LINES)


def test_python_without_poetry_in_an_empty_virtual_environment(workers: Shell) -> None:
    workers.run("", "python3 -m venv empty")
    workers.run("python", '../empty/bin/pip3 install "celery[redis]"')
    printed = workers.run("python", "../empty/bin/python3 py_workers/client_example.py")
    assert printed == list(PYTHON_CLIENT_LINES)


def test_node_with_yarn(workers: Shell) -> None:
    workers.run("node", "rm -r node_modules")
    workers.run("node", f"{YARN} install")
    assert workers.run("node", "node js_workers/client_example.js") == list(JS_CLIENT_LINES)
