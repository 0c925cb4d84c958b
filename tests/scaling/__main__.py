"""`make scaling`: measures 1, 2, 4 and 8 workers of each language; writes the tables of docs/scaling.md."""

import argparse
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

from .measure import measure, measure_idle, measure_memory
from .report import costs, examples, limits, measured, sentence, throughput, write

PODS = (1, 2, 4, 8)
WAIT_S = 0.1
# About six seconds of work: tasks for each pod that waits, and tasks in all of those that do nothing.
WAITING = {"node": 700, "python": 140}
EMPTY = {"node": 30_000, "python": 4_000}


def main() -> int:
    """Returns 0, or 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.scaling", description=__doc__)
    parser.add_argument("--pods", type=int, nargs="+", default=PODS, help="the page is left alone")
    options = parser.parse_args()
    load, runs = os.getloadavg()[0], []
    with tempfile.TemporaryDirectory(prefix="scaling-") as name:
        folder = Path(name)
        try:
            for language in ("node", "python"):
                for seconds in (0.0, WAIT_S):
                    for pods in options.pods:
                        tasks = WAITING[language] * pods if seconds else EMPTY[language]
                        run = measure(folder / f"{language}-{pods}-{seconds}", language, pods, seconds, tasks)
                        print(run, flush=True)
                        runs.append(run)
            idle_s = {language: measure_idle(folder / language, language) for language in WAITING}
            memory = measure_memory(folder / "memory")
        except KeyboardInterrupt:
            return 130
    known = costs(runs, idle_s, memory)
    tables = {
        "measured": measured(date.today(), load),
        "throughput": throughput(runs),
        "limits": limits(known, runs),
        "memory": sentence(known),
        "examples": examples(known),
    }
    print("\n\n".join(tables.values()))
    if tuple(options.pods) == PODS:
        write(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main())
