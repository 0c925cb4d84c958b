"""The dead letters of a broker, for its operators: read page by page, put back, deleted.

A list may change meanwhile, so a letter is always addressed by the bytes that were read.
``node/celery-js/src/transport/redis/dead-letters.js`` is the same for JavaScript.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Protocol

from redis import Redis

from celery_reliable import scripts
from celery_reliable.envelope import headers_of, id_for_sender, read_envelope
from celery_reliable.held_record import priority_of
from celery_reliable.keys import Keys
from celery_reliable.types import Module, Payload

# Letters that are read by one call: a full list would be some hundred megabytes.
PAGE = 100
# Keys that the server looks at in one step of a search.
SCAN_COUNT = 1_000
# The length of the id that replaces a task's id if none can be read.
SHORT_ID = 12
# The last moment that both languages can write as a date.
LAST_MS = 253_402_300_799_999


@dataclass(frozen=True)
class DeadLetter:
    """One dead letter: ``entry`` as it is in its list, ``raw`` the message, byte for byte.

    ``id`` is ``task_id``, the id under which the sender waits, else a hash of the message; ``time`` is in ms since the
    epoch; values that the first line lacks are None. ``is_readable``: whether a worker can read the message.
    """

    entry: bytes
    raw: bytes
    queue: str
    id: str
    task_id: str = ""
    task: str | None = None
    reason: str = "unknown"
    time: int | None = None
    worker: str | None = None
    deliveries: int | None = None
    priority: int = 0
    headers: Payload = field(default_factory=dict)
    body: str | None = None
    is_readable: bool = False


def read_dead_letter(queue: str, entry: bytes) -> DeadLetter:
    """Return the letter in an entry of the queue's dead-letter list, by any writer."""
    line, _, rest = entry.partition(b"\n")
    raw, header = (rest, _mapping(line)) if b"\n" in entry else (entry, {})
    message = _read_message(raw)
    short_id = sha1(raw, usedforsecurity=False).hexdigest()[:SHORT_ID]
    reason, time = header.get("reason"), _whole(header.get("time"))
    return DeadLetter(
        entry=entry,
        raw=raw,
        queue=queue,
        id=message.get("task_id") or short_id,
        reason=reason if isinstance(reason, str) else "unknown",
        time=time if time is not None and 0 <= time <= LAST_MS else None,
        worker=_text(header.get("worker")),
        deliveries=_whole(header.get("deliveries")),
        **message,
    )


class DeadLetterStore(Protocol):
    """The dead letters of a broker; see ``DeadLetters``."""

    def queues(self) -> list[str]:
        """Return the queues that have dead letters, by name."""
        ...

    def newest_first(self, queue: str) -> Iterator[DeadLetter]:
        """Yield the current letters."""
        ...

    def each_page(self, queue: str, act: Callable[[list[DeadLetter]], int]) -> None:
        """Visit the current letters, oldest first, while they are put back or deleted."""
        ...

    def retry(self, letters: Sequence[DeadLetter]) -> int:
        """Put letters of one queue back into it; return how many."""
        ...

    def delete(self, letters: Sequence[DeadLetter]) -> int:
        """Delete letters for good; return how many were there."""
        ...


class DeadLetters:
    """The dead letters that a client of Redis sees under some keys. All methods raise RedisError."""

    def __init__(self, client: "Redis", keys: Keys) -> None:
        self._client: Module = client  # its types do not say whether it answers with bytes: this one does
        self._keys = keys

    def queues(self) -> list[str]:
        """Look at every key of the database; return the queues that have dead letters, by name."""
        before, after = self._keys.dead("\n").split("\n")
        escaped = "".join(f"\\{c}" if c in r"\*?[]" else c for c in before)
        pattern = f"{escaped}*{after}"
        found = self._client.scan_iter(match=pattern, count=SCAN_COUNT, _type="list")
        names = (key.decode("utf-8", "replace") for key in found)
        return sorted({name[len(before) : len(name) - len(after)] for name in names})

    def newest_first(self, queue: str) -> Iterator[DeadLetter]:
        """Yield the current letters."""
        key = self._keys.dead(queue)
        # Counted from the right, where nothing is added: a letter keeps its place until older ones are
        # deleted.
        for left in range(self._client.llen(key), 0, -PAGE):
            for entry in self._client.lrange(key, -left, -max(1, left - PAGE + 1)):
                yield read_dead_letter(queue, entry)

    def each_page(self, queue: str, act: Callable[[list[DeadLetter]], int]) -> None:
        """Visit the current letters, oldest first, while they are put back or deleted.

        ``act`` returns how many of its letters are still in the list. New letters are left out: otherwise a
        task that fails again at once would be put back forever.
        """
        key = self._keys.dead(queue)
        left, kept = self._client.llen(key), 0
        while left > 0:
            entries = self._client.lrange(key, -kept - min(PAGE, left), -kept - 1)
            if not entries:
                return
            kept += act([read_dead_letter(queue, entry) for entry in reversed(entries)])
            left -= len(entries)

    def retry(self, letters: Sequence[DeadLetter]) -> int:
        """Put letters of one queue back into it, to be taken after those that wait there, in this order.

        Returns how many: another operator may have been faster.
        """
        if not letters:
            return 0
        keys = self._keys
        names = [keys.dead(letters[0].queue), keys.deliveries, keys.counted]
        names += [keys.queue(letter.queue, letter.priority) for letter in letters]
        args: list[scripts.Argument] = []
        for letter in letters:
            args += [letter.entry, letter.task_id]
        return len(letters) - len(scripts.run(self._client, "revive", names, args))

    def delete(self, letters: Sequence[DeadLetter]) -> int:
        """Delete letters for good; return how many were there."""
        pipeline = self._client.pipeline(transaction=False)
        for letter in letters:
            pipeline.lrem(self._keys.dead(letter.queue), -1, letter.entry)
        return int(sum(pipeline.execute()))


def _read_message(raw: bytes) -> Payload:
    """The fields of a ``DeadLetter`` that the message has, none when no worker can read it."""
    try:
        payload = read_envelope(raw)
    except ValueError:
        return {}
    headers, properties = headers_of(payload), payload["properties"]
    if not isinstance(payload["body"], str) or not isinstance(payload.get("headers") or {}, dict):
        return {}
    body = None if headers.get("compression") else _decode_body(payload["body"], properties)
    # Protocol 1 has in the body what protocol 2 has in the headers.
    fields = headers if "task" in headers or body is None else _mapping(body)
    return {
        "task_id": id_for_sender(payload),
        "task": _text(fields.get("task")),
        "priority": priority_of(properties),
        "headers": headers,
        "body": body,
        "is_readable": True,
    }


def _decode_body(body: str, properties: Payload) -> str | None:
    if properties.get("body_encoding") != "base64":
        return body
    try:
        return b64decode(body).decode()
    except ValueError:
        return None


def _mapping(text: str | bytes) -> Payload:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
