"""In which order the tests run in several processes (`make test`).

What takes longest starts first: a process that is left with one long file keeps all others waiting. The tests
of a file stay together, as they share servers and workers; so do the files that share workers.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TESTS = Path(__file__).parents[1]
# Fixtures that start workers for several files of conformance/. One process runs all these files, so that the
# workers are started once.
SHARED_WORKERS = {
    "flow_app": (
        *("test_canvas", "test_canvas_client", "test_canvas_counting", "test_canvas_differences"),
        *("test_canvas_errbacks", "test_canvas_failures", "test_canvas_inside", "test_canvas_load"),
        *("test_canvas_results", "test_canvas_settings", "test_canvas_stamps", "test_client_sending"),
        "test_workflow",
    ),
    "both": (
        *("test_arguments", "test_beat", "test_differences", "test_js_client", "test_messages"),
        *("test_other_clients", "test_pools", "test_results", "test_retries", "test_schedule"),
        "test_settings",
    ),
    "execution_programs": ("test_hooks", "test_outcomes", "test_signals"),
    "event_programs": ("test_event_receivers", "test_events", "test_events_of_workers"),
    "controlled": ("test_control", "test_control_fields", "test_exchanges", "test_inspect"),
}
GROUPS = {f"conformance/{name}.py": workers for workers, names in SHARED_WORKERS.items() for name in names}
# Those that mostly wait take turns with those that compute.
LONGEST = (
    "brokers/rabbitmq/test_chaos.py",
    "brokers/rabbitmq/test_hostile.py",
    "brokers/test_matrix.py",
    "brokers/rabbitmq/test_giving_back.py",
    "brokers/sentinel/test_failover.py",
    "both",
    "flow_app",
    "conformance/test_crashes.py",
    "scripts/test_new_task.py",
    "tutorial/test_pages.py",
    "chaos/test_run.py",
    "scripts/test_strip.py",
    "outages/test_run.py",
    "scripts/contracts/test_command.py",
    "hostile/test_records.py",
    "scripts/test_demo.py",
    "hostile/test_messages.py",
    "execution_programs",
    "scripts/test_rename.py",
    "conformance/test_server_outages.py",
    "tutorial/test_typed_commands.py",
    "scripts/update/test_merging.py",
    "scripts/update/test_choices.py",
    "chaos/test_kill_points.py",
    "controlled",
    "scripts/test_up.py",
    "conformance/test_pool_children.py",
    "scripts/test_shell.py",
    "conformance/test_shutdown.py",
    "scripts/test_reload.py",
    "event_programs",
    "clients/test_drift.py",
)


class BySharedWorkers(LoadFileScheduling):  # type: ignore[misc]
    """Distributes files, and those that share workers together."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(str(super()._split_scope(nodeid)))


def arrange(items: list[pytest.Item]) -> None:
    """Put the longest files first, for `--dist loadfile --no-loadscope-reorder`."""
    items.sort(key=lambda item: _rank(_group(item.path.relative_to(TESTS).as_posix())))


def unlisted(items: Iterable[pytest.Item]) -> set[str]:
    """Return the files that use shared workers and are not listed, so that these start again for them."""
    return {
        file
        for item in items
        for file in [item.path.relative_to(TESTS).as_posix()]
        if (used := SHARED_WORKERS.keys() & getattr(item, "fixturenames", ())) and _group(file) not in used
    }


def _group(file: str) -> str:
    """The workers that a file shares with others, or the file itself."""
    return GROUPS.get(file, file)


def _rank(group: str) -> int:
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)
