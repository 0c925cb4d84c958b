"""The table, and where it is kept: `docs/delivery.md`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.paths import ROOT

from .verdict import Row

PAGE = ROOT / "docs" / "delivery.md"
BEGIN, END = "<!-- written by make outages -->", "<!-- end of what make outages writes -->"
_NAMES = {"python": "Python", "node": "Node"}


def table(rows: Sequence[Row]) -> str:
    """Markdown; what misses the requirement is bold."""
    lines = ["| Outage | Who | Back after | Lost | Run twice | Log lines |", "|---|---|---|---|---|---|"]
    last = ""
    for row in rows:
        back = "never" if row.recovery_s is None else f"{max(row.recovery_s, 0.1):.1f} s"
        cells = [
            "" if row.outage == last else row.outage,
            _who(row.who),
            _bold(back, row, "back"),
            _bold(str(len(row.lost)), row, "lost"),
            str(len(row.twice)),
            _bold(str(len(row.lines)), row, "log lines"),
        ]
        last = row.outage
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def misses(rows: Iterable[Row]) -> list[str]:
    """A line for each row that misses the requirement."""
    return [f"{row.outage}, {row.who}: {'; '.join(row.faults)}" for row in rows if row.faults]


def write(rows: Sequence[Row], page: Path = PAGE) -> None:
    """Replace the table in the page. Raises ValueError if the page has no place for it."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{page} has no place for the table: {BEGIN}, {END}")
    page.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}", "utf-8")


def _who(who: str) -> str:
    language, _, role = who.partition(" ")
    return f"{'JavaScript' if (language, role) == ('node', 'client') else _NAMES[language]} {role}"


def _bold(text: str, row: Row, fault: str) -> str:
    return f"**{text}**" if any(fault in said for said in row.faults) else text
