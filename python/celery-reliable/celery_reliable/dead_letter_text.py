"""Formats dead letters for people and programs; ``node/celery-js/src/cli/dead/text.js`` writes the same."""

import re
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from celery_reliable.dead_letters import DeadLetter
from celery_reliable.types import Passed, Settings

# The largest unit first.
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
HEADINGS = ("AGE", "REASON", "TASK", "ID", "WORKER", "DELIVERIES", "QUEUE")
# The headers that describe the task.
HEADERS = ("argsrepr", "kwargsrepr", "retries", "eta", "expires", "origin")


def summary(letter: DeadLetter) -> Settings:
    """Return what ``--json`` prints of every letter."""
    names = ("id", "queue", "task", "reason", "time", "worker", "deliveries")
    return {name: getattr(letter, name) for name in names}


def message(letter: DeadLetter) -> dict[str, str | None]:
    """Return what ``show --json`` prints of the message itself."""
    try:
        return {"body": letter.body, "message": letter.raw.decode(), "message_base64": None}
    except UnicodeDecodeError:
        return {"body": letter.body, "message": None, "message_base64": b64encode(letter.raw).decode()}


def table(summaries: Sequence[Mapping[str, Passed]]) -> list[str]:
    """Return the lines of a table, its headings first."""
    rows: list[Sequence[str]] = [HEADINGS]
    for one in summaries:
        values = (age(one["time"]), *(one[name.lower()] for name in HEADINGS[1:]))
        rows.append([cell(value) for value in values])
    return columns(rows)


def details(letter: DeadLetter) -> list[str]:
    """Return the lines with everything about a letter except its message."""
    when = None if letter.time is None else f"{iso(letter.time)} ({age(letter.time)} ago)"
    rows: Settings = {"id": letter.id, "task": letter.task, "reason": letter.reason, "time": when}
    rows |= {"worker": letter.worker, "deliveries": letter.deliveries, "queue": letter.queue}
    for name in HEADERS:
        value = letter.headers.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            rows[name] = value
    if letter.body is not None:
        rows["body"] = letter.body
    return columns([[name, cell(value)] for name, value in rows.items()])


def iso(time_ms: int) -> str:
    """Return a moment as JavaScript's ``toISOString`` writes it."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time_ms % 1000:03}Z"


def age(time_ms: int | None) -> str:
    """Return how long ago a moment is, such as ``3h``: rounded down to one unit."""
    if time_ms is None:
        return "-"
    seconds = max(0, int(time.time() - time_ms / 1000))
    unit, length = next(((name, size) for name, size in UNITS.items() if seconds >= size), ("s", 1))
    return f"{seconds // length}{unit}"


def parse_age(text: str) -> int | None:
    """Return the seconds of an age, None for any other text: ``90``, ``90s``, ``30m``, ``12h``, ``7d``."""
    match = re.fullmatch(r"([0-9]{1,9})([dhms])?", text)
    return int(match[1]) * UNITS[match[2] or "s"] if match else None


def cell(value: str | int | None) -> str:
    """Return a value on one line, with control characters escaped, because a terminal would obey them."""
    if value is None:
        return "-"
    text = re.sub("[\ud800-\udfff]", "\ufffd", str(value))
    return re.sub("[\x00-\x1f\x7f-\x9f]", lambda match: f"\\x{ord(match[0]):02x}", text)


def printable(data: bytes) -> str:
    """Return the text, with escapes for bytes that are not text."""
    try:
        return cell(data.decode())
    except UnicodeDecodeError:
        return re.sub("[^ -~]", lambda match: f"\\x{ord(match[0]):02x}", data.decode("latin-1"))


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip(" ") for row in rows]


def letters(count: int) -> str:
    """Return a number of letters in words."""
    return f"{count} dead letter{'' if count == 1 else 's'}"


def per_queue(counts: Mapping[str, int], word: str) -> str:
    """Return counts by queue, such as ``2 into js-queue, 1 into py-queue``."""
    return ", ".join(f"{count} {word} {queue}" for queue, count in counts.items())
