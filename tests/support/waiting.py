"""Waiting for a condition with a deadline, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL_S = 0.02

T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], timeout_s: float = 30.0, what: str = "the condition") -> T:
    """Calls `condition` until it returns something true, and returns that.

    Raises AssertionError, naming `what`, when that takes longer than `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not come true within {timeout_s:g} s"
        time.sleep(POLL_S)
