"""Tasks a second of both kinds of worker on each broker: python -m tests.brokers.throughput [TASKS]

Each pair's servers and workers run alone, one after the other. Prints a table. With the usual number of
tasks, it also writes it into docs/deployment.md.
"""

import os
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts.paths import ROOT
from tests.brokers.rabbitmq.fleet import Fleet, Place, client
from tests.conformance.matrix import Pair
from tests.support.valkey import ValkeyServer

TASKS = 5_000
ROUNDS = 3
CONCURRENCY = 4
ALL_DONE_WITHIN_S = 600.0
# The first tasks are slower: connections, caches.
WARM_UP = 0.2
CLOCK_S = 0.001
PAIRS = {
    ("redis", "redis"): "Redis or Valkey",
    ("sentinel", "redis"): "the same behind Sentinel",
    ("rabbitmq-quorum", "redis"): "RabbitMQ, quorum queues; results in Redis",
    ("rabbitmq-classic", "redis"): "RabbitMQ, classic queues; results in Redis",
    ("redis", "postgres"): "Redis or Valkey; results in PostgreSQL",
    ("rabbitmq-quorum", "postgres"): "RabbitMQ, quorum queues; results in PostgreSQL",
}
KINDS = {"python": "Python (prefork)", "node": "Node"}
CLASSIC: dict[str, Any] = {
    "task_default_queue_type": "classic",
    "task_default_exchange_type": "direct",
    "task_create_missing_queue_type": "classic",
    "task_create_missing_queue_exchange_type": "direct",
}
NODE_CLASSIC: dict[str, Any] = {
    "taskCreateMissingQueueType": "classic",
    "taskCreateMissingQueueExchangeType": "direct",
}
PAGE = ROOT / "docs" / "deployment.md"
SECTION = re.compile(r"(<!-- throughput -->\n).*?(<!-- /throughput -->)", re.DOTALL)


@dataclass(frozen=True)
class Servers:
    """See `Place`."""

    url: str
    results: str


@contextmanager
def place(names: tuple[str, str], folder: Path) -> Iterator[Place]:
    """Servers of a pair."""
    with ExitStack() as stack:
        server = stack.enter_context(closing(ValkeyServer(folder / "valkey")))
        pair = stack.enter_context(closing(Pair(*names)))
        found = pair.broker.for_node(pair.broker.settings(server.url))
        results = pair.database if pair.is_on_postgres else found["result_backend"]
        yield Servers(found["broker_url"], results)


def measure(kind: str, where: Place, folder: Path, tasks: int, *, classic: bool) -> float:
    """Let one worker work off a full queue; returns its tasks a second."""
    folder.mkdir(parents=True)
    with closing(Fleet(where, folder)) as fleet, client(where, **(CLASSIC if classic else {})) as app:
        # Stock Celery opens a connection to PostgreSQL for each look at a result, and slows the worker down.
        app.loader.override_backends = {"db": "celery_reliable.database_results:DatabaseBackend"}
        sent = [app.send_task("tests.now", queue="jobs") for _ in range(tasks)]
        if kind == "node":
            fleet.node(workerConcurrency=CONCURRENCY, **(NODE_CLASSIC if classic else {}))
        else:
            fleet.python(concurrency=CONCURRENCY, **(CLASSIC if classic else {}))
        ended: list[float] = sorted(result.get(timeout=ALL_DONE_WITHIN_S) for result in sent)
    warm = ended[int(tasks * WARM_UP) :]
    # Few tasks may all end in the same millisecond.
    return (len(warm) - 1) / max(warm[-1] - warm[0], CLOCK_S)


def main(tasks: int) -> None:
    """Measure all pairs; the middle of three rounds counts."""
    rows = [
        f"One worker with a concurrency of {CONCURRENCY} and {tasks:,} tasks in its queue,",
        f"{os.cpu_count()} cores that the worker shares with the server, {datetime.now(UTC):%-d %B %Y}:",
        f"tasks a second, the middle of {ROUNDS} rounds",
        "(`python/.venv/bin/python -m tests.brokers.throughput`). Compare the rows:",
        "",
        "| Tasks in | " + " | ".join(KINDS.values()) + " |",
        "|---|" + "---|" * len(KINDS),
    ]
    folder = Path(tempfile.mkdtemp(prefix="throughput-"))
    for names, shown in PAIRS.items():
        cells = []
        with place(names, folder / "-".join(names)) as where:
            for kind in KINDS:
                rates = [
                    measure(
                        kind,
                        where,
                        folder / f"{'-'.join(names)}-{kind}{n}",
                        tasks,
                        classic="classic" in names[0],
                    )
                    for n in range(ROUNDS)
                ]
                cells.append(f"{statistics.median(rates):,.0f}")
        rows.append(f"| {shown} | {' | '.join(cells)} |")
        print(rows[-1], flush=True)
    if tasks != TASKS:
        return
    table = "\n".join(rows) + "\n"
    PAGE.write_text(SECTION.sub(rf"\g<1>{table}\g<2>", PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TASKS)
