"""One run: server, workers, load and faults together until everything is at rest; then the verdict."""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from redis import Redis

from scripts.server import url as server_url
from tests.support.proxy import Proxy
from tests.support.sentinels import SentinelCluster
from tests.support.valkey import ValkeyServer

from .facts import Fault, task_id
from .fleet import Fleet, Setting, hostile_ledger
from .hostile import HostileAccount
from .hostile_load import HostileLoad
from .injector import FaultInjector
from .ledger import read_runs
from .load import Load
from .plan import Plan
from .remains import lengths, read_remains
from .verdict import Verdict, judge

# A server that is killed must not take confirmed writes with it.
SERVER_OPTIONS = ("--appendfsync", "always")
# Behind sentinels, a primary confirms nothing once it has lost its replicas.
REPLICATED = (*SERVER_OPTIONS, "--min-replicas-to-write", "1", "--min-replicas-max-lag", "10")
# A busy machine must not make sentinels replace a primary that lives.
DOWN_AFTER_MS = 3_000
LOOK_S = 0.5
# How long before a fault the rest of its jobs is sent.
BURST_S = 0.25
PROGRESS_S = 10.0
# In leases, and the same again in seconds: how long without any progress until the rest counts as lost.
PATIENCE = 5.0


@dataclass(frozen=True)
class Outcome:
    """A run's verdict, what was done, and how long it took."""

    verdict: Verdict
    faults: tuple[Fault, ...]
    seconds: float
    hostile: HostileAccount


class ChaosRun:
    """Runs a plan in a folder, which keeps the workers' logs and the ledger; `say` takes the progress."""

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._ledger = folder / "ledger"
        self._ledger.touch(exist_ok=False)  # of another run, it would be judged together with ours
        self._injected = 0.0
        self._began = time.monotonic()
        self._said = self._began

    def run(self) -> Outcome:
        """Run everything. Raises AssertionError when the workers or the server do not start."""
        with ExitStack() as stack:
            server = stack.enter_context(closing(self._server()))
            port = server.port
            client = stack.enter_context(closing(Proxy(port)))
            sentinels = server.url if self._plan.failovers else ""
            setting = Setting(self._folder, self._ledger, self._plan.lease_s, sentinels=sentinels)
            fleet = stack.enter_context(closing(Fleet(port, setting)))
            injector = stack.enter_context(closing(FaultInjector(server, fleet, client, self._plan.lease_s)))
            hostile = HostileLoad(client.port, self._plan.hostile, self._plan.hostile_every)
            stack.enter_context(closing(hostile))
            load = Load(
                sentinels or server_url(client.port),
                self._plan.jobs,
                lambda: self._injected,
                hostile.send_after,
            )
            stack.enter_context(closing(load))
            self._inject(injector, load)
            redis = stack.enter_context(closing(server.client))
            self._rest(load, hostile, redis)
            (self._folder / "faults").write_text("\n".join(map(repr, injector.faults)))
            ids = [task_id(job.number, step) for job in self._plan.jobs for step in range(len(job.steps))]
            remains = read_remains(redis, ids, hostile.is_hostile)
            runs = read_runs(self._ledger)
            verdict = judge(self._plan.jobs, load.publishes, runs, injector.faults, remains)
            account = hostile.account(redis, self._folder, hostile_ledger(self._ledger))
            violations = (*verdict.violations, *fleet.violations, *account.violations)
            verdict = replace(verdict, violations=violations)
            return Outcome(verdict, tuple(injector.faults), time.monotonic() - self._began, account)

    def _server(self) -> ValkeyServer | SentinelCluster:
        folder = self._folder / "valkey"
        return (
            SentinelCluster(folder, REPLICATED, down_after_ms=DOWN_AFTER_MS)
            if self._plan.failovers
            else ValkeyServer(folder, SERVER_OPTIONS)
        )

    def _inject(self, injector: FaultInjector, load: Load) -> None:
        """Injects fault after fault. Half of the jobs are sent evenly, half just before a fault."""
        faults = self._plan.faults
        for index, fault in enumerate(faults):
            until = time.monotonic() + fault.pause_s
            while (left := until - time.monotonic()) > 0:
                share = 1 if left < BURST_S else (1 - left / fault.pause_s) / 2
                self._injected = (index + share) / len(faults)
                self._progress(load, index)
                time.sleep(min(left, LOOK_S / 10))
            injector.inject(fault)
        self._injected = 1.0

    def _rest(self, load: Load, hostile: HostileLoad, redis: "Redis") -> None:
        """Wait until every task has ended and the server is empty, or nothing changes for a long time."""
        patience_s = PATIENCE * self._plan.lease_s + PATIENCE
        last, since = None, time.monotonic()
        while time.monotonic() - since < patience_s:
            hostile.take_parked(redis)
            state = (len(load.publishes), self._ledger.stat().st_size, tuple(lengths(redis).values()))
            if load.is_done and not any(state[2]):
                return
            if state != last:
                last, since = state, time.monotonic()
            self._progress(load, len(self._plan.faults))
            time.sleep(LOOK_S)

    def _progress(self, load: Load, injected: int) -> None:
        if time.monotonic() - self._said < PROGRESS_S:
            return
        self._said = time.monotonic()
        ended = sum(line.startswith('["end"') for line in self._ledger.open())
        self._say(
            f"  {self._said - self._began:5.0f} s  {len(load.publishes)} of {len(self._plan.jobs)} publishes,"
            f" {ended} tasks ended, {injected} of {len(self._plan.faults)} faults"
        )
