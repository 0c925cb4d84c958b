"""Of each kind of line, one a minute is logged; the others are counted."""

import logging

import pytest

from celery_reliable.line_limit import LineLimit
from tests.support.waiting import wait_until


def test_the_lines_that_were_left_out_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    lines = LineLimit(logging.getLogger("limited"), minute_s=0.3)

    for number in range(1_000):
        lines.error("odd things", "odd %d", number)
    lines.error("even things", "even %d", 0)
    wait_until(lambda: len(caplog.messages) == 3, what="the end of the minute")
    lines.error("odd things", "odd %d", 1_000)

    assert caplog.messages == ["odd 0", "even 0", "999 more odd things in the last minute", "odd 1000"]
