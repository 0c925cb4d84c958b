"""One run: workers empty a full queue. The clock runs from a fifth of the results to nine tenths."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from . import system

RUNS_WITHIN_S = 240


@dataclass(frozen=True)
class Run:
    """What was measured; costs are per task."""

    language: str
    pods: int
    seconds: float
    rate: float
    server_us: float
    worker_us: float
    commands: float
    wire_bytes: float

    @property
    def server_s(self) -> float:
        """Processor time of the server in a second."""
        return self.rate * self.server_us / 1e6


@dataclass(frozen=True)
class Memory:
    """Bytes of the server's memory for one waiting message and for one stored result."""

    message: float
    result: float


def measure(folder: Path, language: str, pods: int, seconds: float, tasks: int) -> Run:
    """Lets some workers run so many tasks, each of which waits so long."""
    server = ValkeyServer(folder / "server")
    factory = WorkerFactory(server.url, folder / "workers")
    try:
        workers = system.start_workers(factory, language, pods)
        system.wait_until_ready(workers)
        client = server.client
        waiting = system.messages(server, language, seconds, tasks)
        others = client.dbsize()
        system.fill(client, language, waiting)
        first = _count_to(server, others + tasks // 5)
        before, since = system.read_counters(client, workers), time.monotonic()
        last = _count_to(server, others + tasks * 9 // 10)
        after, lasted = system.read_counters(client, workers), time.monotonic() - since
    finally:
        factory.close()
        server.close()
    done = last - first
    return Run(
        language=language,
        pods=pods,
        seconds=seconds,
        rate=done / lasted,
        server_us=(after.server_s - before.server_s) / done * 1e6,
        worker_us=(after.workers_s - before.workers_s) / done * 1e6,
        commands=(after.commands - before.commands) / done,
        wire_bytes=(after.server_bytes - before.server_bytes) / done,
    )


def measure_idle(folder: Path, language: str, pods: int = 4, lasts_s: float = 10) -> float:
    """The server's processor time in a second for one worker that has nothing to do."""
    server = ValkeyServer(folder / "server")
    factory = WorkerFactory(server.url, folder / "workers")
    try:
        workers = system.start_workers(factory, language, pods)
        system.wait_until_ready(workers)
        client = server.client
        before, since = system.read_counters(client, []), time.monotonic()
        time.sleep(lasts_s)
        after, lasted = system.read_counters(client, []), time.monotonic() - since
    finally:
        factory.close()
        server.close()
    return (after.server_s - before.server_s) / lasted / pods


def measure_memory(folder: Path, tasks: int = 20_000) -> Memory:
    """Compares the server's memory empty, with waiting messages, and with their results."""
    server = ValkeyServer(folder / "server")
    factory = WorkerFactory(server.url, folder / "workers")
    try:
        client = server.client
        waiting = system.messages(server, "node", 0, tasks)
        empty = system.read_counters(client, []).memory
        system.fill(client, "node", waiting)
        full = system.read_counters(client, []).memory
        system.start_workers(factory, "node", 1)
        wait_until(lambda: not client.exists("js-queue", "unacked"), RUNS_WITHIN_S, "an empty queue")
        factory.close()
        done = system.read_counters(client, []).memory
    finally:
        factory.close()
        server.close()
    return Memory((full - empty) / tasks, (done - empty) / tasks)


def _count_to(server: ValkeyServer, keys: int) -> int:
    """Waits until the server has so many keys, each a result; returns how many it has."""
    client = server.client

    def there() -> int:
        count = int(client.dbsize())
        return count if count >= keys else 0

    return wait_until(there, RUNS_WITHIN_S, f"{keys} results")
