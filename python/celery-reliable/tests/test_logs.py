"""JSON lines of a Python worker. `tests/conformance/test_logs.py` compares them with those of a Node worker."""

import json
import logging
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery
from celery.worker import state

from celery_reliable.logs import JsonFormatter, use_log_format

REQUEST = SimpleNamespace(
    id="id-2", name="shop.charge", root_id="id-1", parent_id="id-1", delivery_info={"routing_key": "orders"}
)
IDS = {"task": "shop.charge", "task_id": "id-2", "root_id": "id-1", "parent_id": "id-1", "queue": "orders"}


@pytest.fixture
def held() -> Iterator[None]:
    """This process holds the request, as the main process of a worker does."""
    state.requests["id-2"] = REQUEST
    yield
    del state.requests["id-2"]


def line(message: str, *args: object, **fields: Any) -> dict[str, Any]:
    record = logging.makeLogRecord(
        {"name": "shop", "levelname": "WARNING", "msg": message, "args": args, "created": 1.5, **fields}
    )
    formatted: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return formatted


def test_a_line_has_time_level_logger_and_message() -> None:
    assert line("careful: %d", 3) == {
        "level": "warning",
        "time": "1970-01-01T00:00:01.500Z",
        "logger": "shop",
        "message": "careful: 3",
    }


def test_a_value_that_json_does_not_know_is_its_repr() -> None:
    assert line("charging", order={1, 2})["order"] == "{1, 2}"


class Array:
    """Compares like numpy's arrays: element by element, so that the answer is neither true nor false."""

    def __eq__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise ValueError("the truth value of an array is ambiguous")

    def __repr__(self) -> str:
        return "array([1, 2])"


def test_no_value_loses_its_line() -> None:
    circle: list[object] = []
    circle.append(circle)
    values = {"loss": float("nan"), "by_place": {(1, 2): 3}, "circle": circle, "history": Array(), "rows": 7}

    found = line("training", **values)

    shown = {"loss": "nan", "by_place": "{(1, 2): 3}", "circle": "[[...]]", "history": "array([1, 2])", "rows": 7}
    assert {name: found[name] for name in values} == shown
    assert (found["message"], found["level"]) == ("training", "warning")


def test_an_error_that_a_program_adds_is_kept() -> None:
    assert line("failed", error="no stock")["error"] == "no stock"


def test_an_error_has_type_message_and_stack() -> None:
    try:
        _ = dict[str, str]()["order"]
    except KeyError:
        found = line("failed", exc_info=sys.exc_info())["error"]

    assert (found["type"], found["message"]) == ("KeyError", "'order'")
    assert found["stack"].startswith("Traceback")
    assert found["stack"].endswith("KeyError: 'order'")


@pytest.mark.usefixtures("held")
def test_a_line_that_names_a_held_task_has_its_ids() -> None:
    found = line("Soft time limit (%ss) exceeded for %s[%s]", 3, "shop.charge", "id-2")

    assert {name: found[name] for name in IDS} == IDS


def test_a_line_about_another_task_has_celerys_data() -> None:
    found = line("Task %(name)s ended", data={"id": "id-3", "name": "shop.refund", "runtime": 0.5})

    assert (found["task"], found["task_id"], found["runtime_s"]) == ("shop.refund", "id-3", 0.5)
    assert "root_id" not in found


def test_a_running_task_gives_its_ids_to_every_line() -> None:
    app = Celery("shop")

    @app.task(name="shop.charge", bind=True)
    def charge(_self: Any) -> dict[str, Any]:
        return line("charging")

    found = charge.apply(task_id="id-2", routing_key="orders").get()

    assert {name: found.get(name) for name in IDS} == {**IDS, "root_id": "id-2", "parent_id": None}


def test_an_app_keeps_formats_of_its_own() -> None:
    app = Celery("shop")
    app.conf.worker_log_format = "%(message)s"

    use_log_format(app, "pretty")

    assert app.conf.worker_log_format == "%(message)s"
    assert "%(task_id)s" in app.conf.worker_task_log_format
