"""A chord is complete although a worker that ran its parts was killed, and its body is sent once."""

from typing import Any

from celery import chain, chord

from .ledger import Ledger
from .workers import Kind, StartWorker, Target

PARTS = 24
LEASE_S = 2


def test_a_chord_survives_the_worker_that_ran_some_of_its_parts(
    start: StartWorker, queue: Target, ledger: Ledger
) -> None:
    settings = {"lease_s": LEASE_S}
    doomed, _ = (start(Kind.NODE, concurrency=4, node=settings) for _ in range(2))
    header = [queue.signature("work.record", (ledger.path, str(n), 0.2)) for n in range(PARTS)]
    body = chain(
        queue.signature("canvas.collect"),
        queue.signature("canvas.count", (ledger.path, "body")),
        app=queue.app,
    )
    result: Any = chord(header, body, app=queue.app).apply_async()
    ledger.wait_for("end", 4)
    doomed.kill()
    assert result.get(timeout=30) == [[str(n) for n in range(PARTS)]]
    assert set(ledger.labels("end")) == {str(n) for n in range(PARTS)}
    queue.call("basic.nothing")
    assert ledger.labels("ran") == ["body"]
