"""Clients that other bundlers than esbuild have bundled."""

import json
import shutil
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts import server
from scripts.environment import server_variables
from scripts.processes import Command
from tests.conftest import StartWorker
from tests.support.npm_package import run
from tests.support.programs import Program
from tests.support.valkey import ValkeyServer
from tests.support.workers import clean_environment
from tests.toolchains.conftest import HERE, TOOLS
from tests.toolchains.expected import IN_A_BUNDLE, expected

BUN = TOOLS / ".bin" / "bun"
NEXT: Command = ["node", TOOLS / "next" / "dist" / "bin" / "next"]
# For each bundler the file that it makes, how it is called, and what runs the bundle.
BUNDLERS: Mapping[str, tuple[str, Command, Command]] = {
    "rollup": ("bundle.mjs", ["node", HERE / "bundle.mjs", "rollup"], ["node"]),
    "webpack": ("bundle.cjs", ["node", HERE / "bundle.mjs", "webpack"], ["node"]),
    "bun for node": (
        "bundle.mjs",
        [BUN, "build", "client.js", "--target=node", "--minify", "--outfile"],
        ["node"],
    ),
    "bun": ("bundle.mjs", [BUN, "build", "client.js", "--target=bun", "--minify", "--outfile"], [BUN]),
}
BUILDS = {"webpack": ["--webpack"], "turbopack": []}


@pytest.mark.parametrize("bundler", BUNDLERS)
def test_a_bundled_client_sends_and_gets_results(
    project: Path, tmp_path: Path, valkey: ValkeyServer, node_worker: StartWorker, bundler: str
) -> None:
    name, build, runtime = BUNDLERS[bundler]
    outfile = tmp_path / "elsewhere" / name
    outfile.parent.mkdir()
    built = run([*build, outfile], project, timeout_s=300)
    assert built.returncode == 0, built.stdout + built.stderr
    shutil.rmtree(project)
    node_worker()

    done = run([*runtime, outfile], outfile.parent, {**clean_environment(), **server_variables(valkey.url)})

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected(IN_A_BUNDLE)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("external", [False, True], ids=["bundled", "serverExternalPackages"])
@pytest.mark.parametrize("build", BUILDS)
def test_a_route_of_next_sends_and_gets_results(
    project: Path, tmp_path: Path, valkey: ValkeyServer, node_worker: StartWorker, build: str, external: bool
) -> None:
    shutil.copytree(HERE / "next_app", project, dirs_exist_ok=True)
    for package in ("next", "react", "react-dom"):
        (project / "node_modules" / package).symlink_to(TOOLS / package)
    # These tools check the types of a project in which they find a compiler.
    (project / "node_modules" / "typescript").unlink()
    packages = ["celery-js"] if external else []
    # The packages are links to outside of the project, which Turbopack reads only below its root.
    config = {"serverExternalPackages": packages, "turbopack": {"root": "/"}}
    (project / "next.config.mjs").write_text(f"export default {json.dumps(config)};\n")
    env = {**clean_environment(), **server_variables(valkey.url), "NEXT_TELEMETRY_DISABLED": "1"}
    built = run([*NEXT, "build", *BUILDS[build]], project, env, timeout_s=500)
    assert built.returncode == 0, built.stdout + built.stderr
    node_worker()

    port = server.free_port()
    with Program(
        "next", [*NEXT, "start", "-p", str(port)], cwd=project, env=env, log=tmp_path / "next.log"
    ) as web:
        web.wait_for_log("Ready")
        with urllib.request.urlopen(f"http://{server.HOST}:{port}/add", timeout=60) as answer:
            assert json.load(answer) == {"sum": 3}
