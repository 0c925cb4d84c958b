"""The list of what does not hold on other servers agrees with the documentation, and with the suite."""

import ast
from pathlib import Path

from scripts.paths import ROOT

from .server_differences import DIFFERENCES, LEFT_OUT

HEADING = "### Scenarios that fail on other servers"


def _rows() -> list[list[str]]:
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    section = page.split(f"\n{HEADING}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _scenarios() -> set[str]:
    trees = (ast.parse(file.read_text("utf-8")) for file in Path(__file__).parent.rglob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_documentation_lists_what_fails_on_other_servers() -> None:
    rows = _rows()

    assert [row[0] for row in rows] == [each.what for each in DIFFERENCES]
    assert [row for row in rows if len(row) != 3 or not all(row)] == []


def test_every_listed_scenario_exists() -> None:
    names = _scenarios()

    listed = [test.partition("[")[0] for each in DIFFERENCES for test in each.tests]

    assert [name for name in listed if name not in names] == []
    assert [name for name in LEFT_OUT if not Path(__file__).with_name(name).exists()] == []
