"""What Celery would use unchecked: the follow-ups of a task are lists of signatures, and those of its body alone."""

import base64
import json
from typing import Any

import pytest
from celery.exceptions import InvalidTaskError

from celery_reliable.intake import _context_of
from celery_reliable.task_message import checked_body

NONE = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


@pytest.mark.parametrize("name", ["callbacks", "errbacks", "chain"])
@pytest.mark.parametrize("value", ["a" * 5_000, {"t": 1}, 5, True])
def test_follow_ups_that_are_not_lists_are_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidTaskError, match=f"^{name} must be a list$"):
        checked_body([], {}, {**NONE, name: value})


@pytest.mark.parametrize("value", ["a", [1], 5])
def test_a_chord_that_is_not_a_signature_is_refused(value: Any) -> None:
    with pytest.raises(InvalidTaskError, match=r"^chord must be a signature$"):
        checked_body([], {}, {"chord": value})


@pytest.mark.parametrize("value", ["", {}, 0, False, None, []])
def test_empty_follow_ups_are_none(value: Any) -> None:
    _, _, embed = checked_body([], {}, {"callbacks": value})

    assert not embed["callbacks"]


def test_a_missing_follow_up_does_not_come_from_the_headers() -> None:
    _, _, embed = checked_body([], {}, {"chain": None})

    assert embed == NONE


@pytest.mark.parametrize("errbacks", ["aaa", {"t": 1}])
def test_errbacks_that_are_not_lists_are_not_called(errbacks: Any) -> None:
    body = [[], {}, {"errbacks": errbacks}]
    old = {"task": "t", "id": "1", "args": [], "kwargs": {}, "errbacks": errbacks}

    assert _context_of(message(body, {"task": "t", "id": "1"}), "1") is None
    assert _context_of(message(old, {}), "1") is None
    from_headers = _context_of(message([[], {}, {}], {"task": "t", "id": "1", "errbacks": errbacks}), "1")
    assert from_headers is not None
    assert from_headers.errbacks is None


def message(body: Any, headers: dict[str, Any]) -> dict[str, Any]:
    text = base64.b64encode(json.dumps(body).encode()).decode()
    return {"body": text, "headers": headers, "properties": {"body_encoding": "base64"}}
