"""Judges a run. A pure function from facts to a verdict, so that tests can use invented ledgers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .facts import FAILOVERS, KILLS, Fault, Job, Publish, Remains, Run, task_id
from .repeats import Losses, Repeat, find_repeats


@dataclass(frozen=True)
class Verdict:
    """The findings; `violations` is empty when the promise was kept.

    `lost` are task ids without an end though their publish was confirmed. `not_replicated` are tasks or
    results that a server confirmed during a failover, so that replication may not have copied them.
    `resumptions` are the seconds from each failover's begin until a worker started a task again.
    `recoveries` are the seconds from each SIGKILL of a worker to the last of its messages being run by
    another one, where it held any. `bodies_repeated` are the bodies of chords that were sent more than once,
    for whatever reason.
    """

    confirmed: int
    in_doubt: tuple[int, ...]
    in_doubt_and_run: int
    runs: int
    lost: tuple[str, ...]
    not_replicated: tuple[str, ...]
    resumptions: tuple[float, ...]
    explained: tuple[Repeat, ...]
    unexplained: tuple[Repeat, ...]
    most_repeats_of_a_kill: int
    recoveries: tuple[float, ...]
    chords: int
    bodies_repeated: int
    violations: tuple[str, ...]


def judge(
    jobs: Sequence[Job],
    publishes: Sequence[Publish],
    runs: Sequence[Run],
    faults: Sequence[Fault],
    remains: Remains,
) -> Verdict:
    """Judge a finished run."""
    by_number = {job.number: job for job in jobs}
    ended = {(run.number, run.step) for run in runs if run.outcome == "end"}
    confirmed = [by_number[publish.number] for publish in publishes if publish.error is None]
    in_doubt = tuple(publish.number for publish in publishes if publish.error is not None)
    expected = [(job.number, step) for job in confirmed for step in range(len(job.steps))]
    missing = [key for key in expected if key not in ended]
    confirmed_at = {publish.number: publish.ended for publish in publishes}
    excused = {key for key in missing if _is_excused(by_number[key[0]], key[1], confirmed_at, runs, faults)}
    lost = tuple(task_id(*key) for key in missing if key not in excused)
    stored_at = {(run.number, run.step): run.ended for run in runs if run.outcome == "end"}
    unstored = {
        key
        for key in expected
        if remains.states.get(task_id(*key)) != "SUCCESS"
        and any(fault.may_have_lost(stored_at.get(key)) for fault in faults)
    }
    repeats = find_repeats(jobs, runs, faults)
    unexplained = tuple(repeat for repeat in repeats if repeat.excuse is None)
    by_fault = Counter(id(repeat.excuse) for repeat in repeats if isinstance(repeat.excuse, Fault))
    violations = [
        *(f"lost: {task}" for task in lost),
        *(f"repeated without a reason: {_where(repeat.run)}" for repeat in unexplained),
        *(f"never finished by a worker that lived: {_where(run)}" for run in _vanished(runs, faults)),
        *(
            f"run twice under one tag: {tag}"
            for tag, times in Counter(run.tag for run in runs).items()
            if times > 1
        ),
        *_unanswered([key for key in expected if key not in unstored], ended, remains.states),
        *(f"{length} left in {key}" for key, length in remains.keys.items() if length),
        *(f"dead letter: {task}, {reason}" for reason, task in remains.dead),
    ]
    return Verdict(
        confirmed=len(confirmed),
        in_doubt=in_doubt,
        in_doubt_and_run=len({number for number, _ in ended} & set(in_doubt)),
        runs=len(runs),
        lost=lost,
        not_replicated=tuple(task_id(*key) for key in expected if key in excused or key in unstored),
        resumptions=tuple(_resumptions(runs, faults)),
        explained=tuple(repeat for repeat in repeats if repeat.excuse is not None),
        unexplained=unexplained,
        most_repeats_of_a_kill=max(
            (by_fault[id(fault)] for fault in faults if fault.kind in KILLS), default=0
        ),
        recoveries=tuple(_recoveries(runs, faults)),
        chords=sum(job.is_chord for job in confirmed),
        bodies_repeated=len(_bodies_repeated(jobs, repeats)),
        violations=tuple(violations),
    )


def _is_excused(
    job: Job, step: int, confirmed_at: Mapping[int, float], runs: Sequence[Run], faults: Sequence[Fault]
) -> bool:
    """Whether a lost primary may have confirmed this task without an end, or one that it waits for."""
    senders = job.senders_of(step)
    own = [run for run in runs if run.number == job.number]
    moments = [run.ended for run in own if run.step == step or run.step in senders]
    moments += [] if senders else [confirmed_at[job.number]]
    if any(fault.may_have_lost(moment) for fault in faults for moment in moments):
        return True
    ended = {run.step for run in own if run.outcome == "end"}
    return any(
        sender not in ended and _is_excused(job, sender, confirmed_at, runs, faults) for sender in senders
    )


def _resumptions(runs: Sequence[Run], faults: Sequence[Fault]) -> list[float]:
    """For each failover, when the first task began after the election."""
    found = []
    for fault in faults:
        later = [run.began for run in runs if run.began >= fault.elected] if fault.kind in FAILOVERS else []
        if later:
            found.append(min(later) - fault.began)
    return found


def _bodies_repeated(jobs: Sequence[Job], repeats: Sequence[Repeat]) -> set[int]:
    """A body that came back from a worker which was lost was sent once."""
    bodies = {(job.number, len(job.steps) - 1) for job in jobs if job.is_chord}
    return {
        repeat.run.number
        for repeat in repeats
        if (repeat.run.number, repeat.run.step) in bodies and not isinstance(repeat.excuse, Fault)
    }


def _vanished(runs: Sequence[Run], faults: Sequence[Fault]) -> list[Run]:
    losses = Losses(runs, faults)
    return [run for run in runs if run.outcome is None and not losses.causes(run)]


def _unanswered(
    expected: Sequence[tuple[int, int]], ended: set[tuple[int, int]], states: Mapping[str, str]
) -> list[str]:
    """Tasks that ended, and whose sender does not learn it."""
    answers = {key: states.get(task_id(*key), "nothing") for key in expected if key in ended}
    return [
        f"{task_id(*key)} ended and has {state} stored"
        for key, state in answers.items()
        if state != "SUCCESS"
    ]


def _recoveries(runs: Sequence[Run], faults: Sequence[Fault]) -> list[float]:
    recoveries: list[float] = []
    for fault in faults:
        if fault.kind not in KILLS or not fault.held:
            continue
        lost = set(fault.held.values())
        first: dict[str, float] = {}
        for run in sorted(runs, key=lambda run: run.began):
            task = task_id(run.number, run.step)
            if task in lost and run.began > fault.began and run.worker != fault.worker:
                first.setdefault(task, run.began - fault.began)
        if first:
            recoveries.append(max(first.values()))
    return recoveries


def _where(run: Run) -> str:
    return f"{task_id(run.number, run.step)}, attempt {run.attempt}, as {run.tag} at {run.began:.3f}"
