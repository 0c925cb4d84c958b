"""The generated clients with RabbitMQ as broker: workflows, progress, errors, a broker that is away."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import server as servers
from tests.brokers import flows
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.rabbitmq.tls import CERTIFICATES, REASONS, url_behind_tls
from tests.brokers.rabbitmq.vhosts import Vhosts
from tests.clients.installed import Clients
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def variables(
    vhosts: Vhosts, module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The servers' variables, with a worker of each language on them."""
    url = vhosts.server.url_of(vhosts.take())
    found = {"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": module_valkey.url}
    with flows.workers(module_valkey.url, tmp_path_factory.mktemp("workers"), found):
        yield found


@pytest.mark.parametrize("language", ["python", "node"])
def test_a_service_uses_jobs_on_rabbitmq(clients: Clients, variables: dict[str, str], language: str) -> None:
    flows.assert_calls_work(clients, variables, language)


AWAY = {
    "python": """
import importlib, os, sys, time
client = importlib.import_module(sys.argv[1])
double = client.connect().js.flow.double
for options in ({}, {"countdown": 0.5}, {"countdown": 10}):
    since = time.monotonic()
    try:
        double.apply_async((1,), **options)
    except client.OperationalError:
        print(time.monotonic() - since)
""",
    "node": """
const { connect, OperationalError } = await import(process.argv[2]);
const { double } = connect().js.flow;
for (const options of [{}, { countdown: 0.5 }, { countdown: 10 }]) {
  const since = Date.now();
  try {
    await double.applyAsync([1], options);
  } catch (error) {
    if (error instanceof OperationalError) console.log((Date.now() - since) / 1000);
    else throw error;
  }
}
process.exit();
""",
}


@pytest.mark.parametrize("language", ["python", "node"])
def test_a_call_without_a_broker_fails_in_time(
    clients: Clients, module_valkey: ValkeyServer, language: str
) -> None:
    nowhere = f"amqp://guest:guest@127.0.0.1:{servers.free_port()}//"
    env = {"JOBS_BROKER_URL": nowhere, "JOBS_RESULT_BACKEND": module_valkey.url}

    took = clients.run_source(language, AWAY[language], env)

    at_once, soon, later = map(float, took.split())
    assert max(at_once, soon, later) < 5


LATER = """
import importlib, sys
jobs = importlib.import_module(sys.argv[1]).connect(check_contract=False)
jobs.js.flow.double.apply_async([1], countdown=1)
"""


def test_a_delayed_call_reaches_a_queue_that_no_worker_has_served(
    clients: Clients, broker: Broker, tmp_path: Path
) -> None:
    program = tmp_path / "later.py"
    program.write_text(LATER)
    env = {"JOBS_BROKER_URL": broker.url, "JOBS_RESULT_BACKEND": broker.results}

    clients.python(program, clients.package, env=env)

    wait_until(lambda: broker.messages("js") == 1, 30, "the message in its queue")


SEND = {
    "python": """
import importlib, sys
try:
    importlib.import_module(sys.argv[1]).connect(check_contract=False).js.flow.double.delay(1)
    print("sent")
except Exception as error:
    print(type(error).__name__, error)
""",
    "node": """
const { connect } = await import(process.argv[2]);
await connect().js.flow.double.delay(1).then(
  () => console.log("sent"),
  (error) => console.log(error.name, error.message),
);
process.exit();
""",
}


@pytest.mark.parametrize("language", ["python", "node"])
@pytest.mark.parametrize("case", CERTIFICATES)
def test_a_client_checks_the_brokers_certificate(
    clients: Clients, broker: Broker, tmp_path: Path, language: str, case: str
) -> None:
    url = url_behind_tls(broker, tmp_path, case)

    env = {"JOBS_BROKER_URL": url, "JOBS_RESULT_BACKEND": broker.results}
    printed = clients.run_source(language, SEND[language], env)

    if case == "good":
        assert printed.strip() == "sent"
    else:
        assert re.search(REASONS[case], printed)


def test_a_message_for_a_full_queue_is_refused(clients: Clients, broker: Broker) -> None:
    env = {"JOBS_BROKER_URL": broker.url, "JOBS_RESULT_BACKEND": broker.results}

    def send() -> str:
        return clients.run_source("python", SEND["python"], env).strip()

    assert send() == "sent"
    limits = '{"max-length": 1, "overflow": "reject-publish"}'
    broker.server.ctl("set_policy", "-p", broker.vhost, "full", "^js$", limits, "--apply-to", "queues")
    try:
        error = wait_until(lambda: send().removeprefix("sent"), 30, "an error")
    finally:
        broker.server.ctl("clear_policy", "-p", broker.vhost, "full")

    assert error.startswith("RefusedError the message was refused by the jobs' server amqp://")
    assert re.search(r"the queue of task \S+double is full or not available$", error)
