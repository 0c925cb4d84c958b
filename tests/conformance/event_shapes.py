"""Celery's events: their fields, and what kind of value each holds."""

from typing import Any

from .events import Event

# Celery's answer about the next heartbeat when asked for one.
ANSWERED_FREQ_S = 5

# What each field holds: `local_received` is the receiver's.
COMMON = {
    **{"type": "text", "hostname": "text", "utcoffset": "number", "pid": "number", "clock": "number"},
    **{"timestamp": "number", "local_received": "number"},
}
TASK = COMMON | {"uuid": "text"}
CALL = TASK | {
    **{"name": "text", "args": "text", "kwargs": "text", "root_id": "text", "parent_id": "none"},
    **{"retries": "number", "eta": "none", "expires": "none"},
}
SOFTWARE = COMMON | {"freq": "number", "sw_ident": "text", "sw_ver": "text", "sw_sys": "text"}
FIELDS = {
    "task-sent": CALL | {"queue": "text", "exchange": "text", "routing_key": "text"},
    "task-received": CALL,
    "task-started": TASK,
    "task-succeeded": TASK | {"result": "text", "runtime": "number"},
    "task-failed": TASK | {"exception": "text", "traceback": "text"},
    "task-rejected": TASK | {"requeue": "bool"},
    "task-revoked": TASK | {"terminated": "bool", "signum": "none", "expired": "bool"},
    "task-retried": TASK | {"exception": "text", "traceback": "text"},
    "worker-online": SOFTWARE | {"active": "number", "processed": "number", "loadavg": "numbers"},
}
FIELDS["worker-heartbeat"] = FIELDS["worker-offline"] = FIELDS["worker-online"]


def shape(event: Event) -> dict[str, str]:
    """The fields of an event, and what kind of value each holds."""
    return {name: _kind(value) for name, value in event.items()}


def _kind(value: Any) -> str:
    if isinstance(value, list) and all(_kind(item) == "number" for item in value):
        return "numbers"
    kinds = {bool: "bool", int: "number", float: "number", str: "text", type(None): "none"}
    return kinds.get(type(value), type(value).__name__)


def assert_shapes(events: list[Event], **others: str) -> None:
    """All of them have Celery's fields, with Celery's kinds of values but for `others`."""
    for event in events:
        fields = FIELDS[event["type"]]
        assert shape(event) == fields | {name: kind for name, kind in others.items() if name in fields}
