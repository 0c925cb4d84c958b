"""Hostile task messages: good ones, changed in one to three places."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st

from .changes import CHANGES, TASK, id_of, make_unique
from .values import dumps

QUEUE = "hostile"

_numbers = count(1)


@dataclass(frozen=True, repr=False)
class HostileMessage:
    """`text` is the message; `task_id` is the id of its result, or None if no id can be read."""

    number: int
    text: str
    task_id: str | None
    ignores_result: bool

    @property
    def mark(self) -> str:
        """A member of an envelope that tells the message from all others."""
        return f'"number": {self.number}'

    def __repr__(self) -> str:
        return f"<message {self.number}>"  # of a batch that failed, the error shows the one that did it

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))


def good(number: int | None = None, queue: str = QUEUE) -> dict[str, Any]:
    """Returns the parts of a message that every worker runs."""
    number = next(_numbers) if number is None else number
    task_id = f"hostile-{number}"
    headers: dict[str, Any] = {
        "lang": "py",
        "task": TASK,
        "id": task_id,
        "retries": 0,
        "argsrepr": "",
        "kwargsrepr": "",
    }
    info = {"exchange": "", "routing_key": queue}
    properties: dict[str, Any] = {
        "body_encoding": "base64",
        "delivery_info": info,
        "priority": 0,
        "delivery_tag": task_id,
    }
    embed: dict[str, Any] = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    parts: dict[str, Any] = {"number": number, "body": [[1, 2], {}, embed], "envelope": {}}
    return {**parts, "headers": headers, "properties": properties, "task_id": None}


def encode(parts: dict[str, Any]) -> str:
    """Returns the text of a message."""
    body = parts["body"]
    if not isinstance(body, bytes):
        body = dumps(body).encode("utf-8", "surrogatepass")
    envelope = {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": parts["headers"],
        "properties": parts["properties"],
    }
    return dumps({**envelope, **parts["envelope"]})


@st.composite
def hostile_messages(
    draw: st.DrawFn, queue: str = QUEUE, numbers: Iterator[int] = _numbers
) -> HostileMessage:
    """A good message that was changed in one to three places, or a text that is none."""
    number = next(numbers)
    parts = good(number, queue)
    for change in draw(st.lists(CHANGES, min_size=1, max_size=draw(st.sampled_from((1, 1, 2, 3))))):
        change(parts)
    make_unique(parts, number)
    text = encode(parts)
    cut = draw(st.integers(0, 400)) if draw(st.integers(0, 39)) == 20 else None
    if cut is not None:
        text = f"{number} {text[:cut]}"
    return HostileMessage(
        number,
        text,
        None if cut is not None else id_of(parts) or f"hostile-{number}",
        _ignores_result(parts),
    )


def _ignores_result(parts: dict[str, Any]) -> bool:
    headers = parts["headers"]
    return isinstance(headers, dict) and bool(headers.get("ignore_result"))
