"""`make test`, `make lint` and `make format`: run programs in turn and print a summary."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts import server
from scripts.console import BOLD, GREEN, RED, Console
from scripts.interruption import Interruption
from scripts.paths import (
    API_REFERENCE_PROJECT,
    NODE_PROJECT,
    PYTHON_PROJECT,
    ROOT,
    TOOL_CONTAINER_LINTERS,
    VENV,
    VENV_PYTHON,
)
from scripts.processes import Command, ProcessGroup

STOPS_WITHIN_S = 20.0

# The folders with Python code; node/celery-js/tests has the recorders of its fixtures.
_PYTHON_FOLDERS = ("python", "clients/python", "scripts", "tests", "node/celery-js/tests")

# Checked while their source is here; `make use-published` removes it.
CELERY_JS = NODE_PROJECT / "celery-js"
CELERY_RELIABLE = PYTHON_PROJECT / "celery-reliable"

_BIOME = NODE_PROJECT / "node_modules" / ".bin" / "biome"
_BIOME_OUTSIDE: Command = [_BIOME, "check", "--config-path", NODE_PROJECT / "biome.json"]
_OUTSIDE: Command = ["bench", "clients/node", "scripts", "tests"]


@dataclass(frozen=True)
class Check:
    """A program that exits with 0 when it finds nothing wrong."""

    name: str
    command: Command
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


def run(console: Console, interruption: Interruption, checks: Sequence[Check]) -> int:
    """Runs all checks, even after one fails. Returns 0 when all passed, else 1."""
    outcomes: list[tuple[Check, bool, float]] = []
    for check in checks:
        console.line(console.paint(f"== {check.name}", BOLD))
        since = time.monotonic()
        outcomes.append((check, _passes(interruption, check), time.monotonic() - since))
    console.line()
    for check, passed, seconds in outcomes:
        verdict = console.paint("passed", GREEN) if passed else console.paint("FAILED", RED)
        console.line(f"  {check.name:<24} {verdict} {seconds:8.1f} s")
    failed = sum(not passed for _, passed, _ in outcomes)
    console.line(f"checks: {len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _passes(interruption: Interruption, check: Check) -> bool:
    """Runs a check in its own process group, so that a server left behind by a test ends with it."""
    with ProcessGroup(interruption) as group:
        process = group.start(check.name, check.command, cwd=check.cwd, env={**os.environ, **check.env})
        try:
            while process.exit_code is None:
                interruption.sleep()
        finally:
            group.stop([process], STOPS_WITHIN_S)
        return process.exit_code == 0


def tests() -> list[Check]:
    """Returns all tests: those of each language, and those that span both."""
    env = {"VALKEY_SERVER": str(server.binary())}
    pytest: Command = [VENV_PYTHON, "-m", "pytest"]
    # Most tests wait for leases or for workers to start, so two cores can run this many at a time. The tests
    # of a file stay together, as they share servers and workers.
    four: Command = [*pytest, "-n", "4", "--dist", "loadfile"]
    five: Command = [*pytest, "-n", "5", "--dist", "loadfile"]
    each: Command = [*pytest, "-n", "6", "--dist", "worksteal"]
    # Node's default reporter prints ten lines a test when it does not write to a terminal.
    node: Command = ["npm", "test", "--silent", "--", "--test-reporter=./tests/reporter.js"]
    return [
        Check("python tests", four, PYTHON_PROJECT, env),
        *_with_source(Check("celery-reliable tests", [*each, CELERY_RELIABLE / "tests"], ROOT, env)),
        Check("node tests", node, NODE_PROJECT, env),
        Check("spanning tests", [*five, "--no-loadscope-reorder", "tests"], ROOT, env),
    ]


def _with_source(check: Check) -> list[Check]:
    """Returns a check of celery-reliable, or nothing in a clone that uses the published package."""
    return [check] if CELERY_RELIABLE.is_dir() else []


def linters() -> list[Check]:
    """Returns all linters and type checkers.

    The folders outside python/ use the settings of python/pyproject.toml. Of the recorders, mypy checks only
    the one that uses Celery's public interface; Celery's types do not describe the internals that the others
    use.
    """
    ruff = VENV / "bin" / "ruff"
    mypy: Command = [VENV_PYTHON, "-m", "mypy"]
    outside = ["--config-file", "python/pyproject.toml", "scripts", "tests", "node/celery-js/tests/tasks"]
    # Other folders are called tests too, so the modules of this one are named after their files only.
    package, package_tests = CELERY_RELIABLE / "celery_reliable", CELERY_RELIABLE / "tests"
    reliable: Command = ["--explicit-package-bases", package, package_tests]
    reliable_path = {"MYPYPATH": os.pathsep.join(map(str, (ROOT, CELERY_RELIABLE, package_tests)))}
    tsc = NODE_PROJECT / "node_modules" / ".bin" / "tsc"
    return [
        Check("ruff check", [ruff, "check", *_PYTHON_FOLDERS], ROOT),
        Check("ruff format", [ruff, "format", "--check", *_PYTHON_FOLDERS], ROOT),
        Check("mypy python", mypy, PYTHON_PROJECT),
        Check("mypy scripts and tests", [*mypy, *outside], ROOT, {"MYPYPATH": str(ROOT)}),
        *_with_source(Check("mypy celery-reliable", [*mypy, *outside[:2], *reliable], ROOT, reliable_path)),
        Check("mypy clients", [*mypy, *outside[:2], "clients/python"], ROOT),
        Check("biome", [_BIOME, "check", "."], NODE_PROJECT),
        Check("biome outside of node", [*_BIOME_OUTSIDE, *_OUTSIDE], ROOT),
        Check("tsc", [tsc, "-p", "."], NODE_PROJECT),
        *_layers(),
        Check("tsc bench", [tsc, "-p", "bench"], ROOT),
        Check("tsc clients", [tsc, "-p", "clients/node"], ROOT),
        Check("tsc tests", [tsc, "-p", "tests"], ROOT),
        *_api_reference(tsc),
        Check("contracts", ["python3", "-m", "scripts", "contracts", "--check=1"], ROOT),
    ]


def _layers() -> list[Check]:
    """Checks that the layers of celery-js import only downwards; nothing with the published package."""
    layers = ROOT / "scripts" / "code_measures" / "layers.js"
    return [Check("layers of celery-js", ["node", layers], ROOT)] if CELERY_JS.is_dir() else []


def _api_reference(tsc: Path) -> list[Check]:
    """Returns checks that celery-js's API reference matches its JSDoc (`make api-reference`)."""
    if not CELERY_JS.is_dir():
        return []
    return [
        Check("tsc api reference", [tsc, "-p", API_REFERENCE_PROJECT], ROOT),
        Check("api reference", ["node", API_REFERENCE_PROJECT / "generate.js", "--check"], ROOT),
    ]


