"""mypy, pyright and tsc accept the right calls and refuse each of the wrong ones."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from scripts.paths import NODE_PROJECT, VENV_PYTHON
from tests.clients.installed import Clients

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


@dataclass(frozen=True)
class Line:
    """A rule, and a line of it in each language; empty where the language has no such thing."""

    rule: str
    python: str
    node: str


RIGHT = (
    Line("by position", "flow.total.delay([1, 2], 3)", "flow.total.delay([1, 2], 3)"),
    Line(
        "by name",
        "flow.total.delay(more=3, values=[1])",
        "flow.total.named({ more: 3, values: [1] }).delay()",
    ),
    Line("a default is left out", "flow.total.delay((1, 2))", "flow.total.delay([1, 2] as const)"),
    Line(
        "keywords", "shapes.keyword_only.delay(1, b=2)", "shapes.keyword_only.named({ a: 1, b: 2 }).delay()"
    ),
    Line(
        "a default that only the worker knows",
        "shapes.hidden_default.delay()",
        "shapes.hidden_default.delay()",
    ),
    Line(
        "an item of a tuple that may be missing",
        "values.tuple_with_optional.delay(('a',))",
        "values.tuple_with_optional.delay(['a'])",
    ),
    Line("rest", "shapes.rest.delay(1, 2, 3)", "shapes.rest.delay(1, 2, 3)"),
    Line("others", "shapes.others.delay(1, z=2)", "shapes.others.named({ a: 1, z: 2 }).delay()"),
    Line(
        "a record",
        "values.record.delay(Cat(kind='cat', lives=9))",
        "values.record.delay({ kind: 'cat', lives: 9 })",
    ),
    Line(
        "a member of a union",
        "values.record_of_two.delay(Dog(kind='dog', name='Rex', class_='big'))",
        "values.record_of_two.delay({ kind: 'dog', name: 'Rex', class: 'big' })",
    ),
    Line("null", "values.nullable.delay(None)", "values.nullable.delay(null)"),
    Line("an enum", "values.enum.delay('dark blue')", "values.enum.delay('dark blue')"),
    Line("a tuple", "values.tuple_.delay(('a', 1.5))", "values.tuple.delay(['a', 1.5])"),
    Line(
        "options",
        "flow.double.s(1).apply_async(countdown=3)",
        "flow.double.applyAsync([1], { countdown: 3 })",
    ),
    Line(
        "the result",
        "whole: int = job.get(timeout=3)",
        "const whole: number = await job.get({ timeout: 3 });",
    ),
    Line(
        "a record's member",
        "lives: int = values.record.job('id').get().value.lives",
        "const lives: number = (await values.record.job('id').get()).value.lives;",
    ),
    Line(
        "the progress",
        "job.get(on_progress=lambda progress: print(progress.done + 1))",
        "await job.get({ onProgress: (progress) => progress.done + 1 });",
    ),
    Line("a job's type", "typed: Job[int, object] = job", "const typed: Job<number> = job;"),
    Line(
        "a chain over both languages",
        "sums: Job[int, object] = (flow.double.s(1) | py.flow.double.s()).delay()",
        "const sums: Job<number> = await chain(flow.double.s(1), py.flow.double.s()).delay();",
    ),
    Line(
        "a step with further arguments",
        "chain(values.list_of_lists.si([['a']]), flow.total.si([1]), shapes.two.s(2))",
        "chain(values.list_of_lists.si([['a']]), flow.total.si([1]), shapes.two.s(2));",
    ),
    Line(
        "a group and a chord",
        "both: list[int] = group(flow.double.s(1), py.flow.double.s(2)).delay().get()\n"
        "total: int = chord(group([flow.double.s(1)]), flow.total.s(5)).delay().get()",
        "const both: number[] = await (await group([flow.double.s(1), py.flow.double.s(2)]).delay()).get();\n"
        "const total: number = await (await chord([flow.double.s(1)], flow.total.s(5)).delay()).get();",
    ),
)
WRONG = (
    Line("an argument is missing", "flow.double.delay()", "flow.double.delay();"),
    Line("an argument too many", "flow.double.delay(1, 2)", "flow.double.delay(1, 2);"),
    Line("an argument of another type", "flow.double.delay('1')", "flow.double.delay('1');"),
    Line("a list with another type", "flow.total.delay(['1'])", "flow.total.delay(['1']);"),
    Line("an unknown name", "flow.double.delay(y=1)", "flow.double.named({ y: 1 });"),
    Line("a name of another type", "flow.double.delay(x='1')", "flow.double.named({ x: '1' });"),
    Line("a missing name", "shapes.keyword_only.delay(1)", "shapes.keyword_only.named({ a: 1 });"),
    Line("a keyword by position", "shapes.keyword_only.delay(1, 2)", "shapes.keyword_only.delay(1, 2);"),
    Line("a rest of another type", "shapes.rest.delay(1, '2')", "shapes.rest.delay(1, '2');"),
    Line("an unknown task", "jobs.js.flow.triple", "jobs.js.flow.triple;"),
    Line("an unknown folder", "jobs.js.flows", "jobs.js.flows;"),
    Line("null where it is not allowed", "flow.double.delay(None)", "flow.double.delay(null);"),
    Line("another value of an enum", "values.enum.delay('blue')", "values.enum.delay('blue');"),
    Line("another constant", "values.const.delay('other')", "values.const.delay('other');"),
    Line("a tuple that is too short", "values.tuple_.delay(('a',))", "values.tuple.delay(['a']);"),
    Line(
        "a record without a member",
        "values.record.delay(Cat(kind='cat'))",
        "values.record.delay({ kind: 'cat' });",
    ),
    Line(
        "a record with an unknown member",
        "values.record.delay(Cat(kind='cat', lives=1, name='x'))",
        "values.record.delay({ kind: 'cat', lives: 1, name: 'x' });",
    ),
    Line("a Decimal as a number", "values.decimal_.delay(1.1)", "values.decimal.delay(1.1);"),
    Line(
        "a datetime as text", "values.datetime_.delay('2026-01-02')", "values.datetime.delay('2026-01-02');"
    ),
    Line(
        "an unknown option",
        "flow.double.s(1).apply_async(delay=3)",
        "flow.double.applyAsync([1], { delay: 3 });",
    ),
    Line("an option of another type", "flow.double.s(1).set(queue=3)", "flow.double.s(1).set({ queue: 3 });"),
    Line("the result as another type", "text: str = job.get()", "const text: string = await job.get();"),
    Line(
        "an unknown member of a result",
        "values.record.job('id').get().value.name",
        "(await values.record.job('id').get()).value.name;",
    ),
    Line(
        "an unknown member of the progress",
        "job.get(on_progress=lambda progress: print(progress.of))",
        "await job.get({ onProgress: (progress) => progress.of });",
    ),
    Line(
        "a step that does not take the last result",
        "flow.double.s(1) | flow.total.s(2)",
        "chain(flow.double.s(1), flow.total.s(2));",
    ),
    Line(
        "a step of the other language that does not take it",
        "flow.double.s(1) | py.values.record.s()",
        "chain(flow.double.s(1), py.values.record.s());",
    ),
    Line(
        "the second step that does not take it",
        "flow.double.s(1) | flow.double.s() | flow.total.s()",
        "chain(flow.double.s(1), flow.double.s(), flow.total.s());",
    ),
    Line(
        "a complete call as a step",
        "flow.double.s(1) | flow.double.s(2)",
        "chain(flow.double.s(1), flow.double.s(2));",
    ),
    Line(
        "a task without parameters as a step",
        "flow.double.s(1) | shapes.none.s()",
        "chain(flow.double.s(1), shapes.none.s());",
    ),
    Line("a step that is sent alone", "flow.double.s().delay()", "flow.double.s().delay();"),
    Line("an incomplete si()", "flow.double.si()", "flow.double.si();"),
    Line(
        "a chord's body that takes no list",
        "chord([flow.double.s(1)], flow.double.s())",
        "chord([flow.double.s(1)], flow.double.s());",
    ),
    Line("a deprecated task", "flow.fail.delay('x')", ""),
)


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
