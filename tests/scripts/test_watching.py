"""Which changes in the workers' folders count."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.watching import DEBOUNCE_MS, Watch
from scripts.workers import python_worker
from tests.support.waiting import wait_until

WITHIN_S = 20.0


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A folder with the task module of a team."""
    folder = tmp_path / "sources" / "tasks"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "orders.py").write_text("x = 1\n")
    return folder


@pytest.fixture
def watch(tasks: Path) -> Iterator[Watch]:
    with Watch([replace(python_worker(), sources=tasks.parent)]) as watch:
        _begin(watch, tasks)
        yield watch


def _begin(watch: Watch, tasks: Path) -> None:
    """Waits until the thread watches."""
    probe = tasks / "probe.py"

    def sees_probe() -> bool:
        probe.write_text(str(time.monotonic()))
        return bool(watch.changed())

    wait_until(sees_probe, WITHIN_S, "the watch")
    time.sleep(2 * DEBOUNCE_MS / 1000)
    watch.changed()


def _next(watch: Watch) -> set[Path]:
    return wait_until(watch.changed, WITHIN_S, "a change")


def test_a_file_is_seen_when_it_is_written_renamed_and_removed(watch: Watch, tasks: Path) -> None:
    orders, bills = tasks / "shop" / "orders.py", tasks / "shop" / "bills.py"

    orders.write_text("x = 2\n")
    assert _next(watch) == {orders}
    orders.rename(bills)
    assert _next(watch) == {orders, bills}
    bills.unlink()
    assert _next(watch) == {bills}


def test_a_renamed_folder_is_seen(watch: Watch, tasks: Path) -> None:
    (tasks / "shop").rename(tasks / "store")

    assert _next(watch) == {tasks / "store"}


def test_files_that_are_no_sources_of_a_worker_do_not_count(watch: Watch, tasks: Path) -> None:
    (tasks / "empty").mkdir()
    others = ("notes.md", ".a.py", "__pycache__/a.py", ".checkpoints/a.py", "client_example.py")
    for name in others:
        file = tasks / "shop" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x = 2\n")
    counts = tasks / "shop" / "last.py"
    counts.write_text("x = 2\n")

    assert _next(watch) == {counts}
