"""What Celery promises, and which worker keeps it: celery-js's table and this suite agree."""

import re

from .page_tables import rows_below
from .promises import scenarios
from .test_differences import table as differences

COLUMNS = ["What Celery promises", "Python worker", "Node worker", "Scenario"]
BUT = "yes, but: "


def table() -> list[list[str]]:
    """The rows of the table, its head first."""
    return rows_below("## What Celery promises")


def test_the_table_of_promises_has_no_empty_cell() -> None:
    head, *rows = table()
    assert head == COLUMNS
    assert [row for row in rows if len(row) != len(COLUMNS) or not all(row)] == []


def test_every_promise_names_scenarios_that_exist() -> None:
    known = {scenario.name for scenario in scenarios()}
    named = {row[0]: re.findall(r"`(test_\w+)`", row[3]) for row in table()[1:]}
    assert [what for what, names in named.items() if not names or not set(names) <= known] == []


def test_every_difference_is_named_by_the_promise_that_it_limits() -> None:
    cells = [row[2].removeprefix(BUT) for row in table()[1:] if row[2].startswith(BUT)]
    named = [name for cell in cells for name in cell.split("; ")]
    assert sorted(named) == sorted(row[0] for row in differences()[1:])
