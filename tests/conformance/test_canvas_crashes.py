"""A chord is complete although a worker that ran its parts was killed, and its body is sent once."""

from collections.abc import Callable
from typing import Any

from .flows import Flow
from .ledger import Ledger
from .workers import Kind, StartWorker

PARTS = 24
LEASE_S = 2


def test_a_chord_survives_the_worker_that_ran_some_of_its_parts(
    start: StartWorker,
    own_flows: tuple[Flow, Flow],
    settle_own: Callable[[], None],
    ledger: Ledger,
) -> None:
    settings = {"lease_s": LEASE_S}
    doomed, _ = (start(Kind.NODE, concurrency=4, node=settings) for _ in range(2))
    results: list[Any] = []
    for flow in own_flows:
        header = [flow.s("work.record", ledger.path, str(n), 0.2) for n in range(PARTS)]
        body = flow.chain(flow.s("canvas.collect"), flow.s("canvas.count", ledger.path, "body"))
        results.append(flow.chord(header, body).apply_async())

    ledger.wait_for("end", 4)
    doomed.kill()
    assert [result.get(timeout=30) for result in results] == [[[str(n) for n in range(PARTS)]]] * 2
    assert set(ledger.labels("end")) == {str(n) for n in range(PARTS)}

    settle_own()
    assert ledger.labels("ran") == ["body", "body"]
