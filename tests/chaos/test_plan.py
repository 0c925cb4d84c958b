"""A plan is its seed's, and does what was asked for."""

from collections import Counter

from .facts import FAILOVERS, KILLS, SERVER_RESTARTS, FaultKind, Language
from .plan import Plan, make_plan


def plan(seed: int) -> Plan:
    return make_plan(seed, tasks=20_000, kills=100, restarts=5, seconds=600, lease_s=4)


def test_a_seed_has_one_plan_and_another_seed_another_one() -> None:
    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_the_plan_has_the_requested_counts_and_duration() -> None:
    made = plan(1)
    kinds = Counter(fault.kind for fault in made.faults)
    assert sum(len(job.steps) for job in made.jobs) == 20_000
    assert sum(kinds[kind] for kind in KILLS) == 100
    assert sum(kinds[kind] for kind in SERVER_RESTARTS) == 5
    assert set(kinds) == set(FaultKind) - set(FAILOVERS)
    assert round(sum(fault.pause_s for fault in made.faults)) == 600


def test_the_plan_mixes_durations_and_halves_the_languages() -> None:
    steps = [step for job in plan(1).jobs for step in job.steps]
    assert 0.89 < sum(step.seconds < 0.05 for step in steps) / len(steps) < 0.91
    assert 0.007 < sum(step.seconds == 3 for step in steps) / len(steps) < 0.013
    assert 0.48 < sum(step.language is Language.NODE for step in steps) / len(steps) < 0.52


def test_the_plan_has_chains_chords_retries_and_etas() -> None:
    jobs = plan(1).jobs
    for is_chord in (False, True):
        of_both = [job for job in jobs if len({step.language for step in job.steps}) == 2]
        assert any(job.is_chord is is_chord for job in of_both)
    assert any(step.retries for job in jobs for step in job.steps)
    assert any(job.eta_s > 2 * 4 for job in jobs), "beyond two leases, where it is parked"
    assert any(0 < job.eta_s < 2 * 4 for job in jobs)


def test_failovers_take_the_place_of_restarts_and_cuts() -> None:
    made = make_plan(1, tasks=1_000, kills=10, restarts=5, seconds=60, lease_s=4, failovers=3)
    kinds = Counter(fault.kind for fault in made.faults)
    assert made.failovers == 3
    assert sum(kinds[kind] for kind in KILLS) == 10
    assert not set(kinds) & {
        *SERVER_RESTARTS,
        FaultKind.CUT,
        FaultKind.LATE_CUT,
        FaultKind.FREEZE,
        FaultKind.LONG_FREEZE,
    }
