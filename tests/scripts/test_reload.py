"""`make up` restarts a worker when its files change."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery
from celery.result import AsyncResult

from scripts import server
from scripts.paths import VENV_PYTHON
from tests.scripts.conftest import Target
from tests.support.programs import Program
from tests.support.template import installed_copy
from tests.support.waiting import wait_until

pytestmark = pytest.mark.timeout(300)
WITHIN_S = 90.0

PYTHON_TASK = """
import time
from pathlib import Path

from py_workers.worker import celery_app

Path(__file__).with_name("loaded-{version}").touch()


@celery_app.task
def version():
    return {version}


@celery_app.task
def wait_for(path):
    while not Path(path).exists():
        time.sleep(0.05)
    return {version}
"""

NODE_TASK = """
import {{ existsSync }} from "node:fs";
import {{ setTimeout }} from "node:timers/promises";

export const version = () => {version};

export const wait_for = async (path) => {{
  while (!existsSync(path)) await setTimeout(50);
  return {version};
}};
"""


class Clone:
    """A copy of the template with a task module in each language, and its `make up`."""

    def __init__(self, folder: Path, start: Callable[..., Program]) -> None:
        self.folder = installed_copy(folder)
        self.python = self.folder / "python/py_workers/tasks/shop/orders.py"
        self.node = self.folder / "node/js_workers/tasks/shop/orders.js"
        self.write(1)
        port = server.free_port()
        self._start = start
        self._port = port
        self._app = Celery("client", broker=server.url(port), backend=server.url(port))

    def up(self, *options: str) -> Program:
        """Starts `make up`, without the set-up, which would install into our own folders."""
        command = (str(VENV_PYTHON), "-m", "scripts.up", str(self._port), *options)
        up = self._start(*command, cwd=self.folder)
        up.wait_for_log("Both workers are consuming", WITHIN_S)
        return up

    def write(self, version: int) -> None:
        """Writes both modules; their tasks return the version."""
        for file, text in ((self.python, PYTHON_TASK), (self.node, NODE_TASK)):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text.format(version=version))

    def send(self, task: str, *args: str, team: str = "shop") -> list["AsyncResult[int]"]:
        """Sends the task of each language."""
        names = (f"{language}_workers.tasks.{team}.orders.{task}" for language in ("py", "js"))
        return [self._app.send_task(name, args, queue=f"{name[:2]}-queue") for name in names]

    def versions(self) -> list[int]:
        """The versions that the workers answer."""
        return [result.get(timeout=WITHIN_S) for result in self.send("version")]


@pytest.fixture
def clone(target: Target, tmp_path: Path) -> Iterator[Clone]:
    """A clone whose `make up` stops in order at the end of the test."""
    clone = Clone(tmp_path / "a clone", target.start)
    yield clone
    up = target.started[-1]
    if up.exit_code is None:
        up.signal(signal.SIGINT)
    assert up.wait() == 0, up.log
    target.expect_nothing_left()


def _wait_for_reload(up: Program, worker: str, times: int = 1) -> None:
    wait_until(
        lambda: up.log.count(f"The {worker} worker has reloaded") == times,
        WITHIN_S,
        f"{times} reload(s) of the {worker} worker in\n{up.log}",
    )


def test_a_change_restarts_its_worker_and_running_tasks_finish(clone: Clone, tmp_path: Path) -> None:
    up = clone.up()
    running = clone.send("wait_for", str(tmp_path / "done"))
    wait_until(lambda: up.log.count("wait_for[") >= 2, WITHIN_S, "both tasks being received")

    clone.write(2)
    wait_until(lambda: up.log.lower().count("warm shutdown") == 2, WITHIN_S, f"both stopping:\n{up.log}")
    clone.write(3)  # while it stops: no second restart
    prepared = clone.python.with_name("loaded-3")
    wait_until(prepared.exists, WITHIN_S, "the next Python worker having loaded its tasks")
    (tmp_path / "done").touch()
    for worker in ("python", "node"):
        _wait_for_reload(up, worker)

    assert [result.get(timeout=WITHIN_S) for result in running] == [1, 1]
    assert clone.versions() == [3, 3]
    assert "has reloaded python/py_workers/tasks/shop/orders.py in" in up.log
    assert "has reloaded node/js_workers/tasks/shop/orders.js in" in up.log
    clone.write(4)
    for worker in ("python", "node"):
        _wait_for_reload(up, worker, times=2)
    assert clone.versions() == [4, 4]


@pytest.mark.long
def test_ctrl_c_during_a_reload_stops_everything(clone: Clone, tmp_path: Path) -> None:
    up = clone.up()
    clone.send("wait_for", str(tmp_path / "done"))
    wait_until(lambda: up.log.count("wait_for[") >= 2, WITHIN_S, "both tasks being received")
    clone.write(2)
    wait_until(clone.python.with_name("loaded-2").exists, WITHIN_S, "the next Python worker")

    up.signal(signal.SIGINT)
    up.wait_for_log("Stopping the workers")
    (tmp_path / "done").touch()

    assert up.wait(WITHIN_S) == 0, up.log
    assert up.log.count("succeeded in") == 2
    assert "had to be killed" not in up.log
    assert "Traceback" not in up.log


@pytest.mark.long
def test_a_renamed_folder_restarts_its_worker(clone: Clone) -> None:
    up = clone.up()

    for file in (clone.python, clone.node):
        file.parent.rename(file.parent.with_name("store"))

    for worker in ("python", "node"):
        _wait_for_reload(up, worker)
    assert [result.get(timeout=WITHIN_S) for result in clone.send("version", team="store")] == [1, 1]


@pytest.mark.long
def test_a_broken_file_leaves_the_worker_running(clone: Clone) -> None:
    up = clone.up()

    clone.python.write_text("def version(:\n")
    clone.node.write_text("export const version = () => 2;\nconst = 3;\n")

    up.wait_for_log(r"^python/py_workers/tasks/shop/orders.py:1: SyntaxError: invalid syntax$")
    up.wait_for_log(r"^node/js_workers/tasks/shop/orders.js:2: SyntaxError: Unexpected token '='$")
    assert "The python worker keeps running its old code." in up.log
    assert clone.versions() == [1, 1]
    assert "reloaded" not in up.log

    clone.write(2)
    for worker in ("python", "node"):
        _wait_for_reload(up, worker)
    assert clone.versions() == [2, 2]


@pytest.mark.long
def test_a_failed_start_waits_for_the_next_change(clone: Clone) -> None:
    up = clone.up()

    clone.python.write_text("import nothing_of_this_name\n")
    clone.node.write_text('import "nothing-of-this-name";\n')
    for worker in ("python", "node"):
        up.wait_for_log(f"The {worker} worker could not start. The next change starts it again.", WITHIN_S)

    clone.write(2)
    for worker in ("python", "node"):
        _wait_for_reload(up, worker)
    assert clone.versions() == [2, 2]


@pytest.mark.long
def test_with_watch_0_changes_wait_for_the_next_start(clone: Clone) -> None:
    up = clone.up("", "0")

    clone.write(2)

    assert clone.versions() == [1, 1]
    assert "Workers restart when" not in up.log
    assert "shutdown" not in up.log.lower()


def test_a_watch_that_is_no_switch_is_one_sentence(target: Target) -> None:
    exit_code, output = target.run("make", "up", "WATCH=no")

    assert exit_code == 2
    assert output.splitlines()[0] == "error: invalid WATCH=no: use 1 to restart changed workers, or 0"
