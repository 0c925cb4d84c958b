"""Runs one outage: starts a site, interrupts the server, ends the outage, and observes until all is idle."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import RedisError

from tests.support.waiting import wait_until

from .ledger import Call, Run, callback_of, read_calls, read_runs
from .outages import Outage
from .probes import QUEUES, Echo, Probe
from .site import LEASE_S, WORKERS, Site

# A worker or client that is not back after this time counts as gone.
GONE_AFTER_S = 45.0
# Late log lines belong to the outage as well.
LISTEN_S = 5.0
# A message whose holder does not know of it comes back with its lease, or a lease later, and then has to run.
REST_WITHIN_S = 6 * LEASE_S + 10.0
LOOK_S = 0.1
# Of each worker, before the outage: each of its processes has made its connections by then.
TASKS_BEFORE = 20
HELD = {"unacked": "hlen", "celery.leases": "zcard"}


@dataclass(frozen=True)
class Observation:
    """What was seen of an outage; times are in seconds since the epoch.

    `calls` are each client's; `ran` and `answered`: when each worker had run a task and answered a ping.
    `lines` are what each program ("python worker") printed from the beginning on. `stored`: the labels with a
    result; `ended`: the programs that ended by themselves; `left`: what remains on the server.
    """

    outage: Outage
    began: float
    returned: float
    runs: Sequence[Run]
    calls: Mapping[str, Sequence[Call]]
    ran: Mapping[str, float | None]
    answered: Mapping[str, float | None]
    lines: Mapping[str, Sequence[str]]
    stored: frozenset[str]
    ended: tuple[str, ...]
    left: tuple[str, ...]


def observe(outage: Outage, folder: Path, listen_s: float = LISTEN_S) -> Observation:
    """Run an outage in a folder, which keeps the logs and ledgers.

    Raises AssertionError when server, workers and clients do not get to work in the first place.
    """
    folder.mkdir(parents=True)
    with closing(Site(folder, outage.server_options, as_user=outage.as_user)) as site:
        with closing(Echo(lambda: site.port)):
            _wait_for_work(site)
            said = {name: len(program.log) for name, program in site.programs.items()}
            began = time.time()
            steps = outage.inject(site)
            next(steps)
            if not outage.is_bearable:
                time.sleep(outage.lasts_s)
                next(steps, None)
            returned = began if outage.is_bearable else time.time()
            probes = {worker: Probe(worker, site.port) for worker in WORKERS}
            if outage.is_bearable:
                time.sleep(outage.lasts_s)
                next(steps, None)
            _wait_for_all(site, probes, returned)
            for probe in probes.values():
                probe.close()
            time.sleep(listen_s)
            ended = tuple(name for name, program in site.programs.items() if program.exit_code is not None)
            lines = {name: site.programs[name].log[at:].splitlines() for name, at in said.items()}
            for name in ("python client", "node client"):
                site.programs[name].close()
        calls = {client: read_calls(site.calls_path(client)) for client in WORKERS}
        sent = [call.label for made in calls.values() for call in made if call.event == "send"]
        labels = [label for first in sent for label in (first, callback_of(first))]
        left = _wait_for_rest(site)
        return Observation(
            outage=outage,
            began=began,
            returned=returned,
            runs=read_runs(site.runs_path),
            calls=calls,
            ran={worker: probe.ran_at for worker, probe in probes.items()},
            answered={worker: probe.answered_at for worker, probe in probes.items()},
            lines=lines,
            stored=frozenset(_stored(site, labels)),
            ended=ended,
            left=left,
        )


def recovery_of_client(calls: Sequence[Call], returned: float) -> float | None:
    """Seconds until nothing failed any more and each kind of call went well; None when that never was."""
    since = max([returned, *(call.ended for call in calls if call.error and call.ended > returned)])
    first: dict[str, float] = {}
    for call in calls:
        if call.error is None and call.ended >= since:
            first.setdefault(":".join((call.event, call.label.split(":")[1])), call.ended)
    return max(first.values()) - returned if len(first) == len(WORKERS) + 1 else None


def _wait_for_work(site: Site) -> None:
    def works() -> bool:
        ran = Counter(run.label.split(":")[1] for run in read_runs(site.runs_path) if run.event == "end")
        asked = [read_calls(site.calls_path(client))[3:] for client in WORKERS]
        return min(ran[worker] for worker in WORKERS) >= TASKS_BEFORE and all(asked)

    wait_until(works, 120, "everything at work")


def _wait_for_all(site: Site, probes: dict[str, Probe], returned: float) -> None:
    def are_back() -> bool:
        back = [probe.answered_at for probe in probes.values()]
        back += [recovery_of_client(read_calls(site.calls_path(client)), returned) for client in WORKERS]
        return None not in back

    _look_until(are_back, GONE_AFTER_S)


def _wait_for_rest(site: Site) -> tuple[str, ...]:
    """Returns the remaining keys on the server; none when all work is done."""
    left: list[tuple[str, ...]] = [()]

    def rests() -> bool:
        with suppress(RedisError):
            left[0] = _left(site)
            return not left[0]
        return False

    _look_until(rests, REST_WITHIN_S)
    return left[0]


def _left(site: Site) -> tuple[str, ...]:
    lengths = {key: int(getattr(site.redis, command)(key)) for key, command in HELD.items()}
    lengths |= {queue: int(site.redis.llen(queue)) for queue in QUEUES.values()}
    lengths |= {f"{queue}.dead": int(site.redis.llen(f"{queue}.dead")) for queue in QUEUES.values()}
    return tuple(f"{length} in {key}" for key, length in lengths.items() if length)


def _stored(site: Site, labels: Sequence[str]) -> list[str]:
    metas = site.redis.mget([f"celery-task-meta-{label}" for label in labels]) if labels else []
    pairs = zip(labels, metas, strict=True)
    return [label for label, meta in pairs if meta and json.loads(meta)["status"] == "SUCCESS"]


def _look_until(condition: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and not condition():
        time.sleep(LOOK_S)
