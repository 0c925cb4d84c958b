"""A short slice of the load, which shows errors; how long a POST may take is measured by `load.py`."""

import load
from system import System


def test_a_dozen_users_at_once_see_no_error(system: System, kind: str) -> None:
    outcome = load.run(system.urls[kind], users=12, seconds=12)

    assert outcome.errors == []
    assert len(outcome.took_ms) > 40
