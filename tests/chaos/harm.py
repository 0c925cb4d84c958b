"""Does the harm of a plan, blow by blow, and notes what was hit."""

import itertools
import signal
import time
from collections.abc import Sequence

from tests.support.proxy import Proxy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .facts import Harm, HarmKind
from .fleet import Fleet, Worker, send_signal
from .plan import Blow
from .remains import held_by, repeated

TARGET_WITHIN_S = 60.0
# In leases. A lease is renewed three times in its length: a freeze shorter than the first loses nothing.
SHORT_FREEZE, LONG_FREEZE = 0.4, 1.6
# How long a command that is held is given to be sent, before its client's side is cut.
HOLD_S = 0.1
PAUSE_MS = (200, 1500)


class Harmer:
    """One at a time, so that what a worker held is known for each. `harms` are those that were done."""

    def __init__(self, server: ValkeyServer, fleet: Fleet, client: Proxy, lease_s: float) -> None:
        self._server = server
        self._redis = server.client
        self._fleet = fleet
        self._client = client
        self._lease_s = lease_s
        self._turn = itertools.count()
        self.harms: list[Harm] = []

    def close(self) -> None:
        """Let go of the server."""
        self._redis.close()

    def strike(self, blow: Blow) -> Harm:
        """Do it, and wait for its end. Raises AssertionError when there is nobody to be hit."""
        harm = self._strike_server(blow) if blow.language is None else self._strike_worker(blow)
        self.harms.append(harm)
        return harm

    def _strike_worker(self, blow: Blow) -> Harm:
        worker = wait_until(lambda: self._target(blow), TARGET_WITHIN_S, f"a worker for {blow.kind}")
        name, program, began = worker.name, worker.program, time.time()
        pid, held = program.pid, {}
        match blow.kind:
            case HarmKind.KILL:
                program.kill()
                held = held_by(self._redis, name)
            case HarmKind.TERM:
                worker.stopping_since = time.monotonic()
                program.signal(signal.SIGTERM)
            case HarmKind.KILL_CHILD | HarmKind.TERM_CHILD:
                children = worker.children
                pid = children[int(blow.roll * len(children))]
                send_signal(pid, signal.SIGKILL if blow.kind is HarmKind.KILL_CHILD else signal.SIGTERM)
            case HarmKind.FREEZE | HarmKind.LONG_FREEZE:
                held = self._freeze(worker, is_long=blow.kind is HarmKind.LONG_FREEZE)
            case _:
                self._cut([worker.proxy], late=blow.kind is HarmKind.LATE_CUT)
        return Harm(blow.kind, began, time.time(), worker.post.language, name, pid, held)

    def _strike_server(self, blow: Blow) -> Harm:
        began = time.time()
        match blow.kind:
            case HarmKind.RESTART:
                self._server.restart()
            case HarmKind.CRASH:
                self._server.kill()
                self._server.start()
            case HarmKind.CLIENT_PAUSE:
                first, last = PAUSE_MS
                pause_ms = round(first + blow.roll * (last - first))
                repeated(lambda: self._redis.client_pause(pause_ms))
                repeated(self._redis.ping)  # answered when the pause is over
            case _:
                self._redis.client_kill_filter(_type="normal", skipme=True)
        return Harm(blow.kind, began, time.time())

    def _target(self, blow: Blow) -> Worker | None:
        """One that is ready; of those, another one each time."""
        needs_child = blow.kind in (HarmKind.KILL_CHILD, HarmKind.TERM_CHILD)
        ready = [
            worker
            for worker in self._fleet.workers
            if worker.post.language is blow.language
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
