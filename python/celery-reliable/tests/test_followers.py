"""What follows a task, the next one of its chain or its chord's body, and cannot be sent at once."""

import re
import socket
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery, chain, chord
from conftest import Ledger, Server, StartWorker
from redis import Redis

from tests.support.waiting import wait_until

TASK = "worker_app"


def turn_away(port: int) -> None:
    """Close connections to a server that is away: its clients have tried, more often than once each."""
    with socket.create_server(("127.0.0.1", port)) as listening:
        listening.settimeout(20)
        for _ in range(20):
            listening.accept()[0].close()


class LoadingServer(socketserver.ThreadingTCPServer):
    """Answers commands as a server does that loads its data."""

    allow_reuse_address = daemon_threads = True
    answers_ping = False
    refused = 0


class _Answer(socketserver.BaseRequestHandler):
    server: LoadingServer

    def handle(self) -> None:
        while asked := self.request.recv(65_536):
            for command in re.findall(rb"\*\d+\r\n\$\d+\r\n(\w+)", asked):
                answers = self.server.answers_ping and command == b"PING"
                self.server.refused += not answers
                self.request.sendall(b"+PONG\r\n" if answers else b"-LOADING the server loads its data\r\n")


def load(port: int) -> None:
    """Stand in for a server that loads its data; in the end it begins to, when it has answered a first PING."""
    with LoadingServer(("127.0.0.1", port), _Answer) as loading:
        threading.Thread(target=loading.serve_forever, args=(0.05,)).start()
        try:
            for refused in (20, 40):
                wait_until(lambda: loading.refused >= refused, 20, f"{refused} refusals")  # noqa: B023 - called at once
                loading.answers_ping = True
        finally:
            loading.shutdown()


def follow(client: Celery, ledger: Ledger, gate: Path, kind: str) -> None:
    """Send a task that waits for the gate, and one that follows it: "first", "last"."""
    first = client.signature(f"{TASK}.hold", [str(ledger), "first", str(gate)])
    last = client.signature(f"{TASK}.work", [str(ledger), "last", 0], immutable=True)
    workflow = chain(first, last) if kind == "chain" else chord([first], last, app=client)
    workflow.apply_async()
    wait_until(lambda: ledger.count("begin", "first"), 20, "the first task")


@pytest.mark.parametrize("kind", ["chain", "chord"])
@pytest.mark.parametrize("away", [turn_away, load], ids=["refuses connections", "loads its data"])
def test_follow_ups_are_sent_after_a_long_outage(
    server: Server,
    client: Celery,
    start: StartWorker,
    ledger: Ledger,
    gate: Path,
    kind: str,
    away: Callable[[int], None],
) -> None:
    start(settings={"task_publish_retry_policy": {"max_retries": 1, "interval_start": 0}})
    follow(client, ledger, gate, kind)

    server.stop()
    gate.touch()
    wait_until(lambda: ledger.count("end", "first"), what="the end of the first task")
    away(server.port)
    server.start()

    wait_until(lambda: ledger.count("end", "last"), 30, "the end of the workflow")
    wait_until(server.is_clean, what="a clean server")
    assert ledger.runs() == {"first": 1, "last": 1}


def test_a_chord_body_is_sent_after_the_loss_of_its_sender(
    server: Server, redis: Redis, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start()
    follow(client, ledger, gate, "chord")
    [size] = redis.keys("celery-taskset-meta-*.s")
    redis.set(f"{str(size).removesuffix('.s')}.c", "the claim of the one that was lost", ex=2)

    gate.touch()

    wait_until(lambda: ledger.count("end", "last"), 20, "the body")
    wait_until(server.is_clean, what="a clean server")
    assert ledger.runs() == {"first": 1, "last": 1}


@pytest.mark.parametrize(
    "where",
    [
        pytest.param("on_chord_part_return", id="before it was counted"),
        pytest.param("_chord_claim_extend_script", id="before the body was sent"),
        pytest.param("_retry_publish", id="while the body was sent, by SIGTERM"),
        pytest.param("_chord_cleanup_script", id="after the body was sent"),
    ],
)
def test_a_part_of_a_lost_process_runs_again_before_its_chord_ends(
    where: str, server: Server, client: Celery, start: StartWorker, ledger: Ledger
) -> None:
    start()
    part = client.signature(f"{TASK}.die_in_chord", [str(ledger), "part", where])
    body = client.signature(f"{TASK}.work", [str(ledger), "body", 0], immutable=True)

    result = chord([part], body, app=client).apply_async()

    assert result.get(timeout=20) == "body"
    wait_until(server.is_clean, 30, "a clean server")
    bodies = 2 if where == "_chord_cleanup_script" else 1
    wait_until(lambda: ledger.runs() == {"part": 2, "body": bodies}, timeout_s=20, what="as many runs")


def test_what_follows_a_task_is_sent_once_a_full_server_has_room(
    server: Server, redis: Redis, client: Celery, start: StartWorker, ledger: Ledger, gate: Path
) -> None:
    start()
    follow(client, ledger, gate, "chain")
    redis.config_set("maxmemory", 1)
    gate.touch()
    before = refusals(redis)
    wait_until(lambda: refusals(redis) > before + 8, 20, "refusals")

    redis.config_set("maxmemory", 0)

    wait_until(lambda: ledger.count("end", "last"), 20, "the next task")
    wait_until(server.is_clean, what="a clean server")
    assert ledger.runs() == {"first": 1, "last": 1}


def refusals(redis: Redis) -> int:
    """How many commands the server has refused because it is full."""
    return int(redis.info("errorstats").get("errorstat_OOM", {}).get("count", 0))
