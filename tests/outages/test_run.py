"""A small part of `make outages` for `make test`."""

from dataclasses import replace
from pathlib import Path

import pytest

from .__main__ import run_all
from .outages import OUTAGES
from .report import misses, table

# Away, unwilling, without its memory: what differs most.
SLICE = ("crash, restarted with its data", "a replica, and a primary again", "restarted empty")


@pytest.mark.timeout(120)
def test_outages_cost_nothing_that_was_confirmed(tmp_path: Path) -> None:
    outages = [replace(outage, lasts_s=3) for outage in OUTAGES if outage.name in SLICE]
    assert len(outages) == len(SLICE)
    rows = run_all(outages, tmp_path, listen_s=1)
    print(table(rows))
    assert len(rows) == 4 * len(SLICE)
    assert not [row for row in rows if row.lost or row.recovery_s is None], misses(rows)
