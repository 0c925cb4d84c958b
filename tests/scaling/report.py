"""The tables, and where they are kept: `docs/scaling.md`."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from scripts.paths import ROOT

from .measure import Memory, Run
from .sizes import Costs, Size, size

PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- written by make scaling: {} -->", "<!-- end -->"
RATES = (10, 1000, 10_000)
# A machine with a higher load does other work. Installing packages leaves some.
BUSY_LOAD = 1.5
_NAMES = {"python": "Python", "node": "Node"}


def costs(runs: Sequence[Run], idle_s: dict[str, float], memory: Memory) -> Costs:
    """Returns the costs to plan with.

    Those of tasks that wait, as the examples' do: for the server with the most workers, less what idle
    workers cost; for workers with a single one, as more of them than processors disturb each other.
    """
    most = max(run.pods for run in runs)
    return Costs(
        server_us={
            run.language: max(run.server_s - run.pods * idle_s[run.language], 0) / run.rate * 1e6
            for run in runs
            if run.seconds and run.pods == most
        },
        idle_us={language: seconds * 1e6 for language, seconds in idle_s.items()},
        worker_us={run.language: run.worker_us for run in runs if run.pods == 1 and run.seconds},
        message_bytes=memory.message,
        result_bytes=memory.result,
    )


def measured(day: date, load: float) -> str:
    """When and where it was measured; `load` is the machine's before the first run."""
    others = (
        f" that had other work (load {load:.0f}): the rates are too low, the costs of a task about right"
        if load > BUSY_LOAD
        else ""
    )
    return f"Measured on {day.day} {day:%B %Y}, on a machine with {os.cpu_count()} CPUs{others}."


def limits(known: Costs, runs: Sequence[Run]) -> str:
    """How many tasks keep one server busy, and why."""
    rates = " or ".join(
        f"{round(1e6 / microseconds, -3):,.0f} tasks a second of {_NAMES[language]} workers"
        for language, microseconds in known.server_us.items()
    )
    commands = " and ".join(
        f"{_range([run.commands for run in runs if run.language == language])} ({_NAMES[language]})"
        for language in known.server_us
    )
    return f"{rates} keep this CPU busy. A task needs {commands} commands."


def sentence(known: Costs) -> str:
    """The figures that are no table."""
    servers, idle = (
        " and ".join(
            f"{microseconds:,.0f} µs ({_NAMES[language]})" for language, microseconds in each.items()
        )
        for each in (known.server_us, known.idle_us)
    )
    return (
        f"A task takes {servers} of the server's CPU; "
        f"a worker takes {idle} a second even without tasks. "
        f"A waiting message takes {known.message_bytes:,.0f} bytes of memory, a stored result "
        f"{known.result_bytes:,.0f} bytes."
    )


def throughput(runs: Sequence[Run]) -> str:
    """Tasks a second by language, kind of task, and number of workers."""
    one = {(run.language, run.seconds): run.rate for run in runs if run.pods == 1}
    rows = [
        (
            _NAMES[run.language],
            f"waits {run.seconds * 1000:.0f} ms" if run.seconds else "does nothing",
            str(run.pods),
            f"{run.rate:,.0f}",
            f"{run.rate / one[run.language, run.seconds]:.1f} x",
            f"{run.server_us:.0f} µs",
            f"{run.worker_us:,.0f} µs",
            f"{run.commands:.1f}",
            f"{run.wire_bytes:,.0f}",
        )
        for run in runs
    ]
    costs_of_a_task = ("server CPU", "worker CPU", "commands", "bytes on the wire")
    return _table(("Workers", "Task", "Pods", "Tasks/s", "of one pod", *costs_of_a_task), rows)


def examples(known: Costs) -> str:
    """What some rates need."""
    head = ("Tasks/s", "Node pods", "or Python pods", "CPUs of the pods", "Servers", "CPUs of the servers")
    rows = [_example(size(rate, known)) for rate in RATES]
    return _table((*head, "Messages of an hour", "Results of a day"), rows)


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


def _example(needed: Size) -> tuple[str, ...]:
    return (
        f"{needed.rate:,}",
        str(needed.pods["node"]),
        str(needed.pods["python"]),
        " or ".join(f"{needed.cores[language]:.2g}" for language in ("node", "python")),
        " or ".join(str(needed.servers[language]) for language in ("node", "python")),
        " or ".join(f"{needed.server_core[language]:.2g}" for language in ("node", "python")),
        _amount(needed.backlog_mib),
        _amount(needed.results_mib),
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _range(values: Sequence[float]) -> str:
    ends = sorted({f"{min(values):.0f}", f"{max(values):.0f}"}, key=int)
    return " to ".join(ends)


def _amount(mib: float) -> str:
    return f"{mib / 1024:,.1f} GiB" if mib >= 1024 else f"{mib:,.0f} MiB"
