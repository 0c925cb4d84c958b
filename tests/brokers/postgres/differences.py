"""Conformance scenarios that do not hold with results in PostgreSQL, each with its reason."""

from collections.abc import Iterable

import pytest

# The test's name, or the beginning of it with a parameter -> why.
DIFFERENCES: dict[str, str] = {
    "test_the_root_and_the_parent_of_each_task": "the parent of a chord's body is celery.chord_unlock, as in Celery",
    **dict.fromkeys(
        [f"test_a_chord_a_thousand_tasks_wide[{kind}]" for kind in ("py", "mixed", "py-from-js")],
        "a stock worker opens a connection for each of the thousand results, each time that it looks",
    ),
}


def skip_differences(items: Iterable[pytest.Item]) -> None:
    """Skip those scenarios, by name."""
    for item in items:
        reason = next((why for name, why in DIFFERENCES.items() if item.name.startswith(name)), None)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))
