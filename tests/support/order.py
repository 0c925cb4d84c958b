"""In which order the tests run in several processes (`make test`).

What takes longest starts first: a process that is left with one long file keeps all others waiting. The tests
of a file stay together, as they share servers and workers.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Fixtures that start the workers of many files.
SHARED = ("flow_app", "both", "execution_programs", "event_programs", "controlled")
# Those that mostly wait take turns with those that compute.
LONGEST = (
    "conformance/test_crashes.py",
    "flow_app",
    "chaos/test_run.py",
    "both",
    "conformance/test_other_clients.py",
    "execution_programs",
    "conformance/test_server_outages.py",
    "tutorial/test_typed_commands.py",
    "chaos/test_kill_points.py",
    "controlled",
    "conformance/test_pool_children.py",
    "conformance/test_shutdown.py",
    "scripts/test_new_task.py",
    "event_programs",
)


def arrange(items: list[pytest.Item]) -> None:
    """Put the longest first, for `--dist loadfile --no-loadscope-reorder`."""
    used: dict[Path, set[str]] = {}
    for item in items:
        used.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    groups = {path: _group(path, fixtures) for path, fixtures in used.items()}
    items.sort(key=lambda item: _rank(groups[item.path]))


def _group(path: Path, fixtures: Iterable[str]) -> str:
    return next((name for name in SHARED if name in fixtures), str(path.relative_to(TESTS)))


def _rank(group: str) -> int:
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)
