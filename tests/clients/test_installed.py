"""The wheel and the npm archive, in empty projects outside the repository, call the example tasks."""

import json
import subprocess
from pathlib import Path

import pytest

from scripts.contracts import clients
from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, ROOT
from tests.support.valkey import ValkeyServer
from tests.support.workers import WorkerFactory, clean_environment

PYTHON = """\
from {package} import connect

jobs = connect()
job = jobs.js.example.arithmetic.add.delay(1, 2)
print(job.get(timeout=30), jobs.py.example.arithmetic.add.delay(x=3, y=4).get(timeout=30))
"""
NODE = """\
import { connect } from "{package}";

const jobs = connect();
const job = await jobs.py.example.arithmetic.add.delay(1, 2);
const other = await jobs.js.example.arithmetic.add.named({ x: 3, y: 4 }).delay();
process.stdout.write(`${await job.get({ timeout: 30 })} ${await other.get({ timeout: 30 })}`);
"""

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]


@pytest.fixture
def server(valkey: ValkeyServer, workers: WorkerFactory) -> ValkeyServer:
    """A server with the template's workers."""
    workers.node()
    workers.python()
    return valkey


def run(*command: str | Path, cwd: Path, url: str = "") -> str:
    """Run a program to its end; return what it prints."""
    env = {**clean_environment(), **(server_variables(url) if url else {})}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_in_an_empty_virtual_environment(server: ValkeyServer, tmp_path: Path) -> None:
    package = clients.package(ROOT / "clients" / "python")
    assert package is not None
    run("python3", "-m", "venv", "venv", cwd=tmp_path)
    pip = tmp_path / "venv" / "bin" / "pip"
    run(pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", "dist", package.parent, cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").iterdir()
    run(pip, "install", "--quiet", wheel, cwd=tmp_path)
    (tmp_path / "call.py").write_text(PYTHON.replace("{package}", package.name))

    assert run(tmp_path / "venv" / "bin" / "python", "call.py", cwd=tmp_path, url=server.url) == "3.0 7.0\n"


def test_the_npm_archive_in_an_empty_project(server: ValkeyServer, tmp_path: Path) -> None:
    package = ROOT / "clients" / "node"
    source = NODE_PROJECT / "celery-js"
    packed = [package, *([source] if source.is_dir() else [])]
    for each in packed:
        run("npm", "pack", "--silent", "--pack-destination", tmp_path, cwd=each)
    archives = sorted(f"./{archive.name}" for archive in tmp_path.glob("*.tgz"))
    (tmp_path / "package.json").write_text('{ "type": "module" }\n')
    run("npm", "install", "--silent", "--no-audit", "--no-fund", *archives, cwd=tmp_path)
    name = json.loads((package / "package.json").read_text("utf-8"))["name"]
    (tmp_path / "call.js").write_text(NODE.replace("{package}", name))

    assert run("node", "call.js", cwd=tmp_path, url=server.url) == "3 7"
