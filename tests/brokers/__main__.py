"""Runs the suites of `make test-brokers` on servers that they share: python -m tests.brokers [WORD ...]

With words, only the parts whose names have one of them. Parts that mostly wait run beside the others, and are
printed at their end. Prints what each part took, and ends with 1 if one has failed.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from scripts import checks
from scripts.checks import Check
from scripts.console import Console
from scripts.interruption import Interrupted, Interruption
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
    """Run them, and return the exit code."""
    wanted = [part for part in PARTS if not words or any(word in part.name for word in words)]
    if not wanted:
        print(f"no part has {' or '.join(words)} in its name; known are {', '.join(p.name for p in PARTS)}")
        return 2
    interruption = Interruption().install()
    pytest = (VENV_PYTHON, "-m", "pytest")
    try:
        with shared.started() as env:
            runs = [Check(part.name, [*pytest, *part.words], ROOT, env, waits=part.waits) for part in wanted]
            return checks.run(Console(), interruption, runs)
    except Interrupted as signal:
        return signal.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
