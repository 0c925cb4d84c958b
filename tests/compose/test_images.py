"""What the images are made of, and that each runs alone, as the README types it."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.demo import JS_CLIENT_LINES, PYTHON_CLIENT_LINES
from scripts.environment import server_variables
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV_PYTHON
from tests.compose.system import System
from tests.support.terminal import CTRL_C, Terminal
from tests.support.valkey import ValkeyServer
from tests.support.waiting import wait_until
from tests.support.workers import clean_environment

pytestmark = pytest.mark.timeout(900)

# As the Compose file names them: `make rename` changes that.
COMPOSE_FILE = (ROOT / "docker-compose.yml").read_text()
PY_IMAGE, JS_IMAGE = (
    re.findall(rf"image: (\w*{kind}_worker)$", COMPOSE_FILE, re.MULTILINE)[0] for kind in ("py", "js")
)
IMAGES = (PY_IMAGE, JS_IMAGE)
DEVELOPMENT = {
    PY_IMAGE: ["python", "-c", "import importlib.util as u, sys; sys.exit(bool(u.find_spec('pytest')))"],
    JS_IMAGE: ["node", "-e", "process.exit(fs.existsSync('node_modules/typescript') ? 1 : 0)"],
}


@pytest.mark.parametrize(
    ("target", "folder"),
    [
        ("build-py-worker", ROOT),
        ("build-py-worker", PYTHON_PROJECT),
        ("build-js-worker", ROOT),
        ("build-js-worker", NODE_PROJECT),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_an_image_is_built_from_the_root_and_from_its_own_folder(
    system: System, target: str, folder: Path
) -> None:
    system.run("make", target, cwd=folder)


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_runs_without_root_and_gets_signals_through_an_init(system: System, image: str) -> None:
    asked = system.run("docker", "inspect", "--format", "{{.Config.User}} {{json .Config.Entrypoint}}", image)
    user, entrypoint = asked.split(maxsplit=1)
    assert user == "1000:1000"
    assert entrypoint.startswith('["tini","--",')


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_no_development_dependencies(system: System, image: str) -> None:
    program, *arguments = DEVELOPMENT[image]
    system.run("docker", "run", "--rm", "--entrypoint", program, image, *arguments)


@pytest.fixture
def terminals(valkey: ValkeyServer) -> Iterator[list[Terminal]]:
    """`docker run -it --network="host" IMAGE` for both images, on a server of this machine."""
    given = [f"--env={name}={value}" for name, value in server_variables(valkey.url).items()]
    names = [f"{image}-{os.getpid()}" for image in IMAGES]
    opened = [
        Terminal(
            ["docker", "run", "-it", "--rm", "--name", name, "--network=host", *given, image],
            cwd=ROOT,
            env=clean_environment(),
        )
        for name, image in zip(names, IMAGES, strict=True)
    ]
    yield opened
    for terminal in opened:
        terminal.close()
    subprocess.run(["docker", "rm", "--force", *names], capture_output=True, check=False)


def test_both_images_run_by_hand_and_stop_at_ctrl_c(valkey: ValkeyServer, terminals: list[Terminal]) -> None:
    def all_ready() -> bool:
        return all("ready" in terminal.screen for terminal in terminals)

    wait_until(all_ready, 60, "both workers being ready")
    env = {**clean_environment(), **server_variables(valkey.url)}
    js = subprocess.run(
        ["node", "js_workers/client_example.js"],
        cwd=NODE_PROJECT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    python = subprocess.run(
        [VENV_PYTHON, "py_workers/client_example.py"],
        cwd=PYTHON_PROJECT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert js.stdout.splitlines() == list(JS_CLIENT_LINES)
    assert python.stdout.splitlines() == list(PYTHON_CLIENT_LINES)
    for terminal in terminals:
        terminal.type(CTRL_C)
    assert [terminal.wait() for terminal in terminals] == [1, 0]  # Celery calls Ctrl-C a failure
