"""What esbuild has bundled and minified; `make test-toolchains` tries the other bundlers."""

import json
import shutil
from pathlib import Path

import pytest

from scripts.environment import server_variables
from tests.conformance.workers import Target
from tests.conftest import StartWorker
from tests.support.npm_package import MODULES, pack, run, users_project
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory, clean_environment
from tests.toolchains.expected import IN_A_BUNDLE, expected

SOURCES = Path(__file__).parent.parent / "toolchains"
# What esbuild needs for packages of CommonJS in an ES module; docs/deployment.md has the same line.
BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
FORMATS = {"bundle.cjs": [], "bundle.mjs": ["--format=esm", f"--banner:js={BANNER}"]}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    users_project(folder / "project", pack(folder))
    for source in ("client.js", "bundled_worker.js"):
        shutil.copy(SOURCES / source, folder / "project")
    return folder / "project"


@pytest.mark.parametrize("file", FORMATS)
def test_a_client_that_esbuild_has_bundled_sends_and_gets_results(
    project: Path, tmp_path: Path, valkey: ValkeyServer, node_worker: StartWorker, file: str
) -> None:
    outfile = tmp_path / file
    options = ["--bundle", "--platform=node", "--minify", *FORMATS[file], f"--outfile={outfile}"]
    built = run([MODULES / ".bin" / "esbuild", "client.js", *options], project)
    assert built.returncode == 0, built.stderr
    assert "warning" not in built.stderr.lower()
    node_worker()

    done = run(["node", outfile], tmp_path, {**clean_environment(), **server_variables(valkey.url)})

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected(IN_A_BUNDLE)


def test_a_bundled_worker_without_its_packages_runs_tasks(
    project: Path, queue: Target, workers: WorkerFactory
) -> None:
    options = ["--bundle", "--platform=node", "--packages=external", "--format=esm", "--minify"]
    bundle = project / "worker.mjs"
    built = run([MODULES / ".bin" / "esbuild", "bundled_worker.js", *options, f"--outfile={bundle}"], project)
    assert built.returncode == 0, built.stderr
    workers.node(script=bundle, cwd=project)

    result = queue.app.send_task("jobs.subtract", kwargs={"y": 1, "x": 3}, queue="js-queue")

    assert result.get(timeout=30) == 2
