"""A worker of either language that is killed at a named point loses nothing, and repeats nothing in vain."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until

from .facts import Job, Language, Run, Step
from .fleet import Post, Setting, start_worker
from .ledger import read_runs
from .load import client_for, signature
from .remains import lengths, read_remains

LEASE_S = 1.0
ENDS_WITHIN_S = 30.0

THREADS = Post("py", Language.PYTHON, 2, "threads")
PREFORK = Post("py", Language.PYTHON, 2, "prefork")
NODE = Post("js", Language.NODE, 2)


class Scene:
    """A server, a ledger, and one task that workers of a kind are to run."""

    def __init__(self, post: Post, server: ValkeyServer, folder: Path, stack: ExitStack) -> None:
        self.post = post
        self._server = server
        self._folder = folder
        self._stack = stack
        self._ledger = folder / "ledger"
        self._marker = folder / "killed"
        self.redis: Redis = stack.enter_context(closing(server.client))
        self._client = stack.enter_context(closing(client_for(server.url)))

    @property
    def runs(self) -> list[Run]:
        """What the ledger has."""
        return read_runs(self._ledger)

    @property
    def has_killed(self) -> bool:
        """Whether a process has killed itself."""
        return self._marker.exists()

    def send(self, seconds: float = 0.1) -> None:
        """Send the task."""
        signature(self._client, Job(1, (Step(self.post.language, seconds),))).apply_async()

    def start(self, name: str, kill_at: str | None = None) -> Program:
        """Start a worker, with a kill point if one is named; results have a separate database."""
        extra: dict[str, Any] = {}
        env: dict[str, str] = {}
        if kill_at is not None:
            extra = {"kill_at": kill_at, "marker": str(self._marker)}
            env = {"NODE_OPTIONS": f"--import={Path(__file__).with_name('kill_points.mjs')}"}
        setting = Setting(self._folder, self._ledger, LEASE_S, results_db=1, extra=extra, env=env)
        program = self._stack.enter_context(start_worker(self.post, name, self._server.port, setting))
        self._stack.callback(program.kill)  # an orderly stop would take seconds, and no test here is about it
        return program

    def wait_for_rest(self) -> None:
        """Wait until the task has ended and nothing of it is left on the server."""
        wait_until(
            lambda: any(run.outcome == "end" for run in self.runs), ENDS_WITHIN_S, "the end of the task"
        )
        wait_until(lambda: not any(lengths(self.redis).values()), ENDS_WITHIN_S, "a server at rest")
        with closing(
            Redis.from_url(f"redis://127.0.0.1:{self._server.port}/1", decode_responses=True)
        ) as results:
            wait_until(lambda: read_remains(results, ["1-0"]).states == {"1-0": "SUCCESS"}, what="the result")
        assert not read_remains(self.redis, []).dead


@pytest.fixture
def scene(request: pytest.FixtureRequest, valkey: ValkeyServer, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(request.param, valkey, tmp_path, stack)


workers = pytest.mark.parametrize(
    "scene", [pytest.param(THREADS, id="python"), pytest.param(NODE, id="node")], indirect=True
)
pool_processes = pytest.mark.parametrize("scene", [pytest.param(PREFORK, id="prefork")], indirect=True)


@workers
@pytest.mark.parametrize(
    ("point", "runs"), [("after_take", 1), ("before_run", 1), ("after_run", 2), ("after_result", 2)]
)
def test_a_task_whose_worker_is_killed_ends_on_another_one(scene: Scene, point: str, runs: int) -> None:
    victim = scene.start("victim", kill_at=point)
    scene.send()
    assert victim.wait(ENDS_WITHIN_S) == -signal.SIGKILL
    assert lengths(scene.redis)["unacked"] == 1
    scene.start("survivor")
    scene.wait_for_rest()
    assert len(scene.runs) == runs


@workers
def test_the_next_worker_completes_an_interrupted_sweep(
    scene: Scene,
) -> None:
    first = scene.start("first")
    scene.send(seconds=0.5)
    wait_until(lambda: scene.runs, ENDS_WITHIN_S, "the start of the task")
    first.kill()
    victim = scene.start("victim", kill_at="in_sweep")
    assert victim.wait(ENDS_WITHIN_S) == -signal.SIGKILL
    assert lengths(scene.redis)["unacked"] == 1
    scene.start("survivor")
    scene.wait_for_rest()
    assert [run.outcome for run in scene.runs] == [None, "end"]


@pool_processes
@pytest.mark.parametrize(("point", "runs"), [("before_run", 1), ("after_run", 2), ("after_result", 1)])
def test_a_task_whose_pool_process_is_killed_ends_in_another_one(scene: Scene, point: str, runs: int) -> None:
    worker = scene.start("worker", kill_at=point)
    scene.send()
    scene.wait_for_rest()
    assert scene.has_killed
    assert worker.exit_code is None
    assert len(scene.runs) == runs
