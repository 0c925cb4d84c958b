"""Waiting for a condition with a deadline, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

# The pause between two looks; a longer one after a second, as a look costs other tests their time.
POLL_S = 0.02
SELDOM_POLL_S = 0.05

T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], timeout_s: float = 30.0, what: str = "the condition") -> T:
    """Calls `condition` until it returns something true, and returns that.

    Raises AssertionError, naming `what`, when that takes longer than `timeout_s` seconds.
    """
    since = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        waited_s = time.monotonic() - since
        assert waited_s < timeout_s, f"{what} did not come true within {timeout_s:g} s"
        time.sleep(POLL_S if waited_s < 1 else SELDOM_POLL_S)
