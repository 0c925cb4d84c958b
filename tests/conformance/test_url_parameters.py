"""A Node worker and a JavaScript client take the parameters of a server's URL.

Those of TLS are tested with the package, and Python's worker and client with the template.
"""

import pytest

from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory

from .test_js_client import run_js
from .workers import Kind, StartWorker

PARAMETERS = (
    "virtual_host=3&socket_timeout=4.5&socket_connect_timeout=3&socket_keepalive=true&health_check_interval=1"
)


@pytest.fixture
def start_with(valkey: ValkeyServer, workers: WorkerFactory) -> StartWorker:
    """Starts workers whose server's URL has every parameter."""
    return StartWorker(workers, f"{valkey.url}?{PARAMETERS}")


def test_every_parameter_is_taken(start_with: StartWorker, valkey: ValkeyServer) -> None:
    worker = start_with(Kind.NODE)

    url = f"{valkey.url}?{PARAMETERS}"
    [outcome] = run_js(url, {"task": "basic.add", "args": [1, 2]}, taskDefaultQueue="jobs")

    assert outcome["value"] == 3
    databases = {client["db"] for client in valkey.client.client_list() if client["lib-name"] != "redis-py"}
    assert worker.exit_code is None
    assert "0" not in databases
