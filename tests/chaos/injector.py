"""Injects the faults of a plan, one after the other, and notes what each hit."""

import itertools
import signal
import time
from collections.abc import Sequence

from tests.support.proxy import Proxy
from tests.support.sentinels import SentinelCluster
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .facts import FAILOVERS, Fault, FaultKind, freeze_kind
from .fleet import Fleet, Worker, send_signal
from .plan import PlannedFault
from .remains import held_by, repeated

TARGET_WITHIN_S = 60.0
# In leases. A lease is renewed three times in its length: a freeze shorter than the first loses nothing.
SHORT_FREEZE, LONG_FREEZE = 0.4, 1.6
# How long a command that is held is given to be sent, before its client's side is cut.
HOLD_S = 0.1
PAUSE_MS = (200, 1500)


class FaultInjector:
    """Injects one fault at a time, so that each knows what its worker held. `faults`: those so far."""

    def __init__(
        self, server: ValkeyServer | SentinelCluster, fleet: Fleet, client: Proxy, lease_s: float
    ) -> None:
        self._server = server
        self._redis = server.client
        self._fleet = fleet
        self._client = client
        self._lease_s = lease_s
        self._turn = itertools.count()
        self.faults: list[Fault] = []

    def close(self) -> None:
        """Let go of the server."""
        self._redis.close()

    def inject(self, planned: PlannedFault) -> Fault:
        """Inject the fault and wait for its end. Raises AssertionError without a worker to hit."""
        fault = (
            self._inject_into_server(planned)
            if planned.language is None
            else self._inject_into_worker(planned)
        )
        self.faults.append(fault)
        return fault

    def _inject_into_worker(self, fault: PlannedFault) -> Fault:
        worker = wait_until(lambda: self._target(fault), TARGET_WITHIN_S, f"a worker for {fault.kind}")
        name, program, began = worker.name, worker.program, time.time()
        kind, pid, held = fault.kind, program.pid, {}
        match kind:
            case FaultKind.KILL:
                program.kill()
                held = held_by(self._redis, name)
            case FaultKind.TERM:
                worker.stopping_since = time.monotonic()
                program.signal(signal.SIGTERM)
            case FaultKind.KILL_CHILD | FaultKind.TERM_CHILD:
                children = worker.children
                pid = children[int(fault.roll * len(children))]
                send_signal(pid, signal.SIGKILL if kind is FaultKind.KILL_CHILD else signal.SIGTERM)
            case FaultKind.FREEZE | FaultKind.LONG_FREEZE:
                held = self._freeze(worker, is_long=kind is FaultKind.LONG_FREEZE)
                kind = freeze_kind(time.time() - began, self._lease_s)
            case _:
                self._cut([worker.proxy], late=kind is FaultKind.LATE_CUT)
        return Fault(kind, began, time.time(), worker.post.language, name, pid, held)

    def _inject_into_server(self, fault: PlannedFault) -> Fault:
        if isinstance(self._server, SentinelCluster) and fault.kind in FAILOVERS:
            return self._fail_over(self._server, fault.kind)
        began = time.time()
        match fault.kind:
            case FaultKind.RESTART if isinstance(self._server, ValkeyServer):
                self._server.restart()
            case FaultKind.CRASH if isinstance(self._server, ValkeyServer):
                self._server.kill()
                self._server.start()
            case FaultKind.CLIENT_PAUSE:
                first, last = PAUSE_MS
                pause_ms = round(first + fault.roll * (last - first))
                repeated(lambda: self._redis.client_pause(pause_ms))
                repeated(self._redis.ping)  # answered when the pause is over
            case _:
                self._redis.client_kill_filter(_type="normal", skipme=True)
        return Fault(fault.kind, began, time.time())

    def _fail_over(self, cluster: SentinelCluster, kind: FaultKind) -> Fault:
        """Take the primary away; it comes back once another one is elected, and ends as its replica."""
        cluster.wait_until_whole()
        began = time.time()
        old = cluster.fail_over(freeze=kind is FaultKind.FAILOVER_FROZEN)
        elected = time.time()
        cluster.bring_back(old)
        cluster.wait_until_whole()
        self._redis.close()
        self._redis = cluster.client
        return Fault(kind, began, time.time(), elected=elected)

    def _target(self, fault: PlannedFault) -> Worker | None:
        """One that is ready; of those, another one each time."""
        needs_child = fault.kind in (FaultKind.KILL_CHILD, FaultKind.TERM_CHILD)
        ready = [
            worker
            for worker in self._fleet.workers
            if worker.post.language is fault.language
            and worker.is_ready
            and (worker.children or not needs_child)
        ]
        return ready[next(self._turn) % len(ready)] if ready else None

    def _cut(self, proxies: Sequence[Proxy], *, late: bool) -> None:
        """Cut connections, the client's as well; with `late`, what was under way reaches the server later."""
        for proxy in (*proxies, self._client):
            if late:
                proxy.hold_requests()
                time.sleep(HOLD_S)
            proxy.cut()
            if late:
                proxy.release()

    def _freeze(self, worker: Worker, *, is_long: bool) -> dict[str, str]:
        worker.proxy.freeze()
        try:
            held = held_by(self._redis, worker.name)
            time.sleep(self._lease_s * (LONG_FREEZE if is_long else SHORT_FREEZE))
        finally:
            worker.proxy.release()
        return held
