"""In which order the tests run in several processes (`make test`).

What takes longest starts first: a process that is left with one long file keeps all others waiting. The tests
of a file stay together, as they share servers and workers.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Fixtures whose workers take the time of a file: the files that use one stand next to each other.
SHARED_WORKERS = ("flow_app", "both", "execution_programs", "event_programs", "controlled")
# Those that mostly wait take turns with those that compute.
LONGEST = (
    "conformance/test_crashes.py",
    "scripts/test_new_task.py",
    "flow_app",
    "tutorial/test_pages.py",
    "chaos/test_run.py",
    "scripts/test_strip.py",
    "outages/test_run.py",
    "both",
    "scripts/contracts/test_command.py",
    "conformance/test_other_clients.py",
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


def arrange(items: list[pytest.Item]) -> None:
    """Put the longest files first, for `--dist loadfile --no-loadscope-reorder`."""
    used: dict[Path, set[str]] = {}
    for item in items:
        used.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    ranks = {path: _rank(path, fixtures) for path, fixtures in used.items()}
    items.sort(key=lambda item: ranks[item.path])


def _rank(path: Path, fixtures: Iterable[str]) -> int:
    name = next((name for name in SHARED_WORKERS if name in fixtures), str(path.relative_to(TESTS)))
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
