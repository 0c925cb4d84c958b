"""What differs on purpose: celery-js's table and the tests that show it agree."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.waiting import wait_until

from .ledger import Ledger
from .metas import stored_meta
from .page_tables import rows_below
from .workers import Kind, Target

COLUMNS = ["What", "Python worker", "Node worker", "Why"]


def table() -> list[list[str]]:
    """The rows of the table, its head first."""
    return rows_below("## Differences to Celery")


def marks() -> Iterator[str]:
    """What `@pytest.mark.difference("...")` names, all over the suite."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.difference":
                yield ast.literal_eval(node.args[0])


def test_the_table_of_differences_and_the_tests_agree() -> None:
    head, *rows = table()
    assert head == COLUMNS
    assert sorted(row[0] for row in rows) == sorted(set(marks()))


def test_every_difference_says_what_both_workers_do_and_why() -> None:
    assert [row for row in table() if len(row) != len(COLUMNS) or not all(row)] == []


@pytest.mark.difference("Numbers")
@pytest.mark.parametrize("value", [2.0, [100.0, -1.0], 1e16, 2**53, {"10": 1, "9": 2}])
def test_values_that_javascript_writes_differently_are_equal(target: Target, value: Any) -> None:
    assert target.call("basic.echo", (value,)) == value


@pytest.mark.difference("Order of an object's members")
def test_whole_numbers_as_names_come_first_in_javascript_only(both: dict[Kind, Target]) -> None:
    value = {"b": 0, "10": 1, "9": 2}
    assert list(both[Kind.PYTHON].call("basic.echo", (value,))) == ["b", "10", "9"]
    assert list(both[Kind.NODE].call("basic.echo", (value,))) == ["9", "10", "b"]


@pytest.mark.difference("Arguments of an exception")
def test_an_error_of_javascript_has_a_text_as_its_message(both: dict[Kind, Target]) -> None:
    errors = {
        kind: target.send("errors.fail", (5,)).get(propagate=False, timeout=10)
        for kind, target in both.items()
    }
    assert {kind: error.args for kind, error in errors.items()} == {Kind.PYTHON: (5,), Kind.NODE: ("5",)}


@pytest.mark.difference("The class of an exception that pickle cannot rebuild")
def test_an_unpicklable_error_keeps_its_name_in_javascript_only(
    both: dict[Kind, Target], shared_redis: Redis
) -> None:
    names = {}
    for kind, target in both.items():
        result = target.send("errors.refuse_two_values", ("no",))
        result.get(propagate=False, timeout=10)
        names[kind] = stored_meta(shared_redis, result.id)["result"]["exc_type"]
    assert names == {Kind.PYTHON: "ValueError", Kind.NODE: "TwoValuesError"}


@pytest.mark.difference("Acknowledgement")
def test_a_running_task_is_acknowledged_by_python_only(
    both: dict[Kind, Target], shared_redis: Redis, ledger: Ledger, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    results = [target.send("work.gate", (ledger.path, kind, str(gate))) for kind, target in both.items()]
    wait_until(lambda: len(ledger.entries("start")) == len(results), 30, "both tasks")
    held = " ".join(str(record) for record in shared_redis.hvals("unacked"))
    assert {kind: result.id in held for kind, result in zip(both, results, strict=True)} == {
        Kind.PYTHON: False,
        Kind.NODE: True,
    }
    gate.touch()
    assert [result.get(timeout=30) for result in results] == list(both)


@pytest.mark.difference("Whole numbers beyond 2^53")
def test_integers_beyond_2_to_the_53_are_rounded_in_javascript_only(both: dict[Kind, Target]) -> None:
    value = 2**60 + 1
    assert both[Kind.PYTHON].call("basic.echo", (value,)) == value
    assert both[Kind.NODE].call("basic.echo", (value,)) == pytest.approx(value, rel=1e-15)


@pytest.mark.difference("An object as the last argument of a function with keyword-only arguments")
def test_an_object_serves_as_keywords_in_javascript_only(both: dict[Kind, Target]) -> None:
    assert both[Kind.NODE].call("basic.order", ("tea", {"amount": 2})) == ["tea", 2, ""]
    with pytest.raises(TypeError):
        both[Kind.PYTHON].call("basic.order", ("tea", {"amount": 2}))


@pytest.mark.difference("Soft time limit")
def test_a_soft_time_limit_interrupts_python_only(both: dict[Kind, Target], ledger: Ledger) -> None:
    running = both[Kind.NODE].send("work.record", (ledger.path, "node", 2), soft_time_limit=1)
    error = both[Kind.PYTHON].send("work.record", (ledger.path, "python", 60), soft_time_limit=1)
    assert type(error.get(timeout=30, propagate=False)).__name__ == "SoftTimeLimitExceeded"
    assert running.get(timeout=30) == "node", "it did not look at `self.signal`"


def test_a_task_that_heeds_its_signal_ends_at_the_soft_time_limit(both: dict[Kind, Target]) -> None:
    result = both[Kind.NODE].send("work.heed", (60,), soft_time_limit=1)
    assert type(result.get(timeout=30, propagate=False)).__name__ == "SoftTimeLimitExceeded"
