"""The calls of `tests/clients` on other servers: workflows, progress, errors, a server that is away."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts import server as servers
from scripts.paths import ROOT
from tests.clients import test_flow
from tests.clients.installed import Clients
from tests.support.workers import WorkerFactory

FLOWS = ROOT / "tests" / "clients"


@contextmanager
def workers(server: str, folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Run a worker of each language on the servers that these variables name."""
    factory = WorkerFactory(server, folder)
    try:
        tasks = json.dumps({"values": [], "shapes": []})
        factory.node({"TASKS": tasks, **variables}, FLOWS / "js_worker.mjs", cwd=ROOT)
        words = ("--without-mingle", "--without-gossip", "--pool", "threads", "--concurrency", "2")
        factory.python("py", dict(variables), app="tests.clients.py_worker", arguments=words, cwd=ROOT)
        yield
    finally:
        factory.close()


def assert_calls_work(clients: Clients, variables: Mapping[str, str], language: str) -> None:
    """Make all calls with the client of a language."""
    nowhere = servers.url(servers.free_port())
    if language == "python":
        printed = clients.python(FLOWS / "flow.py", "", clients.package, nowhere, env=dict(variables))
    else:
        program = (FLOWS / "flow.mjs").read_text("utf-8")
        printed = clients.node_program(program, "", clients.npm, nowhere, env=dict(variables))

    problems = json.loads(printed)
    assert set(test_flow.COMMON) <= set(problems)
    assert {name: problem for name, problem in problems.items() if problem} == {}
