"""What Celery would use unchecked: the follow-ups of a task are lists of signatures, and those of its body alone."""

import base64
import json
import math
import time
from typing import Any

import pytest
from celery.exceptions import InvalidTaskError

from celery_reliable.backoff import backoff_interval
from celery_reliable.intake import _context_of
from celery_reliable.task_message import check_headers, checked_body

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


@pytest.mark.parametrize(("given", "read"), [(None, 0), (0, 0), (7, 7), (7.0, 7), (2**31 - 1, 2**31 - 1)])
def test_retries_are_a_whole_number(given: Any, read: int) -> None:
    headers = {"id": "1", "retries": given}

    check_headers(headers)

    assert repr(headers["retries"]) == repr(read)


@pytest.mark.parametrize("given", [-1, 2**31, 10**400, 0.5, math.nan, math.inf, "1", True, [], {}])
def test_other_retries_are_refused(given: Any) -> None:
    with pytest.raises(InvalidTaskError, match=r"^retries must be a whole number from 0 to 2147483647$"):
        check_headers({"id": "1", "retries": given})


def test_stamped_headers_count_once_and_have_a_limit() -> None:
    headers: dict[str, Any] = {"id": "1", "stamped_headers": ["a", "b", "a"]}
    check_headers(headers)
    assert headers["stamped_headers"] == ["a", "b"]

    with pytest.raises(InvalidTaskError, match=r"^stamped_headers has 1001 names: the limit is 1000$"):
        check_headers({"id": "1", "stamped_headers": [str(i) for i in range(1001)]})


@pytest.mark.parametrize("maximum", [0, 1, 600, 10**9])
@pytest.mark.parametrize("retries", [0, 1, 9, 2**31 - 1])
def test_a_backoff_is_computed_at_once(retries: int, maximum: int) -> None:
    began = time.process_time()

    assert backoff_interval(3, retries, maximum) == min(maximum, 3 * 2 ** min(retries, 40))

    assert time.process_time() - began < 1
