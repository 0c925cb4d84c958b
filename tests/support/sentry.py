"""A stand-in for Sentry: keeps the events in the envelopes that its SDKs send."""

import json
from typing import Any

from tests.support.http_sink import HttpSink
from tests.support.waiting import wait_until

ARRIVES_WITHIN_S = 30.0


class Sentry:
    """Receives what the SDKs report to `dsn`, the value of SENTRY_DSN."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self._sink = HttpSink(self._receive)
        self.dsn = f"http://key@{self._sink.address}/1"

    def of(self, **tags: str) -> list[dict[str, Any]]:
        """The events with these tags that have arrived."""
        return [event for event in tuple(self.events) if tags.items() <= _tags(event).items()]

    def wait_for(self, timeout_s: float = ARRIVES_WITHIN_S, **tags: str) -> dict[str, Any]:
        """Waits for the event with these tags."""
        try:
            return wait_until(lambda: self.of(**tags), timeout_s, f"an event with {tags}")[0]
        except AssertionError as error:
            raise AssertionError(f"{error}, but {[_tags(event) for event in self.events]}") from None

    def close(self) -> None:
        self._sink.close()

    def _receive(self, _path: str, body: bytes) -> None:
        lines = body.split(b"\n")
        for header, payload in zip(lines[1::2], lines[2::2], strict=False):
            if header and json.loads(header).get("type") == "event":
                self.events.append(json.loads(payload))


def error_of(event: dict[str, Any]) -> tuple[str, str]:
    """The type and the message of the error that an event reports."""
    error = event["exception"]["values"][-1]
    return error["type"], error["value"]


def _tags(event: dict[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = event.get("tags") or {}
    return tags
