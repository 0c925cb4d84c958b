"""Numbered tasks for both kinds of worker while workers are killed, connections cut and the server restarted.

`make chaos BROKER=rabbitmq`. What is lost is found by the results, what ran twice by the workers' logs.
"""

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import TimeoutError as NoResultError
from celery.result import AsyncResult

from tests.brokers.rabbitmq.fleet import KINDS, Fleet, client
from tests.brokers.rabbitmq.node import Broker
from tests.brokers.rabbitmq.packages import install
from tests.brokers.rabbitmq.server import RabbitServer
from tests.support.programs import Program
from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer

WORKERS_OF_A_KIND = 2
# How often something fails, beside the time that a fault takes.
FAULT_EVERY_S = 2.0
SEND_EVERY_S = 0.005
# A fault each, over and over: of the server, one in five. A short run has those that come first.
FAULTS = (
    "cut",
    "kill python",
    "crash",
    "kill node",
    "restart",
    "cut",
    "kill node",
    "cut",
    "kill python",
    "cut",
)
LAST_RESULT_WITHIN_S = 180.0
# What was sent although its confirmation was lost has the same id, and counts once.
PATIENT = {"max_retries": 200, "interval_start": 0.1, "interval_step": 0.2, "interval_max": 1}
NAME = "chaos"


@dataclass(frozen=True)
class Outcome:
    """What became of the tasks. `lost`: ids without a result; `repeated`: how many ran more than once."""

    wanted: int
    sent: int
    lost: tuple[str, ...]
    repeated: int
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return self.sent == self.wanted and not self.lost

    def __str__(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return (
            f"{self.sent} of {self.wanted} tasks in {self.seconds:.0f} s; faults: {faults}\n"
            f"lost {len(self.lost)}, ran more than once {self.repeated}"
        )


class ChaosRun:
    """One run: half of the tasks for each kind of worker, all connections through one proxy."""

    def __init__(self, server: RabbitServer, fleet: Fleet, proxy: Proxy, say: Callable[[str], None]) -> None:
        self._server = server
        self._fleet = fleet
        self._proxy = proxy
        self._say = say
        url = fleet.broker.url.replace(f":{server.port}/", f":{proxy.port}/")
        self._behind = Broker(server, url, fleet.broker.results)
        self._workers: dict[str, list[Program]] = {kind: [] for kind in KINDS}
        self._started: list[Program] = []
        self._faults: Counter[str] = Counter()
        self._results: list[AsyncResult[Any]] = []

    def run(self, tasks: int, fault_every_s: float = FAULT_EVERY_S) -> Outcome:
        """Send so many tasks under faults, and wait for all of their results."""
        began = time.monotonic()
        for kind in KINDS * WORKERS_OF_A_KIND:
            self._start(kind)
        with client(self._behind) as app:
            sender = threading.Thread(target=self._send, args=(app, tasks))
            sender.start()
            for fault in itertools.cycle(FAULTS):
                sender.join(fault_every_s)
                if not sender.is_alive():
                    break
                self._inject(fault)
            lost = self._missing()
        repeated = sum(1 for count in self._runs().values() if count > 1)
        return Outcome(tasks, len(self._results), lost, repeated, self._faults, time.monotonic() - began)

    def _start(self, kind: str) -> None:
        program = self._fleet.start(kind, f"{kind}-jobs", url=self._behind.url)
        self._workers[kind].append(program)
        self._started.append(program)

    def _send(self, app: Celery, tasks: int) -> None:
        for number in range(tasks):
            queue = f"{KINDS[number % 2]}-jobs"
            sent = app.send_task("tests.sleep", [0.01], queue=queue, retry=True, retry_policy=PATIENT)
            self._results.append(sent)
            time.sleep(SEND_EVERY_S)

    def _inject(self, fault: str) -> None:
        what, _, kind = fault.partition(" ")
        self._faults[fault] += 1
        if what == "cut":
            self._proxy.cut()
        elif what == "kill":
            self._workers[kind].pop(0).kill()
            self._start(kind)
        else:
            stop = self._server.kill if what == "crash" else self._server.stop
            stop()
            self._server.start()
        self._say(f"  {len(self._results)} tasks sent, {sum(self._faults.values())} faults, last: {fault}")

    def _missing(self) -> tuple[str, ...]:
        until = time.monotonic() + LAST_RESULT_WITHIN_S
        lost = []
        for result in self._results:
            try:
                result.get(timeout=max(0.1, until - time.monotonic()))
            except NoResultError:
                lost.append(result.id)
        return tuple(lost)

    def _runs(self) -> Counter[str]:
        logs = (worker.log for worker in self._started)
        return Counter(task for log in logs for task in re.findall(r"sleep\[(\S+?)\] succeeded", log))


def main(tasks: int, folder: Path, say: Callable[[str], None]) -> int:
    """Run it with its own servers. Returns 0 if nothing was lost, else 1."""
    with ExitStack() as stack:
        results = stack.enter_context(closing(ValkeyServer(folder / "valkey")))
        server = stack.enter_context(closing(RabbitServer(install("4.0"), folder / "rabbitmq")))
        server.add_vhosts([NAME])
        broker = Broker(server, server.url_of(NAME), results.url)
        fleet = stack.enter_context(closing(Fleet(broker, folder)))
        proxy = stack.enter_context(Proxy(server.port))
        outcome = ChaosRun(server, fleet, proxy, say).run(tasks)
    say(str(outcome))
    return 0 if outcome.is_good else 1
