"""A client that finds another contract than its own warns once, naming the tasks, and goes on."""

import copy
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.paths import ROOT, VENV_PYTHON
from tests.clients.installed import Clients, install
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

Json = dict[str, Any]

pytestmark = pytest.mark.timeout(120)

# After this, a client has asked the workers and heard them.
WAIT_S = "2"
PATIENT_S = 60
PYTHON = """\
import sys, time
from {package} import connect

url, option, wait = sys.argv[1:]
jobs = connect(url, **({} if option == "default" else {"check_contract": False}))
for language in ("js", "py"):
    add = getattr(jobs, language).example.arithmetic.add
    assert [add.delay(1, 2).get(timeout=30), add.s(3, 4).delay().get(timeout=30)] == [3, 7]
time.sleep(float(wait))
"""
TWICE = """\
import sys, time
from {package} import connect

url, wait = sys.argv[1:]
for _ in range(2):
    connect(url).py.example.arithmetic.add.delay(1, 2)
time.sleep(float(wait))
"""
ASYNCIO = """\
import sys, asyncio
from {package} import connect

async def main(url, wait):
    clock = asyncio.get_running_loop().time
    until = clock() + float(wait)
    assert await connect(url).js.example.arithmetic.add.delay(1, 2) == 3
    while clock() < until:
        since = clock()
        await asyncio.sleep(0.01)
        assert clock() - since < 0.5

asyncio.run(main(*sys.argv[1:]))
"""
NODE = """\
import { connect } from "{package}";

const [url, option, wait] = process.argv.slice(2);
const jobs = connect(url, option === "default" ? {} : { checkContract: false });
for (const { example } of [jobs.js, jobs.py]) {
  const { add } = example.arithmetic;
  const sums = [await add.delay(1, 2), await add.s(3, 4).delay()].map((job) => job.get({ timeout: 30 }));
  if (String(await Promise.all(sums)) !== "3,7") throw new Error("another sum");
}
await new Promise((resolve) => setTimeout(resolve, Number(wait) * 1000));
"""
SEND_PYTHON = """\
import sys, time
from {package} import connect

url, option, wait = sys.argv[1:]
connect(url, check_contract=option == "default").py.example.arithmetic.add.delay(1, 2)
time.sleep(float(wait))
"""
SEND_NODE = """\
import { connect } from "{package}";

const [url, option, wait] = process.argv.slice(2);
await connect(url, { checkContract: option === "default" }).js.example.arithmetic.add.delay(1, 2);
if (wait !== "0") await new Promise((resolve) => setTimeout(resolve, Number(wait) * 1000));
"""
LOSES_PYTHON = """\
import sys, time
import redis
from {package} import connect

connect(sys.argv[1]).py.example.arithmetic.add.delay(1, 2)
redis.Redis.from_url(sys.argv[1]).shutdown(nosave=True)
time.sleep(2)
"""
LOSES_NODE = """\
import { Redis } from "ioredis";
import { connect } from "{package}";

await connect(process.argv[2]).js.example.arithmetic.add.delay(1, 2);
const redis = new Redis(process.argv[2], { retryStrategy: null });
await redis.shutdown("NOSAVE").catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 2000));
"""


def name_of(catalogue: Json, language: str, last: str) -> str:
    """The full name of an example task."""
    (name,) = (
        name
        for name, task in catalogue["tasks"].items()
        if task["language"] == language and name.endswith(f".{last}")
    )
    return str(name)


def other_contract() -> Json:
    """Of each language one task has changed, one is new to the workers, and one is new to the client."""
    catalogue: Json = json.loads((ROOT / "contracts" / "tasks.json").read_text("utf-8"))
    for language in ("python", "javascript"):
        add, mul = (name_of(catalogue, language, last) for last in ("add", "mul"))
        task = catalogue["tasks"].pop(mul)
        catalogue["tasks"][f"{mul}tiple"] = task
        catalogue["tasks"][add] = copy.deepcopy(task)
        catalogue["tasks"][add]["parameters"][0]["name"] = "first"
    return catalogue


def reworded_contract() -> Json:
    """The same tasks with other sentences and limits."""
    catalogue: Json = json.loads((ROOT / "contracts" / "tasks.json").read_text("utf-8"))
    for task in catalogue["tasks"].values():
        task |= {"doc": "Another sentence.", "max_retries": 7, "time_limit_s": 77}
    return catalogue


def same_contract_without(last: str) -> Json:
    catalogue: Json = json.loads((ROOT / "contracts" / "tasks.json").read_text("utf-8"))
    for language in ("python", "javascript"):
        del catalogue["tasks"][name_of(catalogue, language, last)]
    return catalogue


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    return install(tmp_path_factory.mktemp("drifted") / "clients", other_contract())


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    """A client that does not know a task of the workers."""
    return install(tmp_path_factory.mktemp("older") / "clients", same_contract_without("mul"))


