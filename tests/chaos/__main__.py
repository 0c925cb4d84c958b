"""`make chaos`: one run of a seed, its progress, and the ledger as a table."""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.brokers.rabbitmq import chaos as rabbitmq

from .plan import make_plan
from .report import table
from .run import ChaosRun

TASKS = 20_000
RABBITMQ_TASKS = 5_000


def main() -> int:
    """Run it. Returns 0 when the promise was kept, 1 when it was broken, 130 after Ctrl-C."""
    options = _parser().parse_args()
    folder = Path(options.folder or tempfile.mkdtemp(prefix="chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    if options.broker == "rabbitmq":
        _say(f"chaos on RabbitMQ, logs in {folder}")
        return rabbitmq.main(options.tasks or RABBITMQ_TASKS, folder, _say)
    plan = make_plan(
        options.seed,
        tasks=options.tasks or TASKS,
        kills=options.kills,
        restarts=options.restarts,
        seconds=options.seconds,
        lease_s=options.lease,
        hostile_every=options.hostile,
        failovers=options.failovers if options.sentinel else 0,
    )
    _say(f"chaos: seed {plan.seed}, logs and ledger in {folder}")
    try:
        outcome = ChaosRun(plan, folder, _say).run()
    except KeyboardInterrupt:
        return 130
    _say(table(plan, outcome.verdict, outcome.faults, outcome.seconds, outcome.hostile))
    return 1 if outcome.verdict.violations else 0


def _say(text: str) -> None:
    print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=_seed, default="", help="default: a new one")
    parser.add_argument(
        "--tasks", type=_number, default=0, help=f"default: {TASKS:,}, on RabbitMQ {RABBITMQ_TASKS:,}"
    )
    parser.add_argument(
        "--broker", choices=("", "redis", "rabbitmq"), default="", help="rabbitmq: other faults, no plan"
    )
    parser.add_argument("--kills", type=int, default=100, help="SIGKILLs; the other faults are in proportion")
    parser.add_argument("--restarts", type=int, default=6, help="of the server; every second one a crash")
    parser.add_argument(
        "--seconds",
        type=float,
        default=540.0,
        help="for which tasks are sent; faults add to it",
    )
    parser.add_argument("--lease", type=float, default=4.0, help="in seconds")
    parser.add_argument(
        "--hostile", type=_number, default=0, help="one hostile message in so many publishes; default: none"
    )
    parser.add_argument("--sentinel", default="", help="1: a primary, two replicas and three sentinels")
    parser.add_argument(
        "--failovers", type=int, default=8, help="with --sentinel; half of the primaries freeze"
    )
    parser.add_argument("--folder", default="", help="for logs and ledger; default: a new one")
    return parser


def _seed(text: str) -> int:
    return int(text) if text else secrets.randbelow(1_000_000)


def _number(text: str) -> int:
    return int(text) if text else 0


if __name__ == "__main__":
    sys.exit(main())
