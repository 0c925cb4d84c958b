"""Logs: both languages write the same two formats, and one `root_id` finds a whole workflow."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from celery import chain, signature

from tests.support.programs import Program
from tests.support.template import installed_copy
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import WorkerFactory

from .workers import client_for

PYTHON_TASKS = '''
"""Steps of a workflow."""

from celery.utils.log import get_task_logger

from py_workers.worker import celery_app

logger = get_task_logger(__name__)


@celery_app.task
def step(x):
    logger.info("stepping from %d", x, extra={"order": 7})
    return x + 1


@celery_app.task
def fail():
    raise ValueError("no stock")
'''
NODE_TASKS = """
import { task } from "celery-js";

export const step = task({ bind: true }, (self, x) => {
  self.log.info({ order: 7 }, `stepping from ${x}`);
  return x + 1;
});

export const fail = () => {
  throw new RangeError("no stock");
};
"""
IDS = {"task", "task_id", "root_id", "parent_id", "queue"}
EVERY = {"time", "level", "logger", "message", "worker"}
WITHIN_S = 30.0


class Workers:
    """A worker of each language with tasks that log."""

    def __init__(
        self, folder: Path, valkey: ValkeyServer, factory: WorkerFactory, env: dict[str, str] | None = None
    ) -> None:
        clone = installed_copy(folder / "clone")
        for path, text in (("python/py_workers", PYTHON_TASKS), ("node/js_workers", NODE_TASKS)):
            file = clone / path / "tasks/shop" / ("orders.py" if path[0] == "p" else "orders.js")
            file.parent.mkdir()
            file.write_text(text)
        self.python: Program = factory.python(cwd=clone / "python", env=env)
        self.node: Program = factory.node(cwd=clone / "node", env=env)
        self.app = client_for(valkey.url)

    def task(self, language: str, name: str, *args: object) -> Any:
        """The signature of a task."""
        full_name = f"{language}_workers.tasks.shop.orders.{name}"
        return signature(full_name, args=args, queue=f"{language}-queue", app=self.app)

    def lines(self, program: Program) -> list[dict[str, Any]]:
        """The complete lines of a log: all are JSON once the worker has started."""
        _, began, rest = program.log.partition('{"level"')
        return [json.loads(line) for line in (began + rest).splitlines(keepends=True) if line.endswith("\n")]


@pytest.fixture
def logging(tmp_path: Path, valkey: ValkeyServer, workers: WorkerFactory) -> Workers:
    return Workers(tmp_path, valkey, workers)


def _kind(line: dict[str, Any]) -> str:
    found = re.search(r"received|succeeded|stepping|raised unexpected", line["message"])
    return found[0] if found else line["message"]


def test_one_root_id_finds_a_chain_over_both_languages(logging: Workers) -> None:
    steps = [logging.task("py", "step", 1), logging.task("js", "step"), logging.task("py", "step")]
    result: Any = chain(*steps).delay()
    assert result.get(timeout=WITHIN_S) == 4
    ids = [result.parent.parent.id, result.parent.id, result.id]

    def found() -> list[dict[str, Any]]:
        both = logging.lines(logging.python) + logging.lines(logging.node)
        return sorted((line for line in both if line.get("root_id") == ids[0]), key=lambda line: line["time"])

    wait_until(lambda: len(found()) == 9, WITHIN_S, "three lines of each of three tasks")
    for number, (language, task_id) in enumerate(zip(("py", "js", "py"), ids, strict=True)):
        lines = [line for line in found() if line["task_id"] == task_id]
        assert [_kind(line) for line in lines] == ["received", "stepping", "succeeded"]
        module = f"{language}_workers.tasks.shop.orders"
        loggers = [line["logger"] for line in lines]
        assert loggers == ["celery.worker.strategy", module, "celery.app.trace"]
        for line in lines:
            assert (line["task"], line["queue"]) == (f"{module}.step", f"{language}-queue")
            assert line["worker"].startswith(language)
            assert line["level"] == "info"
            assert line.get("parent_id") == ([None, *ids][number])
        assert lines[1]["message"] == f"stepping from {number + 1}"
        assert lines[1]["order"] == 7
        assert 0 < lines[2]["runtime_s"] < WITHIN_S
        added = [set(line) - EVERY - IDS for line in lines]
        assert added == [set(), {"order"}, {"runtime_s"}]


def test_errors_and_first_lines_have_the_same_fields(logging: Workers) -> None:
    for language, program, error in (
        ("py", logging.python, "ValueError"),
        ("js", logging.node, "RangeError"),
    ):
        result = logging.task(language, "fail").delay()
        result.get(timeout=WITHIN_S, propagate=False)

        def failed(program: Program = program) -> dict[str, Any] | None:
            found = (line for line in logging.lines(program) if _kind(line) == "raised unexpected")
            return next(found, None)

        line = wait_until(failed, WITHIN_S, "the line about the failure")
        assert line is not None
        assert set(line) == EVERY | (IDS - {"parent_id"}) | {"error"}
        assert (line["level"], line["task_id"]) == ("error", result.id)
        assert set(line["error"]) == {"type", "message", "stack"}
        assert (line["error"]["type"], line["error"]["message"]) == (error, "no stock")
        assert "orders." in line["error"]["stack"]

    first = [logging.lines(program)[0] for program in (logging.python, logging.node)]
    assert set(first[0]) == set(first[1])
    assert [line["message"] for line in first] == [f"{line['worker']} starting" for line in first]
    assert [re.fullmatch(r"[-\d]+T[:\d]+\.\d{3}Z", line["time"]) is not None for line in first] == [True] * 2

    for program in (logging.python, logging.node):
        assert program.stop() == 0
        assert "arm shutdown" in "".join(line["message"] for line in logging.lines(program))


def test_pretty_lines_of_both_languages_have_one_form(
    tmp_path: Path, valkey: ValkeyServer, workers: WorkerFactory
) -> None:
    pretty = Workers(tmp_path, valkey, workers, {"JOBS_LOG_FORMAT": "pretty"})
    for language, program in (("py", pretty.python), ("js", pretty.node)):
        result = pretty.task(language, "step", 1).delay()
        assert result.get(timeout=WITHIN_S) == 2

        task = rf"{language}_workers\.tasks\.shop\.orders\.step\[{result.id}\]"
        time = r"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO: "
        program.wait_for_log(rf"{time}Task {task} received$")
        program.wait_for_log(rf"{time}{task}: stepping from 1")
        program.wait_for_log(rf"{time}Task {task} succeeded in [\d.]+s: 2$")
        program.wait_for_log(
            rf"^{language}\d*@\S+: (Celery|celery-js) .*, concurrency .*\n"
            r"  broker redis://.*, results redis://.*\n"
            rf"  queues {language}-queue; tasks {language}_workers"
        )
        assert "[config]" not in program.log
