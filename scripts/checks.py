"""`make test`, `make lint` and `make format`: programs run one after the other, and one summary."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts import server
from scripts.console import BOLD, GREEN, RED, Console
from scripts.interruption import Interruption
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, ROOT, VENV, VENV_PYTHON
from scripts.processes import Command, ProcessGroup

STOPS_WITHIN_S = 20.0


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
    return [
        Check("python tests", pytest, PYTHON_PROJECT, env),
        Check("node tests", ["npm", "test", "--silent"], NODE_PROJECT, env),
        Check("spanning tests", [*pytest, "tests"], ROOT, env),
    ]


def linters() -> list[Check]:
    """Every linter and type checker.

    The folders outside python/ take their settings from python/pyproject.toml.
    """
    ruff = VENV / "bin" / "ruff"
    mypy: Command = [VENV_PYTHON, "-m", "mypy"]
    outside = ["--config-file", "python/pyproject.toml", "scripts", "tests"]
    biome = NODE_PROJECT / "node_modules" / ".bin" / "biome"
    with_node_rules: Command = [biome, "check", "--config-path", NODE_PROJECT / "biome.json"]
    return [
        Check("ruff check", [ruff, "check", "python", "scripts", "tests"], ROOT),
        Check("ruff format", [ruff, "format", "--check", "python", "scripts", "tests"], ROOT),
        Check("mypy python", mypy, PYTHON_PROJECT),
        Check("mypy scripts and tests", [*mypy, *outside], ROOT, {"MYPYPATH": str(ROOT)}),
        Check("biome", ["node_modules/.bin/biome", "check", "."], NODE_PROJECT),
        Check("biome bench and tests", [*with_node_rules, "bench", "tests"], ROOT),
        Check("tsc", ["node_modules/.bin/tsc", "-p", "."], NODE_PROJECT),
    ]


def formatters() -> list[Check]:
    """Every formatter, with the fixes that the linters are sure of."""
    ruff = VENV / "bin" / "ruff"
    return [
        Check("ruff check --fix", [ruff, "check", "--fix", "python", "scripts", "tests"], ROOT),
        Check("ruff format", [ruff, "format", "python", "scripts", "tests"], ROOT),
        Check("biome check --write", ["node_modules/.bin/biome", "check", "--write", "."], NODE_PROJECT),
    ]


TABLES: dict[str, Callable[[], list[Check]]] = {"test": tests, "lint": linters, "format": formatters}
