"""Installs what only the example application needs. `make setup` does not install it."""

import sys
from collections.abc import Sequence

from scripts import poetry, python_packages, setup, stamps
from scripts.console import Console
from scripts.example.places import BROWSER_TESTS, MAIL, REPORTS, WEB_NODE, WEB_PYTHON, WEB_PYTHON_VENV
from scripts.interruption import Interruption
from scripts.paths import PYTHON_PROJECT, ROOT, VENV
from scripts.processes import Command, ProcessGroup
from scripts.steps import Track, Workbench, run_program, run_tracks

_NODE = {"mail": MAIL, "reports": REPORTS, "web-node": WEB_NODE, "browser-tests": BROWSER_TESTS}
_GROUP = "example"


def ensure(
    console: Console, interruption: Interruption, servers: Sequence[str], *, with_tests: bool = False
) -> None:
    """Installs what is missing for the example with these web servers.

    Raises CommandFailed when a step fails, Interrupted on a signal.
    """
    names = ["mail", "reports", *(["web-node"] if "node" in servers else [])]
    names += ["browser-tests"] if with_tests else []
    parts = {f"example-{name}": _NODE[name] for name in names if (_NODE[name] / "package.json").exists()}
    setup.NODE_PROJECTS.update(parts)
    # npm copies the client package, which `make contracts` may have changed since.
    contract = stamps.fingerprint(sorted((ROOT / "clients" / "node" / "src").iterdir()))
    client = WEB_NODE / "node_modules" / "jobs-client"
    if not stamps.is_fresh(client, contract):
        stamps.clear(WEB_NODE / "node_modules")
    setup.ensure(console, interruption, [*setup.DEFAULT_PARTS, *parts])
    if "node" in servers:
        stamps.write(client, contract)
    with ProcessGroup(interruption) as group:
        bench = Workbench(console, group, interruption)
        tracks = [] if stamps.is_fresh(VENV / "lib", _tasks()) else [_install_tasks(bench)]
        if "python" in servers and not stamps.is_fresh(WEB_PYTHON_VENV, _web()):
            tracks.append(_install_web(bench))
        run_tracks(bench, tracks)


def _install_tasks(bench: Workbench) -> Track:
    """Adds the group to python/.venv."""
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    command: Command = [*program, "install", "--only", _GROUP, "--no-root", "--no-interaction", "--no-ansi"]
    what = f"poetry install --only {_GROUP}"
    yield from run_program(bench, "example tasks", what, command, cwd=PYTHON_PROJECT, env=env)
    stamps.write(VENV / "lib", _tasks())


def _install_web(bench: Workbench) -> Track:
    """Makes the virtual environment of the Python web server, without the workers' packages."""
    env = poetry.environment()
    program = yield from poetry.find_or_install(bench, env)
    stamps.clear(WEB_PYTHON_VENV)
    venv: Command = [sys.executable, "-m", "venv", "--clear", "--without-pip", WEB_PYTHON_VENV]
    yield from run_program(bench, "web venv", "python3 -m venv", venv, cwd=ROOT, env=env)
    command: Command = [*program, "install", "--no-root", "--no-interaction", "--no-ansi"]
    yield from run_program(bench, "web packages", "poetry install", command, cwd=WEB_PYTHON, env=env)
    stamps.write(WEB_PYTHON_VENV, _web())


def _tasks() -> str:
    files = [PYTHON_PROJECT / "pyproject.toml", PYTHON_PROJECT / "poetry.lock"]
    # A new environment in the same folder lacks the group.
    return stamps.fingerprint([*files, VENV / "pyvenv.cfg"], _GROUP, str(python_packages.is_installed()))


def _web() -> str:
    files = [WEB_PYTHON / "pyproject.toml", WEB_PYTHON / "poetry.lock"]
    return stamps.fingerprint(files, sys.version, str(ROOT))
