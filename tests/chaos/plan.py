"""The plan of a run, determined by a seed: jobs, faults, and the pauses between them."""

import itertools
import random
from dataclasses import dataclass

from tests.hostile.messages import HostileMessage

from .facts import FAILOVERS, SERVER_RESTARTS, FaultKind, Job, Language, Step
from .hostile import draw_hostile

# Shares of the tasks by their length: nearly all are short, some are long enough to be hit while they run.
SHORT, MIDDLE = 0.90, 0.99
SHORT_S, MIDDLE_S, LONG_S = (0.0, 0.05), (0.05, 0.5), 3.0
# Shares of the jobs that are more than one task at once.
WITH_ETA, WITH_RETRY, CHAINED, CHORDS = 0.05, 0.05, 0.05, 0.05
LONGEST_CHAIN = 3
WIDEST_HEADER = 5
# Beyond two leases an eta is parked: half of them are.
ETA_LEASES = 4.0

# The kinds of fault other than kills and restarts, each so often for every ten kills.
BESIDE = {
    FaultKind.TERM: 2,
    FaultKind.TERM_CHILD: 1,
    FaultKind.CUT: 2,
    FaultKind.LATE_CUT: 1,
    FaultKind.FREEZE: 1,
    FaultKind.LONG_FREEZE: 1,
    FaultKind.CLIENT_KILL: 1,
    FaultKind.CLIENT_PAUSE: 1,
}
# Behind sentinels: no proxies stand between workers and servers.
BESIDE_FAILOVERS = (FaultKind.TERM, FaultKind.TERM_CHILD, FaultKind.CLIENT_KILL, FaultKind.CLIENT_PAUSE)
# Of the kills; the Node worker has no child processes that could be killed.
CHILDREN = 0.25


@dataclass(frozen=True)
class PlannedFault:
    """A planned fault: after a pause, to a worker of a language or to the server. `roll` is from 0 to 1."""

    kind: FaultKind
    pause_s: float
    language: Language | None
    roll: float


@dataclass(frozen=True)
class Plan:
    """A whole run. `hostile` are sent to the workers of a language, one after every `hostile_every` jobs."""

    seed: int
    lease_s: float
    jobs: tuple[Job, ...]
    faults: tuple[PlannedFault, ...]
    hostile: tuple[tuple[Language, HostileMessage], ...] = ()
    hostile_every: int = 0

    @property
    def failovers(self) -> int:
        """How often another server becomes the primary."""
        return sum(fault.kind in FAILOVERS for fault in self.faults)


def make_plan(
    seed: int,
    *,
    tasks: int,
    kills: int,
    restarts: int,
    seconds: float,
    lease_s: float,
    hostile_every: int = 0,
    failovers: int = 0,
) -> Plan:
    """The plan of a seed: the same for the same arguments. `seconds` is how long the tasks are sent for.

    One message in `hostile_every` is hostile, with 0 none. Jobs and faults are the same with and without.
    With `failovers`, these take the place of the restarts, and no connection is cut or frozen.
    """
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    jobs = _jobs(chance, tasks, lease_s)
    faults = _faults(chance, kills, 0 if failovers else restarts, seconds, failovers)
    hostile = draw_hostile(seed, len(jobs) // hostile_every if hostile_every else 0)
    return Plan(seed, lease_s, jobs, faults, hostile, hostile_every)


def _jobs(chance: random.Random, tasks: int, lease_s: float) -> tuple[Job, ...]:
    """So many jobs that their steps are that many tasks."""
    jobs: list[Job] = []
    left = tasks
    while left > 0:
        chained, with_retry, with_eta, chord = _which(chance.random(), CHAINED, WITH_RETRY, WITH_ETA, CHORDS)
        length = chance.randint(2, LONGEST_CHAIN) if chained else 1
        length = chance.randint(3, WIDEST_HEADER + 1) if chord else length
        eta_s = chance.uniform(0.1, ETA_LEASES * lease_s) if with_eta else 0.0
        steps = tuple(_step(chance, int(with_retry)) for _ in range(min(left, length)))
        jobs.append(Job(len(jobs), steps, eta_s, is_chord=chord and len(steps) > 1))
        left -= len(steps)
    return tuple(jobs)


def _which(roll: float, *shares: float) -> list[bool]:
    """Of kinds that have these shares, the one that a roll from 0 to 1 falls on, or none."""
    ends = list(itertools.accumulate(shares))
    return [end - share <= roll < end for share, end in zip(shares, ends, strict=True)]


def _step(chance: random.Random, retries: int) -> Step:
    roll = chance.random()
    seconds = LONG_S
    if roll < MIDDLE:
        seconds = chance.uniform(*(SHORT_S if roll < SHORT else MIDDLE_S))
    return Step(chance.choice(tuple(Language)), round(seconds, 4), retries)


def _faults(
    chance: random.Random, kills: int, restarts: int, seconds: float, failovers: int
) -> tuple[PlannedFault, ...]:
    children = round(kills * CHILDREN)
    kinds = [FaultKind.KILL_CHILD] * children + [FaultKind.KILL] * (kills - children)
    # A crash of the server says more than a restart in order: one restart alone is a crash.
    kinds += [FaultKind.CRASH] * (restarts - restarts // 2) + [FaultKind.RESTART] * (restarts // 2)
    kinds += [FaultKind.FAILOVER] * (failovers - failovers // 2) + [FaultKind.FAILOVER_FROZEN] * (
        failovers // 2
    )
    for kind, share in BESIDE.items():
        if failovers and kind not in BESIDE_FAILOVERS:
            continue
        kinds += [kind] * max(1, round(kills * share / 10))
    chance.shuffle(kinds)
    pauses = [chance.uniform(0.5, 1.5) for _ in kinds]
    scale = seconds / sum(pauses)
    languages = _languages(chance, kinds)
    return tuple(
        PlannedFault(kind, pause * scale, language, chance.random())
        for kind, pause, language in zip(kinds, pauses, languages, strict=True)
    )


def _languages(chance: random.Random, kinds: list[FaultKind]) -> list[Language | None]:
    """As many whole workers of one language as of the other; pool processes are Python's."""
    languages: list[Language | None] = []
    turn = chance.randrange(2)
    for kind in kinds:
        if kind in (FaultKind.KILL_CHILD, FaultKind.TERM_CHILD):
            languages.append(Language.PYTHON)
        elif kind in (FaultKind.CLIENT_KILL, FaultKind.CLIENT_PAUSE, *SERVER_RESTARTS, *FAILOVERS):
            languages.append(None)
        else:
            languages.append(tuple(Language)[turn % 2])
            turn += 1
    return languages
