"""The generated clients with RabbitMQ as broker: workflows, progress, errors, a broker that is away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import server as servers
from scripts.paths import ROOT
from tests.brokers.rabbitmq.server import Broker, RabbitServer
from tests.clients import signatures, test_flow
from tests.clients.installed import Clients, install
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

FLOWS = ROOT / "tests" / "clients"


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    return install(tmp_path_factory.mktemp("installed") / "clients", signatures.catalogue())


@pytest.fixture(scope="module")
def variables(
    rabbit: RabbitServer, module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The servers' variables, with a worker of each language on them."""
    broker = Broker(rabbit, rabbit.add_vhost("clients"), module_valkey.url)
    found = {"JOBS_BROKER_URL": broker.url, "JOBS_RESULT_BACKEND": broker.results}
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("workers"))
    tasks = json.dumps({"values": [], "shapes": []})
    factory.node({"TASKS": tasks, **found}, FLOWS / "js_worker.mjs", cwd=ROOT)
    words = ("--without-mingle", "--without-gossip", "--pool", "threads", "--concurrency", "2")
    factory.python("py", found, app="tests.clients.py_worker", arguments=words, cwd=ROOT)
    yield found
    factory.close()


@pytest.mark.parametrize("language", ["python", "node"])
def test_a_service_uses_jobs_on_rabbitmq(clients: Clients, variables: dict[str, str], language: str) -> None:
    nowhere = servers.url(servers.free_port())
    if language == "python":
        text = clients.python(FLOWS / "flow.py", "", clients.package, nowhere, env=variables)
    else:
        program = clients.folder / "flow.mjs"
        program.write_text((FLOWS / "flow.mjs").read_text("utf-8"), "utf-8")
        text = clients.node(program, "", clients.npm, nowhere, env=variables)

    problems = json.loads(text)

    assert set(test_flow.COMMON) <= set(problems)
    assert {name: problem for name, problem in problems.items() if problem} == {}


AWAY = {
    "python": """
import importlib, os, sys, time
client = importlib.import_module(sys.argv[1])
since = time.monotonic()
try:
    client.connect().js.flow.double.delay(1)
except client.OperationalError:
    print(time.monotonic() - since)
""",
    "node": """
const { connect, OperationalError } = await import(process.argv[2]);
const since = Date.now();
try {
  await connect().js.flow.double.delay(1);
} catch (error) {
  if (error instanceof OperationalError) console.log((Date.now() - since) / 1000);
  else throw error;
}
process.exit();
""",
}


@pytest.mark.parametrize("language", ["python", "node"])
def test_a_call_without_a_broker_fails_in_time(
    clients: Clients, module_valkey: ValkeyServer, tmp_path: Path, language: str
) -> None:
    nowhere = f"amqp://guest:guest@127.0.0.1:{servers.free_port()}//"
    found = {"JOBS_BROKER_URL": nowhere, "JOBS_RESULT_BACKEND": module_valkey.url}
    if language == "python":
        program = tmp_path / "away.py"
        program.write_text(AWAY[language])
        took = clients.python(program, clients.package, env=found)
    else:
        program = clients.folder / "away.mjs"
        program.write_text(AWAY[language])
        took = clients.node(program, clients.npm, env=found)

    assert float(took) < 5
