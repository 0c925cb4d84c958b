"""Hostile messages, commands and events of RabbitMQ: bodies are bytes, and headers are tables."""

import json
import zlib
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"
DEEP = ("[" * 5_000 + "]" * 5_000).encode()


@dataclass(frozen=True)
class Hostile:
    """A message of the task `tests.add` that was changed in one place.

    `reads_id`: its sender can be given an error.
    """

    name: str
    headers: dict[str, Any] | None = field(default_factory=dict)
    body: Any = None
    properties: dict[str, Any] = field(default_factory=dict)
    reads_id: bool = True

    def headers_for(self, task_id: str) -> dict[str, Any]:
        """Its headers; the id may be one of the changes."""
        if self.headers is None:
            return {}
        good = {"lang": "py", "task": "tests.add", "id": task_id, "retries": 0}
        return {name: value for name, value in {**good, **self.headers}.items() if value is not ...}

    @property
    def may_succeed(self) -> tuple[str, ...]:
        """The states that the task may have besides a failure."""
        return ("SUCCESS",) if "callback" in self.name else ()

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps([[1, 2], {}, {}] if self.body is None else self.body).encode()


def followed(**options: Any) -> list[Any]:
    """A body with a callback that has these options."""
    callback = {"task": "tests.now", "args": [], "kwargs": {}, "options": options, "immutable": True}
    return [[1, 2], {}, {"callbacks": [{**callback, "subtask_type": None}]}]


MESSAGES = [
    Hostile("keyword arguments are a number", body=[[1, 2], 5, {}]),
    Hostile("keyword arguments are a list", body=[[1, 2], ["a"], {}]),
    Hostile("the embed is a text", body=[[1, 2], {}, "abc"]),
    Hostile("the body is a scalar", body=5),
    Hostile("the body is empty", body=[]),
    Hostile("the body is no JSON", body=b"{"),
    Hostile("the body is deep", body=DEEP),
    Hostile("the arguments are deep", body=b"[[" + b"[" * 600 + b"]" * 600 + b"], {}, {}]"),
    Hostile("a time limit is a text", {"timelimit": [None, "x"]}),
    Hostile("both time limits are texts", {"timelimit": ["a", "b"]}),
    Hostile("the time limits are a text", {"timelimit": "abc"}),
    Hostile("a stamped header is a list", {"stamped_headers": [[]]}),
    Hostile("the eta cannot be read", {"eta": "tomorrow"}),
    Hostile("the expiry is a list", {"expires": [1]}),
    Hostile("the task is unknown", {"task": "nobody.knows"}),
    Hostile("the task is a number", {"task": 5}),
    Hostile("there is no task", {"task": ...}),
    Hostile("the id is a number", {"id": 5}, reads_id=False),
    Hostile("there is no id", {"id": ...}, reads_id=False),
    Hostile("there are no headers", None, reads_id=False),
    Hostile("the compression is unknown", {"compression": "nothing"}),
    Hostile("the body is not compressed", {"compression": "application/x-gzip"}),
    Hostile("the body is a bomb", {"compression": "application/x-gzip"}, zlib.compress(b" " * 300_000_000)),
    Hostile("the type is not accepted", properties={"content_type": "application/x-python-serialize"}),
    Hostile("many workers were lost with it", {"x-delivery-count": 1_000_000_000}),
    Hostile("the callback's queue has a long name", body=followed(queue="q" * 300)),
    Hostile("the callback's queue is reserved", body=followed(queue="amq.hello")),
    Hostile("the callback's exchange does not exist", body=followed(exchange="nowhere", routing_key="x")),
]


def command(method: Any = "ping", **changed: Any) -> bytes:
    """A broadcast to all workers."""
    reply_to = {"exchange": "reply.celery.pidbox", "routing_key": "nobody"}
    return json.dumps({"method": method, "arguments": {}, "reply_to": reply_to, **changed}).encode()


COMMANDS = [
    b"5",
    b"{",
    DEEP,
    command(5),
    command(arguments=[1]),
    command(reply_to={"exchange": "nowhere", "routing_key": "x"}),
    command("add_consumer", arguments={"queue": {"a": 1}}),
    command("add_consumer", arguments={"queue": "q" * 300}),
    command("add_consumer", arguments={"queue": "amq.x"}),
    command("add_consumer", arguments={"queue": "q", "exchange": "celeryev", "exchange_type": "direct"}),
    command("election", arguments={"id": 5, "topic": [], "action": {}}),
]
EVENTS = [
    b"5",
    b"{",
    DEEP,
    b'[{"type": "x"}, 5]',
    b'{"hostname": "a"}',
    b'{"type": "worker-heartbeat", "hostname": "a@b", "clock": "x", "timestamp": 1, "freq": 2}',
    b'{"type": "worker-online", "hostname": {"a": 1}, "clock": 1, "timestamp": 1}',
    b'{"type": "worker-elect", "hostname": "a@b"}',
    b'{"type": "worker-elect-ack", "hostname": "a@b", "id": [1]}',
    b'{"type": "worker-online", "hostname": "a@b", "clock": 1e400, "timestamp": 1, "freq": 2}',
]
EVENT_KEYS = ("worker.heartbeat", "worker.online", "worker.elect", "worker.elect.ack")
