"""A revocation is stored before monitors hear of it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from celery_reliable.request import Request


def _request(told: list[str], store: Callable[..., None]) -> Any:
    request: Any = Request.__new__(Request)
    backend = SimpleNamespace(mark_as_revoked=store)
    request._task = SimpleNamespace(
        backend=backend, send_events=True, ignore_result=False, store_errors_even_if_ignored=False
    )
    request._eventer = SimpleNamespace(enabled=True, send=lambda event, **_: told.append(event))
    request._request_dict, request.id, request.acknowledged = {}, "revoked", True
    request._ignore_result, request._payload = False, ([], {}, {})
    return request


def test_a_revocation_is_stored_before_monitors_are_told() -> None:
    told: list[str] = []
    request = _request(told, lambda *_, **__: told.append("stored"))
    request._announce_revoked("expired", False, None, True)
    assert told == ["stored", "task-revoked"]


def test_a_revocation_that_cannot_be_stored_is_not_told() -> None:
    told: list[str] = []

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("refused")

    request = _request(told, refuse)
    with pytest.raises(OSError, match="refused"):
        request._announce_revoked("expired", False, None, True)
    request.send_event("task-started")
    assert told == ["task-started"]
