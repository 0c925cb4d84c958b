"""`make test`, `make lint` and `make format`: run programs and print a summary."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from scripts import server, setup
from scripts.console import BOLD, GREEN, RED, Console
from scripts.example import places as example
from scripts.interruption import Interruption
from scripts.paths import (
    API_REFERENCE_PROJECT,
    BENCH_PROJECT,
    FLOWER_PAGES_PROJECT,
    NODE_PROJECT,
    PYTHON_PROJECT,
    ROOT,
    TOOL_CONTAINER_LINTERS,
    VENV,
    VENV_PYTHON,
)
from scripts.processes import Command, ProcessGroup

STOPS_WITHIN_S = 20.0


def _existing(*folders: str) -> list[str]:
    """Returns the folders that exist in this clone; `make rename` and `make strip` remove some."""
    return [folder for folder in folders if (ROOT / folder).is_dir()]


_PYTHON_FOLDERS = [
    *_existing("python", "bench", "clients/python", "example", "scripts", "tests"),
    *_existing("node/celery-js/tests"),  # the recorders of its fixtures
]

# `make use-published` removes them.
CELERY_JS = NODE_PROJECT / "celery-js"
CELERY_RELIABLE = PYTHON_PROJECT / "celery-reliable"

_BIOME = NODE_PROJECT / "node_modules" / ".bin" / "biome"
_BIOME_OUTSIDE: Command = [
    *(_BIOME, "check", "--no-errors-on-unmatched", "--config-path", NODE_PROJECT / "biome.json")
]
_OUTSIDE = _existing("bench", "clients/node", "example", "scripts", "tests")

_PYTHON_MANIFEST = PYTHON_PROJECT / "pyproject.toml"
CONFORMANCE = ROOT / "tests" / "conformance"


@dataclass(frozen=True)
class Check:
    """A program that exits with 0 when it finds nothing wrong.

    `needs` are files and folders without which there is nothing to check. A clone may have removed them.
    One that mostly `waits` runs beside the others, and its output is printed at its end.
    """

    name: str
    command: Command
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    needs: Sequence[Path] = ()
    waits: bool = False


@dataclass(frozen=True)
class _Outcome:
    check: Check
    passed: bool
    seconds: float


def run(console: Console, interruption: Interruption, checks: Sequence[Check]) -> int:
    """Runs all checks in two rows, even after one fails. Returns 0 when all passed, else 1."""
    outcomes: list[_Outcome] = []

    def head(check: Check) -> None:
        console.line(console.paint(f"== {check.name}", BOLD))

    with ThreadPoolExecutor(1) as beside:
        waiting = [beside.submit(_run_silently, interruption, check) for check in checks if check.waits]
        for check in checks:
            if not check.waits:
                head(check)
                outcomes.append(_run(interruption, check))
        for each in waiting:
            outcome, printed = each.result()
            head(outcome.check)
            console.line(printed.rstrip("\n"))
            outcomes.append(outcome)
    console.line()
    for outcome in outcomes:
        verdict = console.paint("passed", GREEN) if outcome.passed else console.paint("FAILED", RED)
        console.line(f"  {outcome.check.name:<24} {verdict} {outcome.seconds:8.1f} s")
    failed = sum(not outcome.passed for outcome in outcomes)
    console.line(f"checks: {len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _run_silently(interruption: Interruption, check: Check) -> tuple[_Outcome, str]:
    """Returns the outcome, and what the check has printed."""
    with tempfile.TemporaryFile() as output:
        outcome = _run(interruption, check, output)
        output.seek(0)
        return outcome, output.read().decode("utf-8", "replace")


def _run(interruption: Interruption, check: Check, output: IO[bytes] | None = None) -> _Outcome:
    """Runs a check in its own process group, so that a server left behind by a test ends with it."""
    since = time.monotonic()
    env = {**os.environ, **check.env}
    with ProcessGroup(interruption) as group:
        process = group.start(check.name, check.command, cwd=check.cwd, env=env, output=output)
        try:
            while process.exit_code is None:
                interruption.sleep()
        finally:
            group.stop([process], STOPS_WITHIN_S)
    return _Outcome(check, process.exit_code == 0, time.monotonic() - since)


def _possible(*checks: Check) -> list[Check]:
    return [check for check in checks if all(path.exists() for path in check.needs)]


def test_env() -> dict[str, str]:
    """Returns the variables that tests need besides ours."""
    # Where nothing writes byte code, as in many containers, each of a thousand processes would compile again.
    return {"VALKEY_SERVER": str(server.binary()), "PYTHONDONTWRITEBYTECODE": ""}


def tests() -> list[Check]:
    """Returns all tests: those of each language, and those that span both."""
    env = test_env()
    pytest: Command = [VENV_PYTHON, "-m", "pytest"]
    # Most tests wait for leases or for workers to start, so two cores can run this many at a time. The tests
    # of a file stay together, because they share servers and workers. Those of celery-reliable share none and
    # are distributed one by one, because some take a hundred times as long as others.
    files: Command = ["--dist", "loadfile"]
    each: Command = ["--dist", "load", "--maxschedchunk", "1"]
    # Each process would import it, for a second, and only the spanning tests use it.
    plain: Command = [*pytest, "-p", "no:hypothesispytest"]
    # Node's default reporter prints ten lines a test when it does not write to a terminal.
    node: Command = ["npm", "test", "--silent", "--", "--test-reporter=./tests/reporter.js"]
    reliable = CELERY_RELIABLE / "tests"
    as_given: Command = ["--no-loadscope-reorder"]  # tests/support/order.py puts the longest files first
    return _possible(
        Check("python tests", [*plain, "-n", "4", *files], PYTHON_PROJECT, env, [_PYTHON_MANIFEST]),
        Check("celery-reliable tests", [*plain, "-n", "12", *each, reliable], ROOT, env, [reliable]),
        Check("node tests", node, NODE_PROJECT, env, [NODE_PROJECT]),
        Check("spanning tests", [*pytest, "-n", "7", *files, *as_given, "tests"], ROOT, env, [CONFORMANCE]),
    )


def linters() -> list[Check]:
    """Returns all linters and type checkers.

    The folders outside python/ use the settings of python/pyproject.toml. Of the recorders, mypy checks only
    the one that uses Celery's public interface; Celery's types do not describe the internals that the others
    use.
    """
    ruff = VENV / "bin" / "ruff"
    mypy: Command = [VENV_PYTHON, "-m", "mypy"]
    settings = ["--config-file", "python/pyproject.toml"]
    outside = _existing("scripts", "tests", "node/celery-js/tests/tasks")
    # Other folders are called tests too, so the modules of this one are named after their files only.
    reliable = _existing("python/celery-reliable/celery_reliable", "python/celery-reliable/tests")
    reliable_path = os.pathsep.join(map(str, (ROOT, CELERY_RELIABLE, CELERY_RELIABLE / "tests")))
    packages: Command = [*mypy, *settings, "--explicit-package-bases", *reliable]
    tsc = NODE_PROJECT / "node_modules" / ".bin" / "tsc"
    layers = ROOT / "scripts" / "code_measures" / "layers.js"
    python, node = [_PYTHON_MANIFEST], [NODE_PROJECT]
    reference = [API_REFERENCE_PROJECT, CELERY_JS]
    return _possible(
        Check("ruff check", [ruff, "check", *_PYTHON_FOLDERS], ROOT, needs=python),
        Check("ruff format", [ruff, "format", "--check", *_PYTHON_FOLDERS], ROOT, needs=python),
        Check("mypy python", mypy, PYTHON_PROJECT, needs=python),
        Check("mypy scripts and tests", [*mypy, *settings, *outside], ROOT, {"MYPYPATH": str(ROOT)}, python),
        Check("mypy celery-reliable", packages, ROOT, {"MYPYPATH": reliable_path}, [CELERY_RELIABLE]),
        Check(
            "mypy clients",
            [*mypy, *settings, "clients/python"],
            ROOT,
            needs=[ROOT / "clients" / "python", *python],
        ),
        Check("biome", [_BIOME, "check", "."], NODE_PROJECT, needs=node),
        Check("biome outside of node", [*_BIOME_OUTSIDE, *_OUTSIDE], ROOT, needs=node),
        Check("tsc", [tsc, "-p", "."], NODE_PROJECT, needs=node),
        Check("layers of celery-js", ["node", layers], ROOT, needs=[layers, CELERY_JS]),
        Check("tsc bench", [tsc, "-p", "bench"], ROOT, needs=[BENCH_PROJECT, *node]),
        Check("tsc clients", [tsc, "-p", "clients/node"], ROOT, needs=[ROOT / "clients" / "node", *node]),
        Check("tsc tests", [tsc, "-p", "tests"], ROOT, needs=[ROOT / "tests" / "tsconfig.json", *node]),
        Check("tsc example", [tsc, "-p", "example"], ROOT, needs=[ROOT / "example", *node]),
        Check("tsc example page", [tsc, "-p", "example/web"], ROOT, needs=[ROOT / "example", *node]),
        Check("tsc api reference", [tsc, "-p", API_REFERENCE_PROJECT], ROOT, needs=reference),
        Check(
            "api reference", ["node", API_REFERENCE_PROJECT / "generate.js", "--check"], ROOT, needs=reference
        ),
        Check("contracts", ["python3", "-m", "scripts", "contracts", "--check=1"], ROOT),
    )


def node_linters() -> list[Check]:
    """Returns the linters of node/."""
    return [check for check in linters() if check.name in ("biome", "tsc")]


def container_linters() -> list[Check]:
    """Returns the linters of Dockerfiles, docker-compose.yml and workflows."""
    tools = TOOL_CONTAINER_LINTERS / "bin"
    composed = map(str, (*ROOT.glob("docker-compose.yml"), *ROOT.glob("*/docker-compose.yml")))
    schema = ["--builtin-schema", "vendor.compose-spec", *composed]
    files = [str(file) for file in sorted(ROOT.glob(".github/workflows/*.yml"))]
    workflows = ["--builtin-schema", "vendor.github-workflows", *files]
    dependabot = ["--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"]
    built = (*ROOT.glob("*/Dockerfile"), *ROOT.glob("*/*/Dockerfile"))
    dockerfiles = sorted(file.relative_to(ROOT) for file in built)
    return [
        Check("hadolint", [tools / "hadolint", *dockerfiles], ROOT),
        Check("compose schema", [tools / "check-jsonschema", *schema], ROOT),
        Check("dependabot schema", [tools / "check-jsonschema", *dependabot], ROOT),
        Check("workflow schema", [tools / "check-jsonschema", *workflows], ROOT),
        Check("actionlint", [tools / "actionlint", *files], ROOT),
        Check("zizmor", [tools / "zizmor", "--offline", "--no-progress", ".github"], ROOT),
    ]


def formatters() -> list[Check]:
    """Returns all formatters, and the linters with their safe fixes."""
    ruff = VENV / "bin" / "ruff"
    python, node = [_PYTHON_MANIFEST], [NODE_PROJECT]
    return _possible(
        Check("ruff check --fix", [ruff, "check", "--fix", *_PYTHON_FOLDERS], ROOT, needs=python),
        Check("ruff format", [ruff, "format", *_PYTHON_FOLDERS], ROOT, needs=python),
        Check("biome check --write", [_BIOME, "check", "--write", "."], NODE_PROJECT, needs=node),
        Check("biome outside of node", [*_BIOME_OUTSIDE, "--write", *_OUTSIDE], ROOT, needs=node),
    )


TABLES: dict[str, Callable[[], list[Check]]] = {
    "test": tests,
    "lint": linters,
    "js-lint": node_linters,
    "lint-docker": container_linters,
    "format": formatters,
}

# The parts that a table needs, if not the default ones.
_OPTIONAL_PARTS = {
    "bench": [BENCH_PROJECT],
    "flower-pages": [FLOWER_PAGES_PROJECT],
    "api-reference": [API_REFERENCE_PROJECT, CELERY_JS],
    **{part: [project] for part, project in example.CHECKED.items()},
}
_PRESENT_PARTS = [part for part, needs in _OPTIONAL_PARTS.items() if all(path.exists() for path in needs)]
PARTS = {
    "lint": (*setup.DEFAULT_PARTS, *_PRESENT_PARTS),
    "js-lint": (
        "node",
        *(part for part in _PRESENT_PARTS if NODE_PROJECT in _OPTIONAL_PARTS[part][0].parents),
    ),
    "lint-docker": ("container-linters",),
}
