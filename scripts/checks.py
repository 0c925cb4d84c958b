"""`make test`, `make lint` and `make format`: programs run one after the other, and one summary."""

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

# Where Python is: node/celery-js/tests has what records its fixtures.
_PYTHON_FOLDERS = ("python", "scripts", "tests", "node/celery-js/tests")

# They are checked as long as their source is here (`make use-published`).
CELERY_JS = NODE_PROJECT / "celery-js"
CELERY_RELIABLE = PYTHON_PROJECT / "celery-reliable"

_BIOME = NODE_PROJECT / "node_modules" / ".bin" / "biome"
_BIOME_OUTSIDE: Command = [_BIOME, "check", "--config-path", NODE_PROJECT / "biome.json"]
_OUTSIDE: Command = ["bench", "scripts", "tests"]


@dataclass(frozen=True)
class Check:
    """One program that exits with 0 when all is well."""

    name: str
    command: Command
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


def run(console: Console, interruption: Interruption, checks: Sequence[Check]) -> int:
    """Runs all checks, whatever the first ones say. Returns 0 when all passed, else 1."""
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
    """Each check has a process group of its own: a server that a test left behind ends with it."""
    with ProcessGroup(interruption) as group:
        process = group.start(check.name, check.command, cwd=check.cwd, env={**os.environ, **check.env})
        try:
            while process.exit_code is None:
                interruption.sleep()
        finally:
            group.stop([process], STOPS_WITHIN_S)
        return process.exit_code == 0


def tests() -> list[Check]:
    """Every test: of each language, and what spans both."""
    env = {"VALKEY_SERVER": str(server.binary())}
    pytest: Command = [VENV_PYTHON, "-m", "pytest"]
    # They mostly wait, for leases and for workers to start: so many at a time suit two cores.
    four: Command = [*pytest, "-n", "4", "--dist", "loadfile"]  # those of a file share servers and workers
    five: Command = [*pytest, "-n", "5", "--dist", "loadfile"]
    each: Command = [*pytest, "-n", "6", "--dist", "worksteal"]
    # Node's own report for logs takes ten lines a test.
    node: Command = ["npm", "test", "--silent", "--", "--test-reporter=./tests/reporter.js"]
    return [
        Check("python tests", four, PYTHON_PROJECT, env),
        *_with_source(Check("celery-reliable tests", [*each, CELERY_RELIABLE / "tests"], ROOT, env)),
        Check("node tests", node, NODE_PROJECT, env),
        Check("spanning tests", [*five, "--no-loadscope-reorder", "tests"], ROOT, env),
    ]


def _with_source(check: Check) -> list[Check]:
    """A check of celery-reliable: none once a clone takes the published package."""
    return [check] if CELERY_RELIABLE.is_dir() else []


def linters() -> list[Check]:
    """Every linter and type checker.

    The folders outside python/ take their settings from python/pyproject.toml. Of the recorders, mypy reads
    the one that keeps to Celery's public face: what the others take to pieces, its types do not describe.
    """
    ruff = VENV / "bin" / "ruff"
    mypy: Command = [VENV_PYTHON, "-m", "mypy"]
    outside = ["--config-file", "python/pyproject.toml", "scripts", "tests", "node/celery-js/tests/tasks"]
    # There are other folders called tests: the modules in this one go by the names of their files alone.
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
        Check("biome", [_BIOME, "check", "."], NODE_PROJECT),
        Check("biome outside of node", [*_BIOME_OUTSIDE, *_OUTSIDE], ROOT),
        Check("tsc", [tsc, "-p", "."], NODE_PROJECT),
        Check("tsc bench", [tsc, "-p", "bench"], ROOT),
        Check("tsc tests", [tsc, "-p", "tests"], ROOT),
        *_api_reference(tsc),
    ]


def _api_reference(tsc: Path) -> list[Check]:
    """Checks that celery-js's API reference is what its JSDoc says (`make api-reference`)."""
    if not CELERY_JS.is_dir():
        return []
    return [
        Check("tsc api reference", [tsc, "-p", API_REFERENCE_PROJECT], ROOT),
        Check("api reference", ["node", API_REFERENCE_PROJECT / "generate.js", "--check"], ROOT),
    ]


def container_linters() -> list[Check]:
    """The linters of what other machines run: Dockerfiles, docker-compose.yml, workflows."""
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
    """Every formatter, with the fixes that the linters are sure of."""
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

# What a table needs to be installed, where that is not the usual.
PARTS = {
    "lint": ("python", "node", "bench", "flower-pages", *(["api-reference"] if CELERY_JS.is_dir() else [])),
    "lint-docker": ("container-linters",),
}
