"""Which runs are repeats, and what excuses each: pure, so that made-up ledgers can test it."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .facts import LOSING_ALL, LOSING_ONE, Fault, Job, Run

# How long after its run a disturbed worker may still repeat a message that the run sent.
SENT_AGAIN_WITHIN_S = 30.0

# A worker that has waited so long for the answer to what it has sent asks again, through a new connection.
ANSWER_WITHIN_S = 5.0
# Parts of a chord that end so near to each other are counted in any order.
TOGETHER_S = 1.0

SENT_BY_REPEAT = "sent by a task that ran twice"
SENT_AGAIN = "sent again by a worker that was disturbed"
Excuse = Fault | str


@dataclass(frozen=True)
class Repeat:
    """A run more than its step should have. `excuse` is None when nothing allows it."""

    run: Run
    excuse: Excuse | None


@dataclass(frozen=True)
class _Grant:
    """Allows one run from a moment on. Without an excuse, this is the expected run and no repeat."""

    since: float
    excuse: Excuse | None = None

    def allows(self, run: Run) -> bool:
        # A message that was sent again is a new one: what came back from a worker is marked.
        return self.since <= run.began and not (self.excuse == SENT_AGAIN and run.redelivered)


class Losses:
    """Which runs were lost to others: their worker was killed or cut off for long while it held them."""

    def __init__(self, runs: Sequence[Run], faults: Sequence[Fault]) -> None:
        self._by_tag = {tag: fault for fault in faults if fault.kind in LOSING_ALL for tag in fault.held}
        self._by_child: dict[Run, Fault] = {}
        for fault in faults:
            if fault.kind in LOSING_ONE:
                started = [run for run in runs if run.pid == fault.pid and run.began <= fault.ended]
                if started:
                    self._by_child[max(started, key=lambda run: run.began)] = fault

    def causes(self, run: Run) -> list[Fault]:
        """What it was lost to; nothing for one whose worker lived and stayed connected.

        Two things for one whose process was killed and whose worker was then cut off: both may make it good.
        """
        found = (self._by_tag.get(run.tag), self._by_child.get(run))
        return [fault for fault in found if fault is not None]


def find_repeats(jobs: Sequence[Job], runs: Sequence[Run], faults: Sequence[Fault]) -> list[Repeat]:
    """Every repeat in a ledger, in the order of their starts.

    A step may run once; once more for each run that asked to be tried again; once more for each run that was
    lost; once more for each run that began or ended during a failover; for each time more than once that the
    task before it in a chain ended; and once more where its sender was disturbed, and may have sent it
    twice. The last part of a chord sends the body, however often the parts end.
    """
    by_number = {job.number: job for job in jobs}
    losses = Losses(runs, faults)
    by_step: dict[tuple[int, int], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run.began):
        by_step[run.number, run.step].append(run)
    repeats: list[Repeat] = []
    for (number, step), own in by_step.items():
        job = by_number[number]
        sent_by = [by_step.get((number, sender), []) for sender in job.senders_of(step)]
        senders = [[run for run in sender if run.outcome == "end"] for sender in sent_by]
        before = list(itertools.chain(*senders))
        sent_again = [run for sender in senders for run in sender[1:]]
        if job.is_chord:
            before, sent_again = _completing(before, own[0]), []
        repeats += _spend(own, _grants(own, before, sent_again, losses, faults))
    return sorted(repeats, key=lambda repeat: repeat.run.began)


def _completing(parts: Sequence[Run], body: Run) -> list[Run]:
    """Of the parts of a chord, those that may have been the last to end before its body first ran."""
    ends = {run: run.ended for run in parts if run.ended is not None and run.ended <= body.began}
    last = max(ends.values(), default=0.0)
    return [run for run, ended in ends.items() if last - ended <= TOGETHER_S]


def _grants(
    own: Sequence[Run],
    before: Sequence[Run],
    sent_again: Sequence[Run],
    losses: Losses,
    faults: Sequence[Fault],
) -> list[_Grant]:
    asking = [run for run in own if run.outcome == "retry"]
    grants = [_Grant(0.0), *(_Grant(run.began) for run in asking)]
    grants += [_Grant(cause.began, cause) for run in own for cause in losses.causes(run)]
    grants += [_Grant(run.began, SENT_BY_REPEAT) for run in sent_again]
    # That a message was taken, or settled, may not have reached the new primary. What was held has.
    grants += [
        _Grant(run.began, fault)
        for run in own
        for fault in faults
        if fault.may_have_lost(run.began) or fault.may_have_lost(run.ended)
    ]
    # A lost pool process is made good by a message that its worker sends.
    senders = [
        *before,
        *asking,
        *(run for run in own if any(cause.kind in LOSING_ONE for cause in losses.causes(run))),
    ]
    grants += [
        _Grant(run.began, SENT_AGAIN) for run in senders for _ in range(_times_sent_again(run, faults))
    ]
    return grants


def _times_sent_again(run: Run, faults: Sequence[Fault]) -> int:
    """How often its worker may have repeated what the run sent: once for each time that it was disturbed, and
    again whenever it had waited in vain for an answer meanwhile. What is frozen arrives afterwards.
    """
    until = (run.ended or run.began) + SENT_AGAIN_WITHIN_S
    felt = [
        fault
        for fault in faults
        if fault.concerns(run.worker) and fault.began <= until and fault.ended >= run.began
    ]
    return max((1 + int((fault.ended - fault.began) / ANSWER_WITHIN_S) for fault in felt), default=0)


def _spend(runs: Sequence[Run], grants: list[_Grant]) -> list[Repeat]:
    """Give each run a grant: the plain ones first, the vaguest last.

    A run hands its grant to a later one that may use no other, and takes another itself.
    """
    holders: dict[int, Run] = {}
    refused = [run for run in runs if not _give(run, grants, holders, set())]
    repeats = [Repeat(run, None) for run in refused]
    for number, run in holders.items():
        excuse = grants[number].excuse
        if excuse is not None:
            repeats.append(Repeat(run, excuse))
    return repeats


def _give(run: Run, grants: Sequence[_Grant], holders: dict[int, Run], tried: set[int]) -> bool:
    """Give a run a free grant, or one whose holder finds another (an augmenting path, as of a matching)."""
    allowed = [number for number, grant in enumerate(grants) if grant.allows(run) and number not in tried]
    for number in sorted(allowed, key=lambda number: number in holders):  # free ones first, in their order
        tried.add(number)
        if number not in holders or _give(holders[number], grants, holders, tried):
            holders[number] = run
            return True
    return False
