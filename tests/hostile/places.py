"""Finds the place where a hostile message has ended."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from .messages import HostileMessage


@dataclass(frozen=True)
class Places:
    """All of them: states that are stored and ids that ran, by task id; texts of dead letters and of parked
    records; and what the workers logged.
    """

    states: Mapping[str, str]
    ran: Collection[str]
    dead: Sequence[str]
    parked: Sequence[str]
    log: str

    def end_of(self, message: HostileMessage) -> str | None:
        """Returns the end of a message, in words; None where it was lost."""
        task_id = message.task_id
        if task_id is not None and task_id in self.states:
            return self.states[task_id].lower()
        if task_id in self.ran:
            return "run"
        if any(is_text_of(message, letter) for letter in self.dead):
            return "dead"
        if any(is_text_of(message, record) for record in self.parked):
            return "parked"
        if message.ignores_result and task_id is not None and task_id in self.log:
            return "ended without a result, as its sender asked"
        return None


def is_text_of(message: HostileMessage, text: str) -> bool:
    """Whether a text is a message or its record, as it was sent or as it came back from a lost worker."""
    sent = message.text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    marks = (f"{message.mark}}}", f"{message.mark},") if message.mark in sent else ()
    return text == sent or text.startswith(f"[{sent}") or any(mark in text for mark in marks)


def read_states(redis: Redis, messages: Sequence[HostileMessage]) -> dict[str, str]:
    """Takes the results of messages from the server, and returns their states by task id."""
    states: dict[str, str] = {}
    for message in messages:
        meta = None if message.task_id is None else redis.getdel(_key(message.task_id))
        if meta is not None:
            assert isinstance(meta, str | bytes)
            states[str(message.task_id)] = str(json.loads(meta)["status"])
    return states


def read_ran(ledger: Path, read_to: int = 0) -> tuple[set[str], int]:
    """Returns the ids that a worker has noted from a place in its file on, and where the file ends."""
    if not ledger.exists():
        return set(), read_to
    with ledger.open("rb") as file:
        file.seek(read_to)
        lines = file.read()
    return {json.loads(line) for line in lines.splitlines()}, read_to + len(lines)


def texts(values: object) -> list[str]:
    """Returns values of the server as texts, even if they are not UTF-8."""
    assert isinstance(values, list)
    return [value if isinstance(value, str) else bytes(value).decode("utf-8", "replace") for value in values]


def _key(task_id: str) -> bytes:
    # Half a surrogate pair has no bytes: JavaScript writes a question mark for it.
    return (
        b"celery-task-meta-" + task_id.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    )