@pytest.fixture(scope="module")
def reworded(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    return install(tmp_path_factory.mktemp("reworded") / "clients", reworded_contract())


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    """A client that would wait very long for the answers."""
    made = install(tmp_path_factory.mktemp("patient") / "clients", other_contract())
    for file in (made.folder / "python" / made.package / "drift.py", made.folder / "node/src/drift.js"):
        text = file.read_text()
        longer = re.sub(r"(TIMEOUT_S = )[\d.]+", rf"\g<1>{PATIENT_S}", text)
        assert longer != text
        file.write_text(longer)
    return made


@pytest.fixture(scope="module")
def server(module_valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server with the template's workers, two of JavaScript."""
    factory = WorkerFactory(module_valkey.url, tmp_path_factory.mktemp("workers"))
    factory.node()
    factory.node()
    factory.python()
    yield module_valkey
    factory.close()


def stderr_of(clients: Clients, program: str, *arguments: str) -> str:
    """Run a program with the client of its language; return what it writes to stderr."""
    is_python = program.startswith("import sys")
    file = clients.folder / f"program{'.py' if is_python else '.mjs'}"
    file.write_text(program.replace("{package}", clients.package if is_python else clients.npm))
    command = [VENV_PYTHON, file] if is_python else ["node", file]
    done = clients.attempt(*command, *arguments, env={"PYTHONPATH": str(clients.folder / "python")})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def reply_queues(server: ValkeyServer) -> list[str]:
    """What the questions of clients have left on the server."""
    return [key for key in map(str, server.client.scan_iter()) if "reply" in key]


@pytest.mark.parametrize("program", [PYTHON, NODE], ids=["python", "node"])
def test_a_client_names_the_tasks_that_differ_once(
    drifted: Clients, server: ValkeyServer, program: str
) -> None:
    catalogue = other_contract()

    (line,) = (
        each
        for each in stderr_of(drifted, program, server.url, "default", WAIT_S).splitlines()
        if "another" in each
    )

    adds, muls = (
        [name_of(catalogue, language, last) for language in ("javascript", "python")]
        for last in ("add", "multiple")
    )
    assert f"changed: {', '.join(adds)}; missing: {', '.join(muls)}: install the client" in line
    assert reply_queues(server) == []


@pytest.mark.parametrize("program", [PYTHON, NODE], ids=["python", "node"])
def test_a_client_that_lacks_a_new_task_says_nothing(
    older: Clients, server: ValkeyServer, program: str
) -> None:
    assert stderr_of(older, program, server.url, "default", WAIT_S) == ""


@pytest.mark.parametrize("program", [PYTHON, NODE], ids=["python", "node"])
def test_a_client_with_other_sentences_says_nothing(
    reworded: Clients, server: ValkeyServer, program: str
) -> None:
    assert stderr_of(reworded, program, server.url, "default", WAIT_S) == ""


@pytest.mark.parametrize("program", [PYTHON, NODE], ids=["python", "node"])
def test_the_comparison_can_be_turned_off(drifted: Clients, server: ValkeyServer, program: str) -> None:
    assert stderr_of(drifted, program, server.url, "off", WAIT_S) == ""


def test_a_client_in_asyncio_warns_without_blocking_the_loop(drifted: Clients, server: ValkeyServer) -> None:
    assert stderr_of(drifted, ASYNCIO, server.url, WAIT_S).count("another contract") == 1


def test_a_python_process_warns_once_for_all_connections(drifted: Clients, server: ValkeyServer) -> None:
    assert stderr_of(drifted, TWICE, server.url, WAIT_S).count("another contract") == 1


@pytest.mark.parametrize("program", [SEND_PYTHON, SEND_NODE], ids=["python", "node"])
@pytest.mark.parametrize("wait_s", ["0", "0.5"], ids=["before the question", "after the question"])
def test_a_process_that_ends_at_once_leaves_nothing_behind(
    patient: Clients, server: ValkeyServer, program: str, wait_s: str
) -> None:
    since = time.monotonic()

    stderr_of(patient, program, server.url, "default", wait_s)

    assert time.monotonic() - since < PATIENT_S / 2
    assert reply_queues(server) == []


@pytest.mark.parametrize("program", [SEND_PYTHON, SEND_NODE], ids=["python", "node"])
def test_a_client_without_workers_is_silent(drifted: Clients, valkey: ValkeyServer, program: str) -> None:
    assert stderr_of(drifted, program, valkey.url, "default", WAIT_S) == ""
    assert reply_queues(valkey) == []


@pytest.mark.parametrize("program", [LOSES_PYTHON, LOSES_NODE], ids=["python", "node"])
def test_a_client_whose_server_goes_away_is_silent(
    drifted: Clients, valkey: ValkeyServer, program: str
) -> None:
    assert stderr_of(drifted, program, valkey.url) == ""
