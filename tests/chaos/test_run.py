"""A small run of `make chaos` for `make test`."""

from pathlib import Path

import pytest

from .plan import make_plan
from .report import table
from .run import ChaosRun

# One that every machine runs alike; `make chaos` takes a new one each time.
SEED = 2


@pytest.mark.timeout(240)
def test_a_thousand_tasks_survive_ten_kills_and_a_crash_of_the_server(tmp_path: Path) -> None:
    plan = make_plan(SEED, tasks=1_000, kills=10, restarts=1, seconds=40, lease_s=4)
    outcome = ChaosRun(plan, tmp_path, print).run()
    print(table(plan, outcome.verdict, outcome.faults, outcome.seconds, outcome.hostile))
    assert not outcome.verdict.violations
    assert outcome.verdict.confirmed > 0.9 * len(plan.jobs)
