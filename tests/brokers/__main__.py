"""Runs the suites of `make test-brokers` on servers that they share: python -m tests.brokers [WORD ...]

With words, only the parts whose names have one of them. Parts that mostly wait run beside the others, and are
printed at their end. Prints what each part took, and ends with 1 if one has failed.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

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
    waits: bool = False


@dataclass(frozen=True)
class Run:
    """What became of a part."""

    part: Part
    code: int
    took_s: float
    cpu_s: float

    def __str__(self) -> str:
        outcome = "passed" if self.code == 0 else "FAILED"
        return f"{self.part.name:<16} {outcome} in {self.took_s:4.0f} s, with {self.cpu_s:4.0f} s of CPU time"


def _on(broker: str, results: str = "redis") -> tuple[str, ...]:
    return ("--broker", broker, "--results", results)


PARTS = (
    Part("servers", (*TOGETHER, "tests/brokers", "tests/transport/test_any_broker.py")),
    Part("quorum", (*TOGETHER, CONFORMANCE, *_on("rabbitmq-quorum"))),
    Part("classic", (*TOGETHER, *WORKFLOWS, *SCENARIOS, *_on("rabbitmq-classic")), waits=True),
    Part("postgres", (*WAITING, *WORKFLOWS, *_on("redis", "postgres")), waits=True),
    Part(
        "quorum-postgres",
        (*WAITING, *WORKFLOWS, "-k", "js", *_on("rabbitmq-quorum", "postgres")),
        waits=True,
    ),
    Part("sentinel", (*TOGETHER, *WORKFLOWS, *SCENARIOS, "-k", "js or node", *_on("sentinel")), waits=True),
)


def main(words: Sequence[str]) -> int:
    """Run them in two rows: those that wait beside the others."""
    wanted = [part for part in PARTS if not words or any(word in part.name for word in words)]
    if not wanted:
        print(f"no part has {' or '.join(words)} in its name; known are {', '.join(p.name for p in PARTS)}")
        return 2
    with shared.started() as variables, ThreadPoolExecutor(1) as beside:
        waiting = [beside.submit(_run_silently, part, variables) for part in wanted if part.waits]
        runs = []
        for part in wanted:
            if not part.waits:
                print(f"\n== {part.name}", flush=True)
                runs.append(_run(part, variables))
        for each in waiting:
            run, printed = each.result()
            print(f"\n== {run.part.name}\n{printed}", flush=True)
            runs.append(run)
    print("\n" + "\n".join(map(str, runs)))
    return 1 if any(run.code != 0 for run in runs) else 0


def _run_silently(part: Part, variables: Mapping[str, str]) -> tuple[Run, str]:
    with tempfile.TemporaryFile("w+") as output:
        run = _run(part, variables, output)
        output.seek(0)
        return run, output.read()


def _run(part: Part, variables: Mapping[str, str], output: IO[str] | None = None) -> Run:
    began = time.monotonic()
    command = [str(VENV_PYTHON), "-m", "pytest", *part.words]
    program = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **variables}, stdout=output, stderr=output and subprocess.STDOUT
    )
    _, status, used = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    return Run(part, program.returncode, time.monotonic() - began, used.ru_utime + used.ru_stime)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
