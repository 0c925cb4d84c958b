"""Reads the records that ``take`` writes into ``unacked``: a message's text and the queue it goes back to."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from celery_reliable.envelope import counted_id_of
from celery_reliable.limits import Limits, check_raw
from celery_reliable.redelivered import mark_redelivered

# The text between message and queue in a record: the exchange is always empty.
_BEFORE_QUEUE = b', "", "'


class Record(NamedTuple):
    """The two parts of a record."""

    raw: bytes
    queue: str


@dataclass(frozen=True)
class HeldMessage:
    """The message of a record. ``marked`` is the message as redelivered, None when it cannot be read.

    ``counted_id``: the id that a lost worker is counted under.
    """

    raw: bytes
    marked: str | None
    queue: str
    priority: int = 0
    counted_id: str | None = None


def split_record(entry: bytes) -> Record | None:
    """Return a record's parts without reading the message, or None when ``take`` did not write it."""
    split = entry.rfind(_BEFORE_QUEUE)
    if split == -1 or not entry.startswith(b"[") or not entry.endswith(b'"]'):
        return None
    try:
        queue = str(json.loads(entry[split + len(_BEFORE_QUEUE) - 1 : -1].decode()))
        queue.encode()
    except Exception:  # another writer's text, for example nested too deep, or half a surrogate pair
        return None
    return Record(entry[1:split], queue) if queue else None


def read_record(entry: bytes, limits: Limits) -> HeldMessage | None:
    """Return a record's message, or None when ``take`` did not write it.

    A message over the limits is not parsed, and counts as unreadable.
    """
    record = split_record(entry)
    if record is None:
        return None
    raw, queue = record
    try:
        check_raw(raw, limits)
        text = raw.decode("utf-8", "surrogateescape")
        envelope = json.loads(text)
        return HeldMessage(
            raw=raw,
            marked=mark_redelivered(text),
            queue=queue,
            priority=priority_of(envelope["properties"]),
            counted_id=counted_id_of(envelope) or None,
        )
    except Exception:  # any error in reading it: no worker can read it
        return HeldMessage(raw, None, queue)


def priority_of(properties: dict[str, object]) -> int:
    """Return a message's priority as kombu reads it (``Channel._get_message_priority``)."""
    try:
        return max(0, min(9, int(properties["priority"])))  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, KeyError, OverflowError):
        return 0
