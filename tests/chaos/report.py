"""The ledger as a table."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from .facts import KILLS, SERVER_RESTARTS, Fault, FaultKind, Language
from .hostile import HostileAccount
from .plan import Plan
from .repeats import Repeat
from .verdict import Verdict

MOST_VIOLATIONS = 40


def table(
    plan: Plan, verdict: Verdict, faults: Sequence[Fault], seconds: float, hostile: HostileAccount
) -> str:
    """Writes the table at the end of a run."""
    rows = [
        ("seed", str(plan.seed)),
        ("tasks sent", f"{sum(len(job.steps) for job in plan.jobs)} in {len(plan.jobs)} publishes"),
        ("publishes confirmed", str(verdict.confirmed)),
        ("publishes in doubt", f"{len(verdict.in_doubt)}, of which {verdict.in_doubt_and_run} ran"),
        ("chords", f"{verdict.chords}, of which {verdict.bodies_repeated} had their body sent twice"),
        ("hostile messages", hostile_row(hostile)),
        ("executions", str(verdict.runs)),
        ("lost", str(len(verdict.lost))),
        ("not replicated before a failover", str(len(verdict.not_replicated))),
        ("duplicates explained", _explained(verdict.explained)),
        ("duplicates unexplained", str(len(verdict.unexplained))),
        *((kind.value, _by_language(faults, kind)) for kind in FaultKind),
        ("kills", str(sum(fault.kind in KILLS for fault in faults))),
        ("server restarts", str(sum(fault.kind in SERVER_RESTARTS for fault in faults))),
        (
            "messages in flight at the kills",
            str(sum(len(f.held) for f in faults if f.kind in KILLS)),
        ),
        ("most duplicates of one kill", str(verdict.most_repeats_of_a_kill)),
        ("failovers", str(plan.failovers)),
        ("work goes on after a failover", _resumption(verdict.resumptions)),
        ("recovery after a SIGKILL", _recovery(plan, verdict.recoveries)),
        ("seconds", f"{seconds:.0f}"),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name:<{width}}  {value}" for name, value in rows]
    lines += [f"  VIOLATION  {violation}" for violation in verdict.violations[:MOST_VIOLATIONS]]
    if len(verdict.violations) > MOST_VIOLATIONS:
        lines.append(f"  … and {len(verdict.violations) - MOST_VIOLATIONS} more")
    lines.append(
        "  the promise was broken"
        if verdict.violations
        else "  nothing lost, nothing repeated without a reason"
    )
    return "\n".join(lines)


def hostile_row(account: HostileAccount) -> str:
    """How many were sent, and how many met which end; the counts add up."""
    ends = sorted(account.ends.items(), key=lambda item: -item[1])
    parts = [f"{count} {end}" for end, count in ends] + [f"{len(account.lost)} lost"]
    return f"{account.sent} ({', '.join(parts)})" if account.sent else "none"


def _explained(repeats: Sequence[Repeat]) -> str:
    counts = Counter(r.excuse.kind.value if isinstance(r.excuse, Fault) else str(r.excuse) for r in repeats)
    parts = ", ".join(f"{count} x {excuse}" for excuse, count in counts.most_common())
    return f"{len(repeats)} ({parts})" if repeats else "0"


def _by_language(faults: Sequence[Fault], kind: FaultKind) -> str:
    counts = Counter(fault.language for fault in faults if fault.kind is kind)
    parts = [f"{counts[language]} {language}" for language in Language if counts[language]]
    return f"{counts.total()} ({', '.join(parts)})" if parts else str(counts.total())


def _resumption(seconds: Sequence[float]) -> str:
    return (
        f"{median(seconds):.1f} s in the middle, {max(seconds):.1f} s at most"
        if seconds
        else "none was needed"
    )


def _recovery(plan: Plan, recoveries: Sequence[float]) -> str:
    if not recoveries:
        return "none was needed"
    middle, longest = median(recoveries), max(recoveries)
    return f"{middle:.1f} s in the middle, {longest:.1f} s at most, with a lease of {plan.lease_s:g} s"
