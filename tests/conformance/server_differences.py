"""Scenarios that do not hold on other servers than Redis.

Each is expected to fail there: one that passes fails the suite. The table "Scenarios that fail on other
servers" of `docs/deployment.md` has the reasons; `test_server_differences.py` compares the two. `LEFT_OUT`
has the files that other servers cannot change: they run on Redis alone.
"""

from dataclasses import dataclass

QUORUM, RABBITMQ, POSTGRES = "rabbitmq-quorum", "rabbitmq", "postgres"
# Of workers that run workflows, and the clients that build these.
KINDS = ("py", "reliable", "js", "mixed", "py-from-js", "js-from-js")


@dataclass(frozen=True)
class Difference:
    """A row of the table: `tests` fail on a server (`where` begins the name of a broker, or of results).

    A test's name may be cut off anywhere: it stands for all that begin so.
    """

    what: str
    where: str
    tests: tuple[str, ...]

    def concerns(self, test: str, names: tuple[str, str]) -> bool:
        """Whether a test is to fail on this broker with these results."""
        return any(name.startswith(self.where) for name in names) and test.startswith(self.tests)


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "A retry or countdown below a second, in stock Celery",
        QUORUM,
        (
            "test_a_javascript_client_sends_celerys_options[py-time limits]",
            "test_a_javascript_client_sends_celerys_options[mixed-time limits]",
            "test_a_javascript_client_sends_celerys_options[py-from-js-time limits]",
            "test_a_retry_sends_an_event_with_its_reason_and_a_new_message[py]",
            "test_what_a_task_does_through_itself_works_in_every_pool[prefork]",
            "test_on_retry_gets_the_reason_and_end_handlers_run_once[py]",
            "test_an_error_in_on_retry_is_the_failure_until_the_retry_ran[py]",
            "test_stamps_outlive_a_retry[py",
            "test_stamps_outlive_a_retry[mixed]",
            "test_the_runtimes_own_errors_arrive_as_their_classes[python]",
            "test_a_task_of_protocol_1_is_retried[python]",
            "test_a_compressed_message_is_run_and_retried[python",
            "test_headers_outlive_a_retry[python]",
            "test_a_retried_task_succeeds_and_knows_its_retries[python]",
            "test_a_retried_task_is_in_state_retry_until_its_countdown_ends[python]",
            "test_a_task_that_has_used_up_its_retries_fails[python]",
            "test_a_task_without_retries_left_fails_with_its_own_error[python]",
            "test_autoretry_waits_longer_by_backoff_and_covers_subclasses[python]",
            "test_autoretry_ends_with_the_error_itself[python]",
            "test_a_retry_is_sent_as_before_except_for_new_options[py-",
            "test_a_retry_starts_at_its_eta[py]",
            "test_a_retry_that_ignores_its_result_stores_none[py]",
            "test_a_retry_that_does_not_throw_lets_the_task_end_first[py]",
            "test_a_retry_counts_up_to_the_limit_that_it_is_given[py]",
            "test_automatic_retries_take_the_options_of_a_retry[py]",
            "test_autoretry_of_everything_retries_reject_but_not_ignore[py]",
            "test_the_signal_of_a_retry_carries_its_reason[py]",
        ),
    ),
    Difference(
        "A retry after a second or more, from a queue that is not the default one, in stock Celery",
        QUORUM,
        ("test_retry_on_worker_lost_retries_the_task_up_to_its_limit[prefork]",),
    ),
    Difference(
        "The microseconds of an eta",
        QUORUM,
        (
            "test_the_eta_of_a_step_keeps_its_microseconds[py",
            "test_the_eta_of_a_step_keeps_its_microseconds[reliable]",
            "test_the_eta_of_a_step_keeps_its_microseconds[mixed]",
        ),
    ),
    Difference("A far eta", RABBITMQ, ("test_a_far_eta_is_received_at_once_by_stock_workers_only",)),
    Difference(
        "The priority of a message without one, in stock Celery",
        RABBITMQ,
        (
            "test_priority_and_headers_of_a_workflow_reach_each_task[py",
            "test_the_next_task_does_not_inherit_the_priority_by_default[py",
            "test_a_chord_body_keeps_its_priority_in_javascript_only",
        ),
    ),
    Difference(
        "The order of priorities",
        RABBITMQ,
        (
            "test_the_most_urgent_tasks_run_first_and_equals_in_their_order",
            "test_a_priority_between_two_steps_counts_as_the_lower_step",
            "test_higher_priorities_come_first_and_queues_take_turns",
        ),
    ),
    Difference(
        "The exchange of a Python sender, in `task-sent` and in signals",
        RABBITMQ,
        (
            "test_a_client_sends_events_of_its_tasks",
            "test_publish_signals_surround_a_message_and_can_add_headers[py]",
            "test_publish_signals_surround_a_message_and_can_add_headers[reliable]",
        ),
    ),
    Difference(
        "Two Python workers of one name",
        RABBITMQ,
        ("test_a_starting_worker_learns_revocations_from_neighbours[python-js]",),
    ),
    Difference(
        "A pool that has grown, in Python workers", QUORUM, ("test_flower_grows_and_shrinks_a_pool[py]",)
    ),
    Difference(
        "The transport options that celery-reliable shows in `inspect stats`",
        RABBITMQ,
        ("test_commands_of_celerys_command_line_have_the_same_fields[stats]",),
    ),
    Difference(
        "The properties and the exchange of a request",
        RABBITMQ,
        ("test_both_workers_show_a_task_the_same_request",),
    ),
    Difference(
        "The eta in `task-sent` of a countdown below a second, with celery-reliable",
        RABBITMQ,
        ("test_a_retry_sends_an_event_with_its_reason_and_a_new_message[reliable]",),
    ),
    Difference(
        "A chord a thousand tasks wide, with Python workers",
        POSTGRES,
        (
            "test_a_chord_a_thousand_tasks_wide[py",
            "test_a_chord_a_thousand_tasks_wide[reliable",
            "test_a_chord_a_thousand_tasks_wide[mixed",
        ),
    ),
    Difference(
        "`celery.chord_unlock` among the tasks of a chord",
        POSTGRES,
        (
            "test_the_root_and_the_parent_of_each_task",
            "test_what_a_linked_workflow_sends_first_is_a_child[py",
            "test_what_a_linked_workflow_sends_first_is_a_child[reliable",
            "test_what_a_linked_workflow_sends_first_is_a_child[mixed",
            *(f"test_a_workflow_that_a_task_sends_is_among_its_children[{kind}-chord]" for kind in KINDS),
        ),
    ),
    Difference(
        "The error of a chord whose part has failed, in stock Celery",
        POSTGRES,
        (
            "test_a_failed_part_fails_the_body_with_a_chord_error_naming_it[py",
            # The body's queue, which is also that of `celery.chord_unlock`, is the Python worker's.
            "test_a_failed_part_fails_the_body_with_a_chord_error_naming_it[mixed]",
            "test_a_failing_chain_in_a_header_fails_the_body[py",
        ),
    ),
    Difference("No children", POSTGRES, ("test_a_callback_that_is_an_empty_workflow_sends_nothing",)),
    Difference("`addToChord`", POSTGRES, ("test_a_running_part_adds_another_to_its_chord",)),
    Difference(
        "A part of a chord whose result is ignored",
        POSTGRES,
        (
            "test_a_part_whose_result_is_ignored_counts_all_the_same",
            "test_a_chord_that_waits_for_an_ignored_result_fails_but_in_stock_python",
        ),
    ),
    Difference("Results as they come", POSTGRES, ("test_the_results_of_a_group_come_as_its_tasks_end",)),
    Difference(
        "An errback of several parts of a chord",
        POSTGRES,
        ("test_an_errback_of_nested_chords_is_called_once",),
    ),
    Difference(
        "The error of a chord whose body is a group",
        POSTGRES,
        (
            "test_a_group_as_body_fails_with_the_join_error",
            "test_a_join_error_names_the_first_part_of_the_header",
            "test_a_failing_task_of_a_nested_group_fails_the_body",
        ),
    ),
)

LEFT_OUT = {
    "test_arguments.py": "binds arguments, when the message is already here",
    "test_bundles.py": "builds bundles, and runs them on its own Redis server",
    "test_external_worker.py": "runs the suite itself, with another worker",
    "test_golden_fixtures.py": "records messages without a server",
    "test_package.py": "packs celery-js, and checks its types",
    "test_promise_table.py": "reads pages and tests",
    "test_promises.py": "reads pages and tests",
    "test_server_differences.py": "reads pages and tests",
    "test_shared_workers.py": "reads the collected tests",
}
