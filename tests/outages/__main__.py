"""`make outages`: every outage, several side by side, and the table of docs/delivery.md."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from .outages import OUTAGES, Outage
from .report import PAGE, misses, table, write
from .run import LISTEN_S, observe
from .verdict import Row, judge

# They mostly wait.
SIDE_BY_SIDE = 6


def main() -> int:
    """Run them. Returns 0 when every row meets the requirement, 1 when one does not, 130 after Ctrl-C."""
    options = _parser().parse_args()
    chosen = [outage for outage in OUTAGES if options.only in outage.name]
    folder = Path(options.folder or tempfile.mkdtemp(prefix="outages-"))
    print(f"outages: {len(chosen)}, logs and ledgers in {folder}", flush=True)
    try:
        rows = run_all(chosen, folder, options.side_by_side)
    except KeyboardInterrupt:
        return 130
    print(table(rows))
    faults = misses(rows)
    for fault in faults:
        print(f"  MISSED  {fault}")
    is_whole = len(rows) == 4 * len(OUTAGES)
    if is_whole:
        write(rows)
    else:
        print(f"  {PAGE.name} is left alone: {len(rows)} of {4 * len(OUTAGES)} rows were measured")
    return 1 if faults or len(rows) < 4 * len(chosen) else 0


def run_all(
    outages: Sequence[Outage], folder: Path, side_by_side: int = SIDE_BY_SIDE, listen_s: float = LISTEN_S
) -> list[Row]:
    """Run outages, the longest first; return their rows in their order, none of one that did not begin."""

    def run(outage: Outage) -> list[Row]:
        number = [known.name for known in OUTAGES].index(outage.name) + 1
        try:
            rows = judge(observe(outage, folder / str(number), listen_s))
        except AssertionError as error:  # of a machine that is too slow to start it, for instance
            print(f"  {number:2}  {outage.name}: not measured, {error}", flush=True)
            return []
        (folder / str(number) / "rows.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
        missed = sum(bool(row.faults) for row in rows)
        print(
            f"  {number:2}  {outage.name}: {f'{missed} of 4 miss' if missed else 'as required'}", flush=True
        )
        return rows

    longest_first = sorted(outages, key=lambda outage: -outage.lasts_s)
    with ThreadPoolExecutor(side_by_side) as pool:
        found = dict(zip(longest_first, pool.map(run, longest_first), strict=True))
    return [row for outage in outages for row in found[outage]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.outages", description=__doc__)
    parser.add_argument("--only", default="", help="outages with this in their name; the page is left alone")
    parser.add_argument("--folder", default="", help="for logs and ledgers; default: a new one")
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE)
    return parser


if __name__ == "__main__":
    sys.exit(main())
