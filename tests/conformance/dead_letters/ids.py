"""Messages with the task's id in different places, and the id that both tools show on every broker."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

VERSION_1 = {"task": "basic.add", "id": "in-body", "args": [1, 2], "kwargs": {}}


@dataclass(frozen=True)
class Letter:
    """A message. `expected`: its id; None: it has none, and gets a hash."""

    expected: str | None
    body: bytes = b"[[1, 2], {}, {}]"
    headers: dict[str, Any] = field(default_factory=dict)
    correlation_id: str | None = "correlation"

    def envelope(self) -> str:
        """As a list of Redis has it."""
        properties = {"correlation_id": self.correlation_id, "delivery_tag": "1", "body_encoding": "base64"}
        return json.dumps(
            {
                "body": b64encode(self.body).decode(),
                "content-type": "application/json",
                "content-encoding": "utf-8",
                "headers": self.headers,
                "properties": properties,
            }
        )


LETTERS = {
    "protocol 2": Letter("in-headers", headers={"task": "basic.add", "id": "in-headers"}),
    "protocol 1": Letter("in-body", json.dumps(VERSION_1).encode()),
    "both in one": Letter("in-body", json.dumps(VERSION_1).encode(), {"task": "basic.add"}),
    "an id without a task": Letter("in-headers", headers={"id": "in-headers"}),
    "an id that is not text": Letter("correlation", headers={"task": "basic.add", "id": 7}),
    "compressed": Letter("correlation", b"\x1f\x8b", {"compression": "application/x-gzip"}),
    "no text": Letter("correlation", b"\x80\x04\x95"),
    "no id": Letter(None, correlation_id=None),
}


def is_expected(shown: str, name: str) -> bool:
    """Whether a tool shows a letter with the right id."""
    expected = LETTERS[name].expected
    return bool(re.fullmatch("[0-9a-f]{12}", shown)) if expected is None else shown == expected
