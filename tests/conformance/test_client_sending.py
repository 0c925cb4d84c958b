"""Every option of a sending reaches workers of either language alike, from a JavaScript client."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.valkey import ValkeyServer

from .flows import QUEUES, Flow
from .workers import results_of

SCRIPT = Path(__file__).with_name("js_sending.mjs")

EXPECTED: dict[str, Any] = {
    "queue": True,
    "routing key and exchange": [True, True],
    "priority": 3,
    "countdown": [True, True],
    "eta": [True, True],
    "expires": ["TaskRevokedError", 3],
    "time limits": [20, 15],
    "headers": {"tenant": "shop"},
    "shadow": "shown",
    "reply to and correlation id": ["replies", "given"],
    "task id": [True, 3],
    "ignored result": [None, False],
    "link": [13, 23],
    "error link": 36,
    "retry policy": 3,
    "gzip": 10_000,
    "zlib": "Grüße",
    "route of a name": True,
    "route of a glob": True,
    "route of a pattern": True,
    "route of a function": True,
    "first route of several": True,
    "many at once": True,
}


@cache
def _outcomes(url: str, kind: str) -> dict[str, Any]:
    """What each scenario comes to: they all run at once, in one script."""
    given = {"settings": {"brokerUrl": url, "resultBackend": results_of(url)}, "queues": QUEUES[kind]}
    command = ["node", str(SCRIPT), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    outcomes: dict[str, Any] = json.loads(done.stdout)
    return outcomes


@pytest.mark.parametrize("option", EXPECTED)
def test_a_javascript_client_sends_celerys_options(
    flow: Flow, flow_server: ValkeyServer, option: str
) -> None:
    assert _outcomes(flow_server.url, flow.kind)[option] == EXPECTED[option]


def test_every_option_of_the_client_is_looked_at(flow: Flow, flow_server: ValkeyServer) -> None:
    assert _outcomes(flow_server.url, flow.kind).keys() == EXPECTED.keys()
