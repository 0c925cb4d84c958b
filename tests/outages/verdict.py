"""What an observation means. Pure, so that it can be tested with a made-up one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .ledger import callback_of
from .run import Observation, recovery_of_client
from .site import WORKERS

# Log lines about a task are not about the outage.
_OF_A_TASK = re.compile(r"\b[Tt]ask [\w.:+-]*[.:]\w")
_EXPECTED_ERRORS = ("OperationalError", "TimeoutError")


@dataclass(frozen=True)
class Row:
    """A line of the table. `lost` and `twice` are labels; `faults` is empty when the requirement was met."""

    outage: str
    who: str
    recovery_s: float | None
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    lines: tuple[str, ...]
    faults: tuple[str, ...]


def judge(seen: Observation) -> list[Row]:
    """The four rows of an outage: both workers, both clients."""
    ended = {run.label for run in seen.runs if run.event == "end"}
    starts = Counter(run.label for run in seen.runs if run.event == "start")
    confirmed = [
        call.label
        for calls in seen.calls.values()
        for call in calls
        if call.event == "send" and call.error is None
        if not (seen.outage.forgets and call.began < seen.returned)
    ]
    # A callback is due once its task has ended: until then it is the task that is lost.
    due = [*confirmed, *(callback_of(label) for label in confirmed if label in ended)]
    lost = [label for label in due if label not in ended or label not in seen.stored]
    twice = [label for label, times in starts.items() if times > 1]
    return [
        _row(seen, f"{language} {role}", lost, twice) for role in ("worker", "client") for language in WORKERS
    ]


def _row(seen: Observation, who: str, lost: Sequence[str], twice: Sequence[str]) -> Row:
    language, _, role = who.partition(" ")
    place = 1 if role == "worker" else 0
    mine = tuple(label for label in lost if label.split(":")[place] == language)
    recovery_s = _recovery(seen, language, role)
    lines = tuple(line for line in seen.lines[who] if not _OF_A_TASK.search(line))
    most = most_lines(seen)
    faults = []
    if recovery_s is None:
        faults.append(f"never back{_task_and_ping(seen, language) if role == 'worker' else ''}")
    elif recovery_s > seen.outage.back_within_s:
        faults.append(
            f"back after {recovery_s:.1f} s{_task_and_ping(seen, language) if role == 'worker' else ''}"
        )
    if mine:
        faults.append(f"lost: {', '.join(mine[:5])}")
    if len(lines) > most:
        faults.append(f"{len(lines)} log lines, at most {most}")
    if who in seen.ended:
        faults.append("has ended")
    if role == "client":
        faults += _odd_errors(seen, language)
    elif seen.left:
        faults.append(f"left on the server: {', '.join(seen.left)}")
    again = tuple(label for label in twice if label.split(":")[place] == language)
    return Row(seen.outage.name, who, recovery_s, mine, again, lines, tuple(faults))


def most_lines(seen: Observation) -> int:
    """One at the beginning, one at the end, one a minute between."""
    lasted_s = seen.outage.lasts_s if seen.outage.is_bearable else seen.returned - seen.began
    return 2 + int(lasted_s // 60)


def _recovery(seen: Observation, language: str, role: str) -> float | None:
    if role == "client":
        return recovery_of_client(seen.calls[language], seen.returned)
    at = seen.answered[language]
    return None if at is None else at - seen.returned


def _task_and_ping(seen: Observation, worker: str) -> str:
    ran = seen.ran[worker]
    return f" (a task after {ran - seen.returned:.1f} s, a ping after that)" if ran is not None else ""


def _odd_errors(seen: Observation, client: str) -> list[str]:
    """Errors that no caller would expect."""
    errors = {call.error for call in seen.calls[client] if call.error}
    return sorted(f"raises {error}" for error in errors if error.partition(":")[0] not in _EXPECTED_ERRORS)
