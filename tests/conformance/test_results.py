"""Both kinds of worker store results and errors in the same way, for a Python client."""

import json
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from celery.exceptions import NotRegistered, TaskRevokedError
from celery.result import AsyncResult
from redis import Redis

from tests.support.waiting import wait_until

from .gateway import GatewayError
from .metas import stored_meta, without_circumstances
from .workers import Kind, Target

NOW = datetime(2026, 11, 22, 10, 11, 12, 345678, UTC)

TYPED_VALUES = {
    "datetime": NOW,
    "datetime with an offset": NOW.astimezone(timezone(timedelta(hours=5, minutes=30))),
    "naive datetime": NOW.replace(tzinfo=None),
    "date": date(2026, 11, 22),
    "time": time(10, 11, 12, 345678),
    "decimal": Decimal("1234567890.123456789012345678901234567890"),
    "uuid": UUID("3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55"),
    "text bytes": b"plain",
    "binary bytes": bytes(range(256)),
    "none": None,
    "booleans": [True, False],
    "numbers": [0, -1, 1.5, 1e300, 2**53],
    "unicode": 'Grüße, 世界 🚀 \u0000 \u2028 "quoted" \\',
    "unicode key": {"schlüssel 🔑": "wert"},
    "empty": [[], {}, ""],
    "nested": {"a": [{"b": {"c": [date(2026, 1, 1), None]}}, Decimal("0.10")]},
}


@pytest.mark.parametrize("name", TYPED_VALUES)
def test_a_value_comes_back_as_it_was_sent(target: Target, name: str) -> None:
    value = TYPED_VALUES[name]
    returned = target.call("basic.echo", (value,))
    assert returned == value
    assert type(returned) is type(value)


def test_a_decimal_keeps_its_digits(target: Target) -> None:
    assert str(target.call("basic.echo", (Decimal("1.500"),))) == "1.500"


def test_nan_and_infinity_come_back(target: Target) -> None:
    nan, positive, negative = target.call("basic.echo", ([math.nan, math.inf, -math.inf],))
    assert math.isnan(nan)
    assert (positive, negative) == (math.inf, -math.inf)


def test_typed_values_arrive_as_their_types(target: Target) -> None:
    value = {
        "when": NOW,
        "parts": [NOW.date(), NOW.time(), Decimal("1"), UUID(int=1), b"\xff", 1, "x", None, True],
    }
    kinds = ["date", "time", "decimal", "uuid", "bytes", "number", "string", "null", "boolean"]
    assert target.call("basic.kind", (value,)) == {"when": "datetime", "parts": kinds}


def test_typed_values_that_a_task_makes_arrive_in_python(target: Target) -> None:
    assert target.call("basic.make_typed") == {
        "datetime": datetime(2026, 11, 22, 10, 11, 12, 345000, UTC),
        "date": date(2026, 11, 22),
        "time": time(10, 11, 12),
        "decimal": Decimal("12.50"),
        "uuid": UUID("3f0b1c9e-8f3e-4f0a-9d3a-0c4c3b7a1e55"),
        "bytes": bytes([0, 159, 255]),
    }


def test_arguments_of_a_megabyte_arrive_and_return(target: Target) -> None:
    text = "0123456789abcdef" * 65_536
    assert target.call("basic.measure", (text,)) == 1_048_576
    assert target.call("basic.echo", (text,)) == text


def test_a_task_without_a_result_returns_none(target: Target) -> None:
    result = target.send("basic.nothing")
    assert result.get(timeout=30) is None
    assert result.state == "SUCCESS"


def test_an_ignored_result_is_not_stored(target: Target, shared_redis: Redis) -> None:
    by_task = target.send("basic.forgotten")
    by_sender = target.send("basic.add", (1, 2), ignore_result=True)
    target.call("basic.add", (1, 2))  # of one queue and worker: those before it have been taken
    target.call("basic.nothing")
    wait_until(lambda: shared_redis.llen(target.queue) == 0 and shared_redis.hlen("unacked") == 0)
    for result in (by_task, by_sender):
        assert shared_redis.get(f"celery-task-meta-{result.id}") is None


def test_the_sender_may_ask_for_a_result_that_the_task_ignores(target: Target) -> None:
    assert target.call("basic.forgotten", ignore_result=False) == "nobody asks"