def container_linters() -> list[Check]:
    """Returns the linters of Dockerfiles, docker-compose.yml and workflows."""
    tools = TOOL_CONTAINER_LINTERS / "bin"
    schema = ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    files = map(str, sorted(ROOT.glob(".github/workflows/*.yml")))
    workflows = ["--builtin-schema", "vendor.github-workflows", *files]
    dependabot = ["--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"]
    return [
        Check("hadolint", [tools / "hadolint", "python/Dockerfile", "node/Dockerfile"], ROOT),
        Check("compose schema", [tools / "check-jsonschema", *schema], ROOT),
        Check("dependabot schema", [tools / "check-jsonschema", *dependabot], ROOT),
        Check("workflow schema", [tools / "check-jsonschema", *workflows], ROOT),
        Check("zizmor", [tools / "zizmor", "--offline", "--no-progress", ".github"], ROOT),
    ]


def formatters() -> list[Check]:
    """Returns all formatters, and the linters with their safe fixes."""
    ruff = VENV / "bin" / "ruff"
    return [
        Check("ruff check --fix", [ruff, "check", "--fix", *_PYTHON_FOLDERS], ROOT),
        Check("ruff format", [ruff, "format", *_PYTHON_FOLDERS], ROOT),
        Check("biome check --write", [_BIOME, "check", "--write", "."], NODE_PROJECT),
        Check("biome outside of node", [*_BIOME_OUTSIDE, "--write", *_OUTSIDE], ROOT),
    ]


TABLES: dict[str, Callable[[], list[Check]]] = {
    "test": tests,
    "lint": linters,
    "lint-docker": container_linters,
    "format": formatters,
}

# The parts that a table needs, if not the default ones.
PARTS = {
    "lint": ("python", "node", "bench", "flower-pages", *(["api-reference"] if CELERY_JS.is_dir() else [])),
    "lint-docker": ("container-linters",),
}
