"""The health check of the Python worker's container."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import StartWorker, environment_for
from tests.processes import Server, free_port

PROJECT = Path(__file__).resolve().parents[1]
SCRIPT = PROJECT / "scripts" / "entrypoints" / "check_worker_pyqueue.sh"


@pytest.fixture
def full_server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, free_port(), "--maxmemory", "1", "--maxmemory-policy", "noeviction") as full:
        yield full


def check(url: str, **variables: str) -> tuple[int, str]:
    """Run the check and return its exit code and output."""
    environment = environment_for(url, **variables)
    done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("delivery", ["reliable", "stock"])
def test_a_worker_that_consumes_its_queues_is_ready(
    delivery: str, server: Server, start_worker: StartWorker
) -> None:
    start_worker(server.url, JOBS_PY_DELIVERY=delivery).wait_for(" ready.")

    assert check(server.url, JOBS_PY_DELIVERY=delivery) == (0, "ready\n")


def test_with_an_address_the_worker_is_asked_there(server: Server, start_worker: StartWorker) -> None:
    address = str(free_port())
    start_worker(server.url, JOBS_HEALTH_ADDRESS=address).wait_for(" ready.")

    assert check(server.url, JOBS_HEALTH_ADDRESS=address) == (0, "ready\n")
    exit_code, output = check(server.url, JOBS_HEALTH_ADDRESS=address, JOBS_PY_QUEUES="py-queue, slow")
    assert (exit_code, output.endswith("The worker does not consume slow.\n")) == (1, True)


def test_an_address_that_is_taken_is_one_line(server: Server, start_worker: StartWorker) -> None:
    address = str(free_port())
    start_worker(server.url, JOBS_HEALTH_ADDRESS=address).wait_for(" ready.")

    second = start_worker(server.url, "-n", "second@%h", JOBS_HEALTH_ADDRESS=address)

    second.wait_for(f"cannot listen on http://127.0.0.1:{address}: Address already in use. Choose another")
    assert second.wait() == 1


def test_a_queue_that_is_not_consumed_is_named(server: Server, start_worker: StartWorker) -> None:
    start_worker(server.url).wait_for(" ready.")

    exit_code, output = check(server.url, JOBS_PY_QUEUES="py-queue, slow")

    assert exit_code == 1
    assert output.endswith(" does not consume slow.\n")


def test_without_a_worker_the_check_fails(server: Server) -> None:
    exit_code, output = check(server.url)

    assert exit_code == 1
    assert output.endswith(" does not answer within 5 s.\n")


def test_a_full_server_is_one_line(full_server: Server) -> None:
    exit_code, output = check(full_server.url)

    assert exit_code == 1
    [line] = output.splitlines()
    assert line.startswith("Error: The server refuses the command: command not allowed when used memory > ")
