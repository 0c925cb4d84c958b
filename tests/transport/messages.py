"""Messages as senders put them on a list, the usual and the odd ones."""

import json
import re
from base64 import b64encode
from typing import Any


def message(task_id: str, queue: str = "q", priority: int | None = 0, **headers: Any) -> str:
    """A task's message in the text that kombu's serializer writes."""
    body = b64encode(b'[[1, 2], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]')
    properties: dict[str, Any] = {
        "correlation_id": task_id,
        "reply_to": "",
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": queue},
        "body_encoding": "base64",
        "delivery_tag": "0b0e6c2e",
    }
    if priority is not None:
        properties["priority"] = priority
    envelope = {
        "body": body.decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": "t.add", "id": task_id, "retries": 0, **headers},
        "properties": properties,
    }
    return json.dumps(envelope)


def message_of_protocol_1(task_id: str) -> str:
    """The same task as older senders put it: its name and id are in the body."""
    fields = {"task": "t.add", "id": task_id, "args": [1, 2], "kwargs": {}, "retries": 0}
    envelope = json.loads(message(task_id))
    envelope["body"] = b64encode(json.dumps(fields).encode()).decode()
    envelope["headers"] = {}
    return json.dumps(envelope)


def id_of(raw: str | bytes) -> str:
    """The id of a message's task."""
    return str(json.loads(raw)["headers"]["id"])


def unmarked(raw: str) -> str:
    """A message as it was before it was marked as redelivered, with no other byte changed."""
    without_added = re.sub(r', "redelivered": true(?=\s*})', "", raw)
    return without_added.replace('"redelivered": true', '"redelivered": false')


def _with(extra: str) -> str:
    """A message with members of its headers that no `json.dumps` would write."""
    return message("odd").replace('"retries": 0', f'"retries": 0, {extra}')


#: What kombu would not write, and what each of our workers has to keep as it is, byte for byte.
ODD_MESSAGES = {
    "text beyond ASCII": _with('"text": "äöü 😀 \u2028\u007f"'),
    "escaped text beyond ASCII": _with('"text": "\\u00e4\\ud83d\\ude00\\/"'),
    "half a surrogate pair": _with('"text": "\\ud83d"'),
    "large integers": _with('"big": 123456789012345678901234567890, "small": -0'),
    "numbers in odd forms": _with('"a": 1.0, "b": 1E+2, "c": 0.10000000000000000555, "d": -0.0, "e": 1e400'),
    "NaN and Infinity": _with('"a": NaN, "b": Infinity, "c": -Infinity'),
    "empty lists and objects": _with('"a": [], "b": {}, "c": [[], {}]'),
    "odd spacing": message("odd").replace(": ", "\t:\n ").replace("{", "{ ").replace("}", "\r\n}"),
    "no spacing": json.dumps(json.loads(message("odd")), separators=(",", ":")),
    "another order of members": json.dumps(dict(reversed(json.loads(message("odd")).items()))),
    "marked as not redelivered": _with('"redelivered": false, "more": 1'),
    "brackets, quotes and our own separator in text": _with('"text": "}\\", \\"\\", \\"q\\"]{["'),
    "what looks like the end of a record": _with('"text": ["", "q"], "more": ", \\"\\", \\"q\\"]"'),
    "deep nesting": _with('"deep": ' + "[" * 60 + "]" * 60),
    "no priority": message("odd", priority=None),
}

#: What no worker can read. It must never get into `unacked`, where it would stop kombu's sweep.
UNDECODABLE = {
    "is not JSON": b"hello",
    "is empty": b"",
    "is JSON, but no object": b"[1, 2]",
    "has no body": b'{"properties": {}}',
    "has no properties": b'{"body": "x"}',
    "is not UTF-8": message("bad").encode().replace(b"t.add", b"t.\xff"),
    "has an overlong UTF-8 sequence": b'{"body": "\xe0\xc2\xa9\xa0\x80", "properties": {}}',
    "has a raw line break in a string": b'{"body": "a\nb", "properties": {}}',
    "has a number that only Lua reads": b'{"body": "x", "properties": {"priority": 0x1F}}',
    "is cut off": message("bad").encode()[:-20],
}
