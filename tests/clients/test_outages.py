"""A Python client outlives its server: stock Celery must be restarted after an outage."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from scripts.paths import ROOT, VENV_PYTHON
from tests.clients.installed import Clients
from tests.support.valkey import ValkeyServer
from tests.support.workers import clean_environment

PROGRAM = Path(__file__).with_name("outage.py")
CALLS = 5
ID = "11111111-1111-1111-1111-111111111111"
RESULT = {"status": "SUCCESS", "result": 2, "traceback": None, "children": [], "task_id": ID}


@pytest.mark.parametrize("end", ["stopped", "frozen"])
def test_each_call_of_an_outage_ends_with_one_error_and_the_next_one_works(
    clients: Clients, valkey: ValkeyServer, end: str
) -> None:
    valkey.client.set(f"celery-task-meta-{ID}", json.dumps(RESULT))
    with subprocess.Popen(
        [VENV_PYTHON, PROGRAM, valkey.url, clients.package, ID],
        env={**clean_environment(), "PYTHONPATH": f"{clients.folder / 'python'}:{ROOT}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None

        def attempt() -> list[str]:
            assert program.stdin is not None
            assert program.stdout is not None
            program.stdin.write("again\n")
            program.stdin.flush()
            return program.stdout.readline().split()

        try:
            assert attempt() == ["done"] * CALLS
            assert valkey.client.client_list("pubsub") == [], "sending a chord subscribes to nothing"
            if end == "stopped":
                valkey.stop()
                assert attempt() == ["OperationalError"] * CALLS
                assert attempt() == ["OperationalError"] * CALLS
                valkey.start()
            else:
                os.kill(valkey.pid, signal.SIGSTOP)
                assert attempt() == ["OperationalError"] * CALLS
                os.kill(valkey.pid, signal.SIGCONT)
            assert attempt() == ["done"] * CALLS
        finally:
            program.kill()
