"""Jobs of both clients: workflows, progress, errors, asyncio, and a server that is away."""

import json
from pathlib import Path

import pytest

from scripts import server as servers
from tests.clients.installed import Clients
from tests.support.valkey import ValkeyServer

HERE = Path(__file__).parent
Problems = dict[str, str]
COMMON = (
    "a_chain_over_both_languages",
    "a_step_with_further_arguments",
    "an_immutable_step",
    "a_group",
    "progress",
    "the_error_of_a_task",
    "the_error_of_an_earlier_task",
    "no_result_in_time",
    "wrong_arguments",
    "a_job_by_its_id",
    "states",
    "a_server_that_is_away",
)
PYTHON = (
    *(*COMMON, "a_deprecated_task_warns", "awaiting", "awaiting_a_failure", "awaiting_with_a_limit"),
    "event_loops_that_end_while_their_reader_connects",
    "what_is_published_is_no_result",
    "a_retry_is_one_state",
)
NODE = (*COMMON, "named_calls_in_a_workflow", "states_until_a_signal")


@pytest.fixture(scope="module")
def nowhere() -> str:
    return servers.url(servers.free_port())


@pytest.fixture(scope="module")
def from_python(clients: Clients, server: ValkeyServer, nowhere: str) -> Problems:
    found: Problems = json.loads(clients.python(HERE / "flow.py", server.url, clients.package, nowhere))
    return found


@pytest.fixture(scope="module")
def from_node(clients: Clients, server: ValkeyServer, nowhere: str) -> Problems:
    program = (HERE / "flow.mjs").read_text("utf-8")
    found: Problems = json.loads(clients.node_program(program, server.url, clients.npm, nowhere))
    return found


@pytest.mark.parametrize("name", PYTHON)
def test_a_python_service(from_python: Problems, name: str) -> None:
    assert from_python[name] == ""


@pytest.mark.parametrize("name", NODE)
def test_a_node_service(from_node: Problems, name: str) -> None:
    assert from_node[name] == ""


def test_every_check_is_listed(from_python: Problems, from_node: Problems) -> None:
    assert (set(from_python), set(from_node)) == (set(PYTHON), set(NODE))
