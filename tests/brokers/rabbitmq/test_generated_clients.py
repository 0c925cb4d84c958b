"""The generated clients with RabbitMQ as broker: workflows, progress, errors, a broker that is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import server as servers
from tests.brokers import flows
from tests.brokers.rabbitmq.server import Broker, RabbitServer
from tests.clients.installed import Clients
from tests.support.valkey import ValkeyServer


@pytest.fixture(scope="module")
def variables(
    rabbit: RabbitServer, module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The servers' variables, with a worker of each language on them."""
    broker = Broker(rabbit, rabbit.add_vhost("clients"), module_valkey.url)
    found = {"JOBS_BROKER_URL": broker.url, "JOBS_RESULT_BACKEND": broker.results}
    with flows.workers(module_valkey.url, tmp_path_factory.mktemp("workers"), found):
        yield found


@pytest.mark.parametrize("language", ["python", "node"])
def test_a_service_uses_jobs_on_rabbitmq(clients: Clients, variables: dict[str, str], language: str) -> None:
    flows.assert_calls_work(clients, variables, language)


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
