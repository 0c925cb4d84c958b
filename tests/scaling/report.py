"""The tables, and where they are kept: `docs/scaling.md`."""

import os
from collections.abc import Sequence
from pathlib import Path

from scripts.paths import ROOT

from .measure import Memory, Run
from .sizes import Costs, Size, size

PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- written by make scaling: {} -->", "<!-- end -->"
RATES = (10, 1000, 10_000)
_NAMES = {"python": "Python", "node": "Node"}


def costs(runs: Sequence[Run], memory: Memory) -> Costs:
    """The dearest run of tasks that do nothing counts for the server, the one with a single worker for workers."""
    empty = [run for run in runs if not run.seconds]
    return Costs(
        server_us=max(run.server_us for run in runs),
        worker_us={run.language: run.worker_us for run in empty if run.pods == 1},
        message_bytes=memory.message,
        result_bytes=memory.result,
    )


def throughput(runs: Sequence[Run]) -> str:
    """Tasks a second by language, kind of task, and number of workers."""
    lines = [
        "| Workers | Task | Pods | Tasks/s | of one pod | Server's processor a task | Worker's processor a task | Commands a task | Bytes a task |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        (one,) = [each for each in runs if (each.language, each.seconds, each.pods) == (run.language, run.seconds, 1)]
        task = f"waits {run.seconds * 1000:.0f} ms" if run.seconds else "does nothing"
        lines.append(
            f"| {_NAMES[run.language]} | {task} | {run.pods} | {run.rate:,.0f} | {run.rate / one.rate:.1f} x | "
            f"{run.server_us:.0f} µs | {run.worker_us:,.0f} µs | {run.commands:.1f} | {run.wire_bytes:,.0f} |"
        )
    return "\n".join(lines)


def examples(known: Costs) -> str:
    """What some rates need."""
    lines = [
        "| Tasks/s | Node pods | Python pods | Their processors | Servers (processor in use) | Messages of an hour | Results of a day |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_example(size(rate, known)) for rate in RATES]
    return "\n".join(lines)


def machine() -> str:
    return f"{os.cpu_count()} processors"


def write(tables: dict[str, str], page: Path = PAGE) -> None:
    """Replaces the tables in the page. Raises ValueError if the page has no place for one."""
    text = page.read_text("utf-8")
    for name, table in tables.items():
        before, begin, rest = text.partition(BEGIN.format(name))
        _, end, after = rest.partition(END)
        if not end:
            raise ValueError(f"{page} has no place for the table: {BEGIN.format(name)}, {END}")
        text = f"{before}{begin}\n{table}\n{end}{after}"
    page.write_text(text, "utf-8")


def _example(needed: Size) -> str:
    processors = " or ".join(f"{needed.cores[language]:.2g}" for language in ("node", "python"))
    return (
        f"| {needed.rate:,} | {needed.pods['node']} | {needed.pods['python']} | {processors} | "
        f"{needed.servers} ({needed.server_core:.0%}) | {_amount(needed.backlog_mib)} | {_amount(needed.results_mib)} |"
    )


def _amount(mib: float) -> str:
    return f"{mib / 1024:,.1f} GiB" if mib >= 1024 else f"{mib:,.0f} MiB"
