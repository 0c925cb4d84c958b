"""Workers under pm2, and tests in jest."""

import os
import shutil
from pathlib import Path

from scripts.environment import server_variables
from scripts.processes import Command
from tests.conformance.workers import client_for, close_client
from tests.support.npm_package import run
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment
from tests.toolchains.conftest import HERE, TOOLS

TASK_S = 4


def test_pm2_lets_a_running_task_finish(project: Path, tmp_path: Path, valkey: ValkeyServer) -> None:
    shutil.copytree(HERE / "worker_project", project, dirs_exist_ok=True)
    home = tmp_path / "pm2"
    env = {**clean_environment(), **server_variables(valkey.url), "PM2_HOME": str(home)}
    pm2: Command = ["node", TOOLS / "pm2" / "bin" / "pm2"]
    log = home / "logs" / "js-worker-out.log"
    client = client_for(valkey.url)
    try:
        started = run([*pm2, "start", "ecosystem.config.cjs"], project, env)
        assert started.returncode == 0, started.stdout + started.stderr
        wait_until(lambda: log.exists() and "ready" in log.read_text(), 30, "the worker being ready")
        task = client.send_task("jobs.plain.wait", (TASK_S,), queue="js-queue")
        wait_until(lambda: valkey.client.hlen("unacked") == 1, 10, "the task being taken")

        stopped = run([*pm2, "stop", "js-worker"], project, env)

        assert stopped.returncode == 0, stopped.stdout + stopped.stderr
        assert task.get(timeout=1) == "done"
    finally:
        close_client(client)
        run([*pm2, "kill"], project, env)


def test_jest_runs_tests_of_tasks(project: Path) -> None:
    for source in ("worker_project", "jest_project"):
        shutil.copytree(HERE / source, project, dirs_exist_ok=True)
    (project / "node_modules" / "@jest").symlink_to(TOOLS / "@jest")
    env = {**os.environ, "NODE_OPTIONS": "--experimental-vm-modules"}
    done = run(["node", TOOLS / "jest" / "bin" / "jest.js"], project, env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed, 3 total" in done.stderr
