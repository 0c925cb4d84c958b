"""Reads the records that ``take`` writes into ``unacked``: a message's text and the queue it goes back to."""

import json
from dataclasses import dataclass

from celery_reliable.envelope import counted_id_of
from celery_reliable.redelivered import mark_redelivered

# The text between message and queue in a record: the exchange is always empty.
_BEFORE_QUEUE = ', "", "'


@dataclass(frozen=True)
class HeldMessage:
    """One record of ``unacked``. ``marked`` is the message as redelivered, None when it cannot be read."""

    raw: str
    marked: str | None
    queue: str
    priority: int = 0
    task_id: str | None = None


def read_record(entry: bytes) -> HeldMessage | None:
    """Return a record's contents, or None when ``take`` did not write it.

    With invalid UTF-8 (which ``take`` never lets through) the record's message cannot be read.
    """
    text = entry.decode("utf-8", "surrogateescape")
    split = text.rfind(_BEFORE_QUEUE)
    if split == -1 or not text.startswith("[") or not text.endswith('"]'):
        return None
    raw = text[1:split]
    try:
        queue = str(json.loads(text[split + len(_BEFORE_QUEUE) - 1 : -1]))
        queue.encode()
    except Exception:  # another writer's text, for example nested too deep, or half a surrogate pair
        return None
    if not queue:
        return None
    try:
        envelope = json.loads(raw)
        return HeldMessage(
            raw=raw,
            marked=mark_redelivered(raw),
            queue=queue,
            priority=priority_of(envelope["properties"]),
            task_id=counted_id_of(envelope) or None,
        )
    except Exception:  # any error in reading it: no worker can read it
        return HeldMessage(raw, None, queue)


def priority_of(properties: dict[str, object]) -> int:
    """Return a message's priority as kombu reads it (``Channel._get_message_priority``)."""
    try:
        return max(0, min(9, int(properties["priority"])))  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, KeyError, OverflowError):
        return 0
