"""The typed examples print what their sisters, which send by name, print."""

from pathlib import Path

from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from scripts.environment import server_variables
from tests.clients.installed import install
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory


def test_the_typed_examples(valkey: ValkeyServer, workers: WorkerFactory, tmp_path: Path) -> None:
    workers.node()
    workers.python()
    made = install(tmp_path / "clients")
    env = server_variables(valkey.url)

    assert made.python("python/client_example.py", env=env).splitlines() == list(PYTHON_CLIENT_LINES)
    assert made.node("node/client_example.js", env=env).splitlines() == list(JS_CLIENT_LINES)
