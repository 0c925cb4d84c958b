"""Conformance scenarios that do not hold with results in PostgreSQL, each with its reason."""

from collections.abc import Iterable

import pytest

SLOW = "Celery's celery.chord_unlock reads a thousand results one by one, each time that it looks"
A_CHILD = "celery.chord_unlock is a child too, as in Celery"
NOT_NOTED = "nothing notes which errbacks a part has called, as in Celery"
NAMES_THE_PART = "celery.chord_unlock names the part that failed, and has no join error"
LOOKS_AT_KEYS = "looks at the keys in Redis"

# The beginning of a test's name, with its parameter where that matters -> why.
DIFFERENCES: dict[str, str] = {
    "test_the_root_and_the_parent_of_each_task": "the parent of a chord's body is celery.chord_unlock",
    "test_a_callback_that_is_an_empty_workflow_sends_nothing": "no children are stored as NULL, as in Celery",
    "test_a_chord_a_thousand_tasks_wide[py": SLOW,
    "test_a_chord_a_thousand_tasks_wide[reliable": SLOW,
    "test_a_chord_a_thousand_tasks_wide[mixed": SLOW,
    "test_what_a_linked_workflow_sends_first_is_a_child[py": A_CHILD,
    "test_what_a_linked_workflow_sends_first_is_a_child[reliable": A_CHILD,
    "test_what_a_linked_workflow_sends_first_is_a_child[mixed": A_CHILD,
    "test_a_workflow_that_a_task_sends_is_among_its_children": A_CHILD,
    "test_a_running_part_adds_another_to_its_chord": "nothing counts the parts of a chord, as in Celery",
    "test_the_results_of_a_group_come_as_its_tasks_end": "Celery's database backend has no iter_native",
    "test_an_errback_of_nested_chords_is_called_once": NOT_NOTED,
    "test_an_errback_that_a_header_shares_is_called_once": NOT_NOTED,
    "test_an_errback_of_the_first_task_of_a_body_is_called[js-": "here a stock worker runs it",
    "test_a_group_as_body_fails_with_the_join_error": NAMES_THE_PART,
    "test_a_join_error_names_the_first_part_of_the_header": NAMES_THE_PART,
    "test_a_failing_task_of_a_nested_group_fails_the_body": NAMES_THE_PART,
    "test_a_step_that_never_ran_is_stored_as_celery_stores_it": LOOKS_AT_KEYS,
    "test_a_late_copy_of_a_part_does_not_send_a_failed_chords_body": LOOKS_AT_KEYS,
}


def skip_differences(items: Iterable[pytest.Item]) -> None:
    """Skip those scenarios, by name."""
    for item in items:
        reason = next((why for name, why in DIFFERENCES.items() if item.name.startswith(name)), None)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))
