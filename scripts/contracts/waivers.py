"""`contracts/waivers.toml`: breaking changes that the team has agreed on.

Each entry names a task, a rule, the reason, and the date until which it holds:

    [[waiver]]
    task = "py_workers.tasks.forecasts.demand.predict"
    rule = "parameter-removed"
    reason = "only the shop sent it, and no longer does"
    until = 2026-12-31
"""

import datetime
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scripts.contracts.catalogue import FOLDER
from scripts.contracts.comparison import Breaking
from scripts.contracts.rules import RULES
from scripts.failure import CommandFailed

FILE = FOLDER / "waivers.toml"
_KEYS = {"task": str, "rule": str, "reason": str, "until": datetime.date}


@dataclass(frozen=True)
class Waiver:
    """One entry of the file."""

    task: str
    rule: str
    reason: str
    until: datetime.date

    def is_about(self, change: Breaking) -> bool:
        """Tells whether it waives this change, which it does until its date."""
        return (self.task, self.rule) == (change.task, change.rule)


def read(file: Path = FILE) -> list[Waiver]:
    """Returns the waivers; none without a file.

    Raises CommandFailed when an entry lacks something or has something unknown.
    """
    if not file.exists():
        return []
    try:
        entries = tomllib.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise CommandFailed(f"contracts/{file.name}: {error}") from error
    if set(entries) - {"waiver"}:
        unknown = ", ".join(sorted(set(entries) - {"waiver"}))
        raise CommandFailed(f"contracts/{file.name}: unknown {unknown}: begin each entry with [[waiver]]")
    return [_checked(number, entry, file) for number, entry in enumerate(entries.get("waiver", []), 1)]


def _checked(number: int, entry: dict[str, object], file: Path) -> Waiver:
    where = f"contracts/{file.name}: waiver {number}"
    if set(entry) - set(_KEYS):
        raise CommandFailed(f"{where}: unknown {', '.join(sorted(set(entry) - set(_KEYS)))}")
    for key, kind in _KEYS.items():
        value = entry.get(key)
        if not isinstance(value, kind) or isinstance(value, datetime.datetime) or value == "":
            example = (
                "a date, such as until = 2026-12-31" if key == "until" else f'a string, such as {key} = "..."'
            )
            raise CommandFailed(f"{where}: '{key}' must be {example}")
    if entry["rule"] not in RULES:
        raise CommandFailed(f"{where}: there is no rule '{entry['rule']}': use one of {', '.join(RULES)}")
    return Waiver(**entry)  # type: ignore[arg-type]
