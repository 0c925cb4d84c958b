"""Many workflows at once, of mixed tasks: every result is right, and every body is sent once."""

from typing import Any

from celery import Celery, chain, chord

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .flows import Flow
from .ledger import Ledger

CHAINS = 300
CHORDS = 20
WIDTH = 50


def test_chains_and_chords_side_by_side(flow_app: Celery, flow_server: ValkeyServer, ledger: Ledger) -> None:
    flow = Flow(flow_app, "mixed")
    chains: list[Any] = []
    chords: list[Any] = []
    for n in range(CHAINS):
        chains.append(chain(flow.add(n, 1), flow.add(10), flow.add(100)).apply_async())
        if n % (CHAINS // CHORDS) == 0:
            body = chain(flow.s("canvas.tsum"), flow.s("canvas.count", ledger.path, str(n)))
            chords.append(chord([flow.add(i, n) for i in range(WIDTH)], body).apply_async())

    assert [result.get(timeout=60) for result in chains] == [n + 111 for n in range(CHAINS)]
    firsts = range(0, CHAINS, CHAINS // CHORDS)
    assert [result.get(timeout=60) for result in chords] == [sum(range(WIDTH)) + WIDTH * n for n in firsts]
    redis = flow_server.client
    wait_until(lambda: redis.hlen("unacked") == 0)
    assert sorted(ledger.labels("ran")) == sorted(map(str, firsts))
    redis.close()
