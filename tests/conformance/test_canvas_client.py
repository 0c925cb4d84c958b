"""A JavaScript client makes workflows for workers of either language, and reads their results."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.valkey import ValkeyServer

from .flows import QUEUES, Flow
from .workers import results_of

SCRIPT = Path(__file__).with_name("js_flows.mjs")

EXPECTED: dict[str, Any] = {
    "chain": 113,
    "partial arguments": 13,
    "a chain of one": 3,
    "an empty chain": True,
    "a chain of groups": 88,
    "group": [2, 4, 6],
    "a nested group": [2, 4, 6],
    "an empty group": [],
    "chord": 6,
    "a chord without a header": 0,
    "a wide chord": 999_000,
    "nested chords": [[6, 6]],
    "a group in a header": [[2, 4, 6]],
    "a group in a group at the end of a chain": [12, 22, 32],
    "a chain that ends in a group in a header": [[[12, 22], 6]],
    "a group as body": [6, [[2, 4]]],
    "a chord in a chain": 107,
    "a failing part": ["ChordError", "Dependency ID raised ValueError('no')"],
    "a failing chain": ["ValueError", "no"],
    "a failing parent": ["ValueError", "no"],
    "a replaced task": [2, 4],
    "an extended chord": ["2", "40", "extended"],
    "a callback": 13,
    "parents": [[34, [12, 22], 2], 3],
    "collect": [[2, 4], 2, 4],
    "a saved group": [[2, 4], 2, None],
    "results as they come": [2, 4],
    "a forgotten result": [True, False],
    "stamps": [{"tenant": "shop"}, {"tenant": "shop"}],
    "a workflow rebuilt from data": 12,
}


@cache
def _outcomes(url: str, kind: str) -> dict[str, Any]:
    """What each scenario comes to: they all run at once, in one script."""
    given = {"settings": {"brokerUrl": url, "resultBackend": results_of(url)}, "queues": QUEUES[kind]}
    command = ["node", str(SCRIPT), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes


@pytest.mark.parametrize("scenario", EXPECTED)
def test_a_workflow_of_a_javascript_client(flow: Flow, flow_server: ValkeyServer, scenario: str) -> None:
    assert _outcomes(flow_server.url, flow.kind)[scenario] == EXPECTED[scenario]


def test_every_scenario_of_the_client_is_looked_at(flow: Flow, flow_server: ValkeyServer) -> None:
    assert _outcomes(flow_server.url, flow.kind).keys() == EXPECTED.keys()
