"""Every broker with every result backend: both workers, each called by both clients.

The conformance suite runs on most of these pairs too.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, chain, chord, group

from scripts.paths import ROOT
from tests.brokers.rabbitmq.fleet import KINDS, Fleet, Place, client
from tests.brokers.throughput import CLASSIC, NODE_CLASSIC, place

PAIRS = [
    (broker, results)
    for broker in ("redis", "sentinel", "rabbitmq-quorum", "rabbitmq-classic")
    for results in ("redis", "postgres")
]
TIMEOUT_S = 60
CALLS = {
    "a result": 3,
    "a countdown": True,
    "a retry": 2,
    "an error": "TypeError",
    "a chain over both languages": 13,
    "a group": [2, 4],
    "a chord": 6,
}
EXPECTED = {f"{kind}: {call}": outcome for kind in KINDS for call, outcome in CALLS.items()}
Call = Callable[[Place, bool], dict[str, Any]]


@pytest.fixture(scope="module", params=PAIRS, ids="-".join)
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Place, bool]]:
    """The servers of a pair with a worker of each language; whether the queues are classic."""
    is_classic = "classic" in request.param[0]
    folder = tmp_path_factory.mktemp("matrix")
    with place(request.param, folder / "servers") as where, closing(Fleet(where, folder)) as fleet:
        fleet.node("node-jobs", **(NODE_CLASSIC if is_classic else {}))
        # Also the queue of `celery.chord_unlock`.
        fleet.python("python-jobs,jobs", concurrency=2, **(CLASSIC if is_classic else {}))
        yield where, is_classic


def call_from_python(where: Place, is_classic: bool) -> dict[str, Any]:
    with client(where, **(CLASSIC if is_classic else {})) as app:
        return {name: outcome(get) for name, get in calls_of(app).items()}


def calls_of(app: Celery) -> dict[str, Callable[[], Any]]:
    """Make all calls; returns what waits for each."""
    calls: dict[str, Callable[[], Any]] = {}
    for kind, other in zip(KINDS, reversed(KINDS), strict=True):

        def task(name: str, *args: Any, queue: str = f"{kind}-jobs", **options: Any) -> Any:
            return app.signature(f"tests.{name}", args=args, queue=queue, **options)

        parts = [task("add", x, x) for x in (1, 2)]
        sent = {
            "a result": task("add", 1, 2).apply_async(),
            "a countdown": task("now").apply_async(countdown=1.2),
            "a retry": task("retry", 0.3).apply_async(),
            "an error": task("add", 1).apply_async(),
            "a chain over both languages": chain(
                task("add", 1, 2), task("add", 10, queue=f"{other}-jobs"), app=app
            ).apply_async(),
            "a group": group(parts, app=app).apply_async(),
            "a chord": chord(parts, task("total"), app=app).apply_async(),
        }
        calls |= {f"{kind}: {name}": partial(result.get, timeout=TIMEOUT_S) for name, result in sent.items()}
    return calls


def outcome(get: Callable[[], Any]) -> Any:
    """What a call has brought, in JavaScript's words."""
    try:
        value = get()
    except Exception as error:
        return type(error).__name__
    if isinstance(value, float):
        return value > 0
    return value["retries"] if isinstance(value, dict) else value


def call_from_javascript(where: Place, is_classic: bool) -> dict[str, Any]:
    settings = {"brokerUrl": where.url, "resultBackend": where.results, "taskDefaultQueue": "jobs"}
    settings |= NODE_CLASSIC if is_classic else {}
    command = ["node", str(Path(__file__).with_name("matrix_client.mjs")), json.dumps(settings)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=2 * TIMEOUT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("call", [call_from_python, call_from_javascript])
def test_both_workers_serve_both_clients(servers: tuple[Place, bool], call: Call) -> None:
    assert call(*servers) == EXPECTED
