"""The differences that DIFFERENCES.md lists are these, and no others of their kind."""

from typing import Any

import pytest

from .ledger import Ledger
from .workers import Kind, Target


@pytest.mark.parametrize("value", [2.0, [100.0, -1.0], 1e16, 2**53, {"10": 1, "9": 2}])
def test_what_javascript_writes_differently_is_equal_all_the_same(target: Target, value: Any) -> None:
    assert target.call("basic.echo", (value,)) == value


def test_whole_numbers_beyond_2_to_the_53_lose_digits_in_javascript_only(both: dict[Kind, Target]) -> None:
    value = 2**60 + 1
    assert both[Kind.PYTHON].call("basic.echo", (value,)) == value
    assert both[Kind.NODE].call("basic.echo", (value,)) == pytest.approx(value, rel=1e-15)


def test_an_object_is_taken_for_keyword_arguments_in_javascript_only(both: dict[Kind, Target]) -> None:
    assert both[Kind.NODE].call("basic.order", ("tea", {"amount": 2})) == ["tea", 2, ""]
    with pytest.raises(TypeError):
        both[Kind.PYTHON].call("basic.order", ("tea", {"amount": 2}))


def test_a_soft_time_limit_interrupts_python_only(both: dict[Kind, Target], ledger: Ledger) -> None:
    running = both[Kind.NODE].send("work.record", (ledger.path, "node", 2), soft_time_limit=1)
    error = both[Kind.PYTHON].send("work.record", (ledger.path, "python", 60), soft_time_limit=1)
    assert type(error.get(timeout=10, propagate=False)).__name__ == "SoftTimeLimitExceeded"
    assert running.get(timeout=10) == "node", "it did not look at `self.signal`"


def test_a_task_that_heeds_its_signal_ends_at_the_soft_time_limit(both: dict[Kind, Target]) -> None:
    result = both[Kind.NODE].send("work.heed", (60,), soft_time_limit=1)
    assert type(result.get(timeout=10, propagate=False)).__name__ == "SoftTimeLimitExceeded"
