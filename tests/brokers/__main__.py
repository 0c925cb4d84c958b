"""Runs the suites of `make test-brokers` on servers that they share: python -m tests.brokers [WORD ...]

With words, only the parts whose names have one of them. Prints what each part took, and ends with 1 if one
has failed.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.paths import ROOT, VENV_PYTHON
from tests.brokers import shared

CONFORMANCE = "tests/conformance"
# Of the conformance suite, what runs on every pair of servers.
WORKFLOWS = tuple(
    f"{CONFORMANCE}/test_canvas{name}.py" for name in ("", "_failures", "_errbacks", "_inside", "_results")
)
SCENARIOS = tuple(
    f"{CONFORMANCE}/test_{name}.py"
    for name in ("workflow", "retries", "taking", "events", "control", "messages", "inspect")
)
TOGETHER = ("-n", "6", "--dist", "loadfile", "--no-loadscope-reorder")
# With results in PostgreSQL, a chord looks at its parts after a second: these tests wait. They may share any
# worker.
WAITING = ("-n", "10", "--dist", "load")


@dataclass(frozen=True)
class Part:
    """One run of pytest."""

    name: str
    words: tuple[str, ...]


def _on(broker: str, results: str = "redis") -> tuple[str, ...]:
    return ("--broker", broker, "--results", results)


PARTS = (
    Part("servers", (*TOGETHER, "tests/brokers", "tests/transport/test_any_broker.py")),
    Part("quorum", (*TOGETHER, CONFORMANCE, *_on("rabbitmq-quorum"))),
    Part("classic", (*TOGETHER, *WORKFLOWS, *SCENARIOS, *_on("rabbitmq-classic"))),
    Part("postgres", (*WAITING, *WORKFLOWS, *_on("redis", "postgres"))),
    Part("quorum-postgres", (*WAITING, *WORKFLOWS, "-k", "js", *_on("rabbitmq-quorum", "postgres"))),
    Part("sentinel", (*TOGETHER, *WORKFLOWS, *SCENARIOS, "-k", "js or node", *_on("sentinel"))),
)


def main(words: Sequence[str]) -> int:
    """Run them one after the other."""
    wanted = [part for part in PARTS if not words or any(word in part.name for word in words)]
    if not wanted:
        print(f"no part has {' or '.join(words)} in its name; known are {', '.join(p.name for p in PARTS)}")
        return 2
    lines = []
    has_failed = False
    with shared.started() as variables:
        for part in wanted:
            print(f"\n== {part.name}", flush=True)
            began, cpu_before_s = time.monotonic(), _cpu_s()
            command = [str(VENV_PYTHON), "-m", "pytest", *part.words]
            code = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode
            has_failed |= code != 0
            outcome = "passed" if code == 0 else "FAILED"
            took_s, cpu_s = time.monotonic() - began, _cpu_s() - cpu_before_s
            lines.append(f"{part.name:<16} {outcome} in {took_s:4.0f} s, with {cpu_s:4.0f} s of CPU time")
    print("\n" + "\n".join(lines))
    return 1 if has_failed else 0


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
