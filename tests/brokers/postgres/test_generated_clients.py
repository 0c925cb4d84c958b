"""The generated clients with results in PostgreSQL: workflows, progress, errors, a database that is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import server as servers
from tests.brokers import flows
from tests.brokers.postgres.conftest import client
from tests.brokers.postgres.server import PostgresServer
from tests.clients.installed import Clients
from tests.support.valkey import ValkeyServer


@pytest.fixture(scope="module")
def variables(
    module_postgres: PostgresServer, module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The servers' variables, with a worker of each language on them."""
    found = {"JOBS_BROKER_URL": module_valkey.url, "JOBS_RESULT_BACKEND": module_postgres.url}
    with flows.workers(module_valkey.url, tmp_path_factory.mktemp("workers"), found):
        yield found


@pytest.mark.parametrize("language", ["python", "node"])
def test_a_service_reads_results_in_postgresql(
    clients: Clients, variables: dict[str, str], language: str
) -> None:
    flows.assert_calls_work(clients, variables, language)


AWAY = """
import asyncio, importlib, sys, time
client = importlib.import_module(sys.argv[1])
job = client.connect().js.flow.double.job("id")

async def wait():
    await job

for call in (job.look, job.get, lambda: asyncio.run(wait())):
    since = time.monotonic()
    try:
        call()
    except client.OperationalError as error:
        print(time.monotonic() - since, error)
"""


def test_a_python_client_says_that_the_database_is_away(
    clients: Clients, module_valkey: ValkeyServer, tmp_path: Path
) -> None:
    nowhere = f"db+postgresql://jobs:s3cret@127.0.0.1:{servers.free_port()}/jobs"
    program = tmp_path / "away.py"
    program.write_text(AWAY)

    lines = clients.python(
        program,
        clients.package,
        env={"JOBS_BROKER_URL": module_valkey.url, "JOBS_RESULT_BACKEND": nowhere},
    ).splitlines()

    assert len(lines) == 3
    for line in lines:
        took_s, _, error = line.partition(" ")
        assert float(took_s) < 6
        assert "cannot reach the jobs' results" in error
        assert "s3cret" not in error


READERS = """
import asyncio, importlib, sys
import psycopg

client = importlib.import_module(sys.argv[1])
database = importlib.import_module(sys.argv[1] + ".database")
js = client.connect().js.flow


async def a_read_while_the_idle_connection_closes(done):
    database._IDLE_S = 0.05
    close = psycopg.AsyncConnection.close

    async def close_late(connection):
        await asyncio.sleep(0.5)
        await close(connection)

    psycopg.AsyncConnection.close = close_late
    await js.double.job(done)
    await asyncio.sleep(0.3)
    print(await js.double.job(done))


async def two_readers_of_one_task_whose_connection_is_lost(done):
    database._QUERY = database._QUERY.replace(" WHERE", ", pg_sleep(1) WHERE")

    async def read():
        return await js.double.job(done)

    readers = [asyncio.create_task(read())]
    await asyncio.sleep(0.5)
    readers.append(asyncio.create_task(read()))
    await asyncio.sleep(0.2)
    url = database.with_driver(sys.argv[2]).replace("db+postgresql+psycopg:", "postgresql:")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(1)%'"
            " AND pid <> pg_backend_pid()"
        )
    print(await asyncio.gather(*readers))


async def main():
    async with asyncio.timeout(20):
        await globals()[sys.argv[3]](sys.argv[4])

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("reads", "printed"),
    [
        ("a_read_while_the_idle_connection_closes", "42"),
        ("two_readers_of_one_task_whose_connection_is_lost", "[42, 42]"),
    ],
)
def test_every_reader_in_asyncio_gets_its_result(
    clients: Clients, module_postgres: PostgresServer, tmp_path: Path, reads: str, printed: str
) -> None:
    client(module_postgres.url).backend.store_result("done", 42, "SUCCESS")
    program = tmp_path / "readers.py"
    program.write_text(READERS)

    text = clients.python(
        program,
        clients.package,
        module_postgres.url,
        reads,
        "done",
        env={"JOBS_RESULT_BACKEND": module_postgres.url},
    )

    assert text.strip() == printed


def test_a_python_client_names_the_packages_for_postgresql(clients: Clients, tmp_path: Path) -> None:
    program = tmp_path / "bare.py"
    program.write_text(
        "import importlib, importlib.util, sys\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'psycopg' else find(name)\n"
        "client = importlib.import_module(sys.argv[1])\n"
        "try:\n    client.connect()\nexcept ValueError as error:\n    print(error)\n"
    )

    text = clients.python(
        program, clients.package, env={"JOBS_RESULT_BACKEND": "db+postgresql://a:b@host/jobs"}
    )

    assert (
        text.strip() == "results in PostgreSQL need the package psycopg: pip install 'jobs-client[postgres]'"
    )