def test_a_result_is_kept_under_the_id_that_the_sender_gave(target: Target, kind: Kind) -> None:
    result = target.send("basic.add", (1, 2), task_id=f"my-own-{kind}")
    assert result.id == f"my-own-{kind}"
    assert result.get(timeout=30) == 3


def test_an_exception_arrives_as_its_class_with_its_message(target: Target) -> None:
    with pytest.raises(ValueError, match=r"^Grüße from the task$"):
        target.call("errors.fail", ("Grüße from the task",))


def test_an_exception_of_the_application_arrives_with_its_arguments(target: Target) -> None:
    with pytest.raises(GatewayError) as caught:
        target.call("errors.refuse", (502, "bad gateway"))
    assert caught.value.args == (502, "bad gateway")


def test_an_exception_of_an_unknown_class_arrives_by_name(target: Target) -> None:
    result = target.send("errors.refuse_by_name", ("closed",))
    error = result.get(timeout=30, propagate=False)
    assert type(error).__name__ == "OnlyHereError"
    assert error.args == ("closed",)


def test_a_failed_task_has_a_traceback_that_names_its_file(target: Target) -> None:
    result = target.send("errors.fail", ("here",))
    result.get(timeout=30, propagate=False)
    assert result.state == "FAILURE"
    assert "here" in str(result.traceback)
    assert "errors." in str(result.traceback)


def test_the_traceback_shows_the_cause(target: Target) -> None:
    result = target.send("errors.wrap", ("the first one",))
    assert str(result.get(timeout=30, propagate=False)) == "(502, 'bad gateway')"
    assert "the first one" in str(result.traceback)


def test_an_unknown_task_fails_as_not_registered(target: Target) -> None:
    with pytest.raises(NotRegistered) as caught:
        target.call("basic.no_such_task")
    assert caught.value.args == ("conformance.basic.no_such_task",)


def _send_for_meta(target: Target, case: str) -> "AsyncResult[Any]":
    past = datetime.now(UTC) - timedelta(seconds=10)
    match case:
        case "success":
            return target.send("basic.echo", ({"text": "é", "list": [1, 1.5, None], "when": NOW},))
        case "failure":
            return target.send("errors.refuse", (502, "bad gateway"))
        case "wrong arguments":
            return target.send("basic.add", (1,))
        case "expired":
            return target.send("basic.add", (1, 2), expires=past)
        case "callback":
            return target.send("basic.add", (1, 2), link=target.signature("basic.add", (3,)))
        case "part of a workflow":
            return target.send("basic.add", (1, 2), parent_id="p", root_id="r", group_id="g", group_index=1)
        case _:
            return target.send("basic.no_such_task")


@pytest.mark.parametrize(
    "case",
    [
        "success",
        "failure",
        "wrong arguments",
        "expired",
        "callback",
        "part of a workflow",
        "unknown task",
    ],
)
def test_both_workers_store_the_same_meta(both: dict[Kind, Target], shared_redis: Redis, case: str) -> None:
    metas = {}
    for kind, target in both.items():
        result = _send_for_meta(target, case)
        result.get(timeout=30, propagate=False)
        metas[kind] = stored_meta(shared_redis, result.id)
    assert list(metas[Kind.NODE]) == list(metas[Kind.PYTHON]), "the same keys in the same order"
    assert without_circumstances(metas[Kind.NODE]) == without_circumstances(metas[Kind.PYTHON])


def test_results_expire_alike(both: dict[Kind, Target], shared_redis: Redis) -> None:
    for target in both.values():
        result = target.send("basic.add", (1, 2))
        result.get(timeout=30)
        assert 86_000 < shared_redis.ttl(f"celery-task-meta-{result.id}") <= 86_400


def test_the_text_of_a_meta_is_the_same_to_the_byte(both: dict[Kind, Target], shared_redis: Redis) -> None:
    texts = []
    for target in both.values():
        result = target.send("basic.echo", ({"é": [1, 2.5, None, NOW, {}]},))
        result.get(timeout=30)
        text = str(shared_redis.get(f"celery-task-meta-{result.id}"))
        texts.append(text.replace(result.id, "ID").replace(json.loads(text)["date_done"], "DATE"))
    assert texts[0] == texts[1]


def test_an_expired_task_is_revoked(target: Target) -> None:
    result = target.send("basic.add", (1, 2), expires=datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(TaskRevokedError, match=r"^expired$"):
        result.get(timeout=30)
    assert str(result.state) == "REVOKED"
