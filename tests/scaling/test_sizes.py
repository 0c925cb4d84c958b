"""The arithmetic behind the examples of docs/scaling.md."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from .measure import Memory, Run
from .report import BEGIN, END, PAGE, costs, examples, limits, measured, write
from .sizes import Costs, size

COSTS = Costs(
    server_us={"node": 30, "python": 50},
    idle_us={"node": 100, "python": 0},
    worker_us={"node": 200, "python": 1000},
    message_bytes=1024,
    result_bytes=512,
)

RUNS = [
    Run("node", pods, seconds, 1000, server_us, worker_us, 3, 2000)
    for pods, seconds, server_us, worker_us in (
        (1, 0.0, 40, 100),
        (8, 0.0, 60, 200),
        (1, 0.1, 70, 400),
        (8, 0.1, 90, 500),
    )
]


def test_pods_have_places_for_all_tasks_that_run_at_a_time() -> None:
    # 1,000 a second x 0.1 s = 100 at a time, in pods of 10 or 2 that are 70 % busy
    assert size(1000, COSTS).pods == {"node": 15, "python": 72}


def test_pods_have_processors_for_short_tasks() -> None:
    assert size(10_000, COSTS, task_s=0).pods == {"node": 3, "python": 8}


def test_servers_have_a_processor_for_all_commands() -> None:
    assert [size(rate, COSTS).servers["python"] for rate in (10, 10_000, 40_000)] == [1, 1, 4]


def test_memory_is_that_of_an_hour_of_messages_and_a_day_of_results() -> None:
    needed = size(1, COSTS)

    assert needed.backlog_mib == pytest.approx(3600 / 1024)
    assert needed.results_mib == pytest.approx(86400 / 2048)


def test_idle_workers_cost_the_server_too() -> None:
    chatty = replace(COSTS, idle_us={"node": 10_000, "python": 0})

    # 10,000 x 30 us, and 143 pods x 10 ms
    assert size(10_000, chatty).server_core["node"] == pytest.approx(0.3 + 1.43)


def test_what_idle_workers_cost_is_not_counted_twice() -> None:
    known = costs(RUNS, {"node": 0.005}, Memory(1000, 500))

    assert known.server_us["node"] == pytest.approx(90 - 40)


def test_the_worker_of_the_examples_runs_the_examples_task() -> None:
    """One that does nothing takes a fraction of its processor time, as batches are larger."""
    known = costs(RUNS, {"node": 0.005}, Memory(1000, 500))

    assert known.worker_us["node"] == 400


def test_a_server_ends_where_its_processor_is_busy() -> None:
    known = replace(COSTS, server_us={"node": 40, "python": 250})
    python = [replace(RUNS[0], language="python", commands=commands) for commands in (9.2, 20)]
    runs = [*RUNS, *python]

    assert limits(known, runs) == (
        "25,000 tasks a second of Node workers or 4,000 tasks a second of Python workers keep this CPU busy. "
        "A task needs 3 (Node) and 9 to 20 (Python) commands."
    )


def test_a_measurement_on_a_busy_machine_says_so() -> None:
    assert "load 8" in measured(date(2026, 11, 29), 8.2)
    assert measured(date(2026, 11, 29), 0.3).startswith("Measured on 29 November 2026, on a machine with ")
    assert "load" not in measured(date(2026, 11, 29), 0.3)


def test_the_page_has_a_place_for_each_table(tmp_path: Path) -> None:
    page = tmp_path / "scaling.md"
    page.write_text(PAGE.read_text("utf-8"))

    names = ("measured", "throughput", "limits", "memory", "examples")
    write({name: examples(COSTS) for name in names}, page)

    assert page.read_text().count("| 10,000 |") == 5
    with pytest.raises(ValueError, match="no place"):
        write({"other": ""}, page)
    assert BEGIN.format("memory") in page.read_text()
    assert END in page.read_text()
