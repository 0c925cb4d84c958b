"""A network that is silent, or whose replies are out of step, costs a Node worker seconds and no message."""

from collections.abc import Iterator

import pytest
from redis import Redis

from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .broker import wait_until_all_settled
from .ledger import Ledger
from .test_js_client import run_js
from .workers import Kind, StartWorker, Target

LEASE_S = 2.0
# The handshake's limit, and the pause after it.
HANDSHAKE_S = 15


@pytest.fixture
def proxy(valkey: ValkeyServer) -> Iterator[Proxy]:
    with Proxy(valkey.port) as proxy:
        yield proxy


@pytest.fixture
def start_behind(proxy: Proxy, workers: WorkerFactory) -> StartWorker:
    """Starts workers that reach the server through the proxy."""
    return StartWorker(workers, proxy.url)


def test_a_silent_handshake_is_given_up_and_tried_again(
    start_behind: StartWorker, proxy: Proxy, queue: Target
) -> None:
    proxy.be_silent()
    worker = start_behind(Kind.NODE, wait=False)
    wait_until(lambda: proxy.accepted >= 1, 20, "the first connection")

    proxy.move()

    worker.wait_for_log(r"ready\.", timeout_s=HANDSHAKE_S)
    assert queue.call("basic.add", (1, 2)) == 3
    [line] = [line for line in worker.log.splitlines() if "Cannot connect" in line]
    assert "no answer to the handshake within 10 s" in line


def test_a_worker_and_a_client_find_the_server_after_it_has_hung(
    start_behind: StartWorker, proxy: Proxy, queue: Target, ledger: Ledger
) -> None:
    worker = start_behind(Kind.NODE, node={"lease_s": 30})
    present = proxy.accepted
    proxy.be_silent()
    proxy.cut()
    wait_until(lambda: proxy.accepted >= 2 * present, 30, "new connections, none of which is answered")
    results = [queue.send("work.record", (ledger.path, str(n))) for n in range(5)]

    proxy.move()

    ledger.wait_for("end", 5, timeout_s=HANDSHAKE_S + 5)
    assert [result.get(timeout=30) for result in results] == [str(n) for n in range(5)]
    [outcome] = run_js(proxy.url, {"task": "basic.add", "args": [1, 2]}, taskDefaultQueue="jobs")
    assert outcome["value"] == 3
    wait_until(lambda: "Connected to" in worker.log, 30, "the end of the outage")
    assert worker.exit_code is None


@pytest.mark.parametrize(
    "fault",
    [
        lambda proxy: proxy.inject_reply(),
        lambda proxy: proxy.inject_reply(b"!\r\n"),
        lambda proxy: proxy.drop_next_reply(),
    ],
    ids=["a reply too many", "a corrupt byte", "a reply too few"],
)
def test_shifted_replies_end_connections_and_lose_nothing(
    fault: "object", start_behind: StartWorker, proxy: Proxy, queue: Target, redis: Redis, ledger: Ledger
) -> None:
    worker = start_behind(Kind.NODE, node={"lease_s": LEASE_S})
    labels = [str(n) for n in range(200)]
    for label in labels:
        queue.send("work.record", (ledger.path, label, 0.02))
    ledger.wait_for("end", 20)

    before = proxy.accepted
    assert callable(fault)
    fault(proxy)

    ledger.wait_for("end", len(labels), timeout_s=30)
    wait_until_all_settled(redis, 40)
    assert set(ledger.labels("end")) == set(labels)
    assert proxy.accepted > before
    assert worker.exit_code is None
    assert queue.call("basic.add", (1, 2)) == 3
