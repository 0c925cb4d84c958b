"""What monitors are told of a revocation is stored by then."""

from types import SimpleNamespace
from typing import Any

from celery_reliable.request import Request


def test_a_revocation_is_stored_before_monitors_are_told() -> None:
    told: list[str] = []
    request: Any = Request.__new__(Request)
    backend = SimpleNamespace(mark_as_revoked=lambda *_, **__: told.append("stored"))
    request._task = SimpleNamespace(
        backend=backend, send_events=True, ignore_result=False, store_errors_even_if_ignored=False
    )
    request._eventer = SimpleNamespace(enabled=True, send=lambda event, **_: told.append(event))
    request._request_dict, request.id, request.acknowledged = {}, "revoked", True
    request._ignore_result, request._payload = False, ([], {}, {})
    request._announce_revoked("expired", False, None, True)
    assert told == ["stored", "task-revoked"]
