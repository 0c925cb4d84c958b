"""mypy, pyright and tsc accept the right calls and refuse each of the wrong ones."""

import json
import re
from collections.abc import Sequence

import pytest

from scripts.paths import NODE_PROJECT, VENV_PYTHON
from tests.clients.installed import Clients
from tests.clients.right_and_wrong import RIGHT, WRONG, Line

BIN = NODE_PROJECT / "node_modules" / ".bin"
PYTHON_HEAD = """\
from {package} import Job, chain, chord, connect, group
from {package}.contract import Cat, Dog

jobs = connect()
flow, shapes, values, py = jobs.js.flow, jobs.js.shapes, jobs.js.values, jobs.py
job = flow.progress.delay(3)
"""
NODE_HEAD = """\
import { chain, chord, connect, group, type Job } from "{npm}";
const jobs = connect();
const { flow, shapes, values } = jobs.js;
const { py } = jobs;
const job = await flow.progress.delay(3);
"""


def _lines(head: str, lines: Sequence[str]) -> tuple[str, list[int]]:
    """Return a program, and the number of each of its lines after the head."""
    first = head.count("\n") + 1
    return head + "\n".join(lines) + "\n", list(range(first, first + len(lines)))


def _refused(output: str, file: str) -> set[int]:
    pattern = rf"{re.escape(file)}[:(](\d+)[:,]\d*\)?:?(?: -)? error"
    return {int(line) for line in re.findall(pattern, output)}


def _mypy(clients: Clients, *files: str) -> str:
    settings = clients.folder / "mypy.ini"
    settings.write_text("[mypy]\nstrict = true\nenable_error_code = deprecated\nmypy_path = python\n")
    options = ("--config-file", settings, "--show-column-numbers")
    return clients.attempt(VENV_PYTHON, "-m", "mypy", *options, *files).stdout


def _pyright(clients: Clients, *files: str) -> str:
    settings = {
        "typeCheckingMode": "strict",
        "reportDeprecated": "error",
        "reportUnusedExpression": False,
        "reportUnusedImport": False,
        "extraPaths": ["python"],
        "include": files,
    }
    (clients.folder / "pyrightconfig.json").write_text(json.dumps(settings))
    return clients.attempt(BIN / "pyright", "--pythonpath", VENV_PYTHON).stdout


def _tsc(clients: Clients, *files: str) -> str:
    strict = (
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--target",
        "es2023",
        "--allowJs",
        "--noImplicitAny",
    )
    types = ("--typeRoots", str(NODE_PROJECT / "node_modules" / "@types"), "--types", "node")
    return clients.attempt(BIN / "tsc", *strict, *types, "--pretty", "false", *files).stdout


CHECKERS = {"mypy": (_mypy, "python"), "pyright": (_pyright, "python"), "tsc": (_tsc, "node")}


def _program(clients: Clients, kind: str, name: str, table: Sequence[Line]) -> tuple[str, dict[str, int]]:
    """Write a program with a line for each rule; return its file, and rule -> number of the line."""
    head, suffix = (PYTHON_HEAD, ".py") if kind == "python" else (NODE_HEAD, ".mts")
    rules = {line.rule: getattr(line, kind) for line in table if getattr(line, kind)}
    text, numbers = _lines(head, list(rules.values()))
    named = text.replace("{package}", clients.package).replace("{npm}", clients.npm)
    (clients.folder / f"{name}{suffix}").write_text(named)
    return f"{name}{suffix}", dict(zip(rules, numbers, strict=True))


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_right_calls_are_accepted_and_each_of_the_wrong_ones_is_refused(
    clients: Clients, checker: str
) -> None:
    check, kind = CHECKERS[checker]
    right, _ = _program(clients, kind, "right", RIGHT)
    wrong, numbers = _program(clients, kind, "wrong", WRONG)

    output = check(clients, right, wrong)

    elsewhere = [
        line for line in output.splitlines() if re.search(r"\berror( TS\d+)?: ", line) and wrong not in line
    ]
    assert elsewhere == [], output
    refused = _refused(output, wrong)
    assert [rule for rule, number in numbers.items() if number not in refused] == [], output
    assert refused <= set(numbers.values()), output
