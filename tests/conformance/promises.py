"""Reads the tables in README.md: promises, the scenarios that show them, and the workers that these need."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scripts.paths import NODE_PROJECT

FOLDER = Path(__file__).parent
UNIT_TESTS = NODE_PROJECT / "celery-js" / "tests"
README = FOLDER / "README.md"
CHAPTERS = (
    "Workflows",
    "Execution",
    "Pools",
    "Remote control",
    "Events",
    "Flower",
    "Client",
    "Command line and schedule",
    "The suite",
)
OTHERS = "Other promises"
COLUMNS = ["What is promised", "Scenario", "Workers"]

ALL = frozenset({"py", "reliable", "js", "mixed"})
BOTH = frozenset({"py", "js"})
INTERRUPTING = frozenset({"prefork", "reliable", "threads"})
# The workers of a scenario follow from the mark, else the fixtures, that make it run against several.
WORKERS_OF = {
    "flow": ALL,
    **dict.fromkeys(("worker", "watched"), frozenset({"py", "reliable", "js"})),
    **dict.fromkeys(("target", "kind", "both", "js", "protocol_1", "shown"), BOTH),
    "for_our_workers": frozenset({"reliable", "js"}),
    "for_node_workers": frozenset({"js"}),
    "every_pool": INTERRUPTING | {"async"},
    "every_interrupting_pool": INTERRUPTING,
}

_SCENARIO = re.compile(r"`(test_\w+)(?:\[([^]]+)\])?`")
_UNIT_TEST = re.compile(r'`([\w/-]+\.test\.js)` "([^"]+)"')


@dataclass(frozen=True)
class Promise:
    """A row of the table."""

    chapter: str
    what: str
    cell: str
    workers: str

    @property
    def scenarios(self) -> list[tuple[str, str]]:
        """The functions that show it, each with its parameter where one is named."""
        return _SCENARIO.findall(self.cell)

    @property
    def unit_tests(self) -> list[tuple[str, str]]:
        """Tests of celery-js that show it: the file, and what the test is called."""
        return _UNIT_TEST.findall(self.cell)

    @property
    def named_workers(self) -> frozenset[str]:
        """The workers of its third column."""
        return ALL if self.workers == "all" else frozenset(self.workers.split(", "))


@dataclass(frozen=True)
class Scenario:
    """A test function of the suite."""

    file: str
    name: str
    source: str
    workers: frozenset[str] | None


def promises() -> list[Promise]:
    """All rows, in the order of the chapters; raises ValueError for a table with other columns."""
    return [promise for chapter in CHAPTERS for promise in _rows(chapter)]


def other_files() -> set[str]:
    """Return the files whose scenarios need no row."""
    return set(re.findall(r"`([\w/]*test_\w+\.py)`", _section(OTHERS)))


@cache
def scenarios() -> list[Scenario]:
    """Every test function below the folder."""
    return [scenario for file in sorted(FOLDER.rglob("test_*.py")) for scenario in _scenarios(file)]


def _rows(chapter: str) -> Iterator[Promise]:
    lines = [line for line in _section(chapter).splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    if head != COLUMNS:
        raise ValueError(f"{README}: the table of {chapter!r} has the columns {head}, not {COLUMNS}")
    for what, cell, workers in rows:
        yield Promise(chapter, what, cell, workers)


def _section(heading: str) -> str:
    text = README.read_text("utf-8")
    return text.split(f"\n### {heading}\n", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]


def _scenarios(file: Path) -> Iterator[Scenario]:
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = map(ast.unparse, node.decorator_list)
            fixtures = [argument.arg for argument in node.args.args]
            found = _workers_of(marks) or _chosen_workers(node) or _workers_of(fixtures)
            workers = frozenset().union(*found) if found else None
            yield Scenario(str(file.relative_to(FOLDER)), node.name, file.read_text("utf-8"), workers)


def _workers_of(names: Iterable[str]) -> list[frozenset[str]]:
    return [WORKERS_OF[name] for name in names if name in WORKERS_OF]


def _chosen_workers(scenario: ast.FunctionDef) -> list[frozenset[str]]:
    """Those of a mark that gives the kinds one by one."""
    chosen = []
    for mark in scenario.decorator_list:
        match mark:
            case ast.Call(args=[ast.Constant(value="kind"), ast.List() as kinds]):
                chosen.append(frozenset(map(str, ast.literal_eval(kinds))))
    return [kinds for kinds in chosen if kinds <= ALL]
