"""Many workflows at once, mixed and from both clients: every result is right, and every body is sent once.

`make test-load` runs it with 10,000 chains and 200 chords.
"""

import time
from typing import Any

import pytest
from celery import Celery

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .canvas_client import JsCanvas
from .flows import Flow
from .ledger import Ledger

WIDTH = 50
# A result that is asked for last has waited for all others: so many a second are the least.
STEPS_A_SECOND = 25


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_chains_and_chords_side_by_side(
    flow_app: Celery,
    flow_server: ValkeyServer,
    js_canvas: JsCanvas,
    ledger: Ledger,
    request: pytest.FixtureRequest,
) -> None:
    many, wide = request.config.getoption("--chains"), request.config.getoption("--chords")
    timeout_s = 60 + (3 * many + WIDTH * wide) / STEPS_A_SECOND
    clients = Flow(flow_app, "mixed"), Flow(flow_app, "mixed", js_canvas)
    chains: list[Any] = []
    chords: dict[int, Any] = {}
    began = time.monotonic()
    for n in range(many):
        flow = clients[n % 2]
        chains.append(flow.chain(flow.add(n, 1), flow.add(10), flow.add(100)).apply_async())
        if n % (many // wide) == 0:
            flow = clients[len(chords) % 2]
            body = flow.chain(flow.s("canvas.tsum"), flow.s("canvas.count", ledger.path, str(n)))
            chords[n] = flow.chord([flow.add(i, n) for i in range(WIDTH)], body).apply_async()

    assert [result.get(timeout=timeout_s) for result in chains] == [n + 111 for n in range(many)]
    assert {n: result.get(timeout=timeout_s) for n, result in chords.items()} == {
        n: sum(range(WIDTH)) + WIDTH * n for n in chords
    }
    print(f"{many} chains of 3, {len(chords)} chords of {WIDTH}: {time.monotonic() - began:.1f} s")
    redis = flow_server.client
    wait_until(lambda: redis.hlen("unacked") == 0)
    assert sorted(ledger.labels("ran")) == sorted(map(str, chords))
    redis.close()
