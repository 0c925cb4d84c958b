"""The generated code: it has all types, is formatted, and is written in seconds for a thousand tasks."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from scripts.contracts import clients as generator
from scripts.contracts.clients import node, python
from scripts.paths import NODE_PROJECT, PYTHON_PROJECT, VENV, VENV_PYTHON
from tests.clients import signatures
from tests.clients.installed import install
from tests.clients.values import DEFINITIONS, VALUES

Json = dict[str, Any]
MANY = 1000
LIMIT_S = 10


def cpu_s() -> float:
    """The processor time of this process and of its ended children: a busy machine does not change it."""
    return sum(os.times()[:4])


def described(language: str = "python", **fields: Any) -> Json:
    return {"language": language, "queue": "q", "parameters": [], "result": {"type": "integer"}, **fields}


def generated(*names: str, language: str = "python", **fields: Any) -> tuple[str, str]:
    """Both modules for tasks of these names."""
    tasks = {name: described(language, **fields) for name in names}
    catalogue = {"version": 1, "$defs": {}, "tasks": tasks}
    return python.contract(catalogue), node.contract(catalogue)


def test_a_catalogue_without_tasks_or_with_one_language_alone() -> None:
    catalogues: list[Json] = [{"tasks": {}}, {"tasks": {"a.tasks.b.c": described()}}]
    for catalogue in catalogues:
        compile(python.contract(catalogue), "contract.py", "exec")
        assert "export const contract = {" in node.contract(catalogue)
        assert "export interface Jobs {" in node.declarations(catalogue)


def test_a_client_that_was_removed_is_not_written(tmp_path: Path) -> None:
    catalogue = signatures.catalogue()
    (tmp_path / "node" / "src").mkdir(parents=True)

    written = generator.write(catalogue, tmp_path)

    assert [path.name for path in written] == ["contract.js", "contract.d.ts"]
    assert generator.stale(catalogue, tmp_path) == []


def test_names_that_the_generated_code_needs_itself_give_way(tmp_path: Path) -> None:
    names = ("Any", "Job", "task", "str", "Report", "then")
    members = {name: {"type": "string"} for name in ("Any", "field", "list", "datetime", "task")}
    record = {"type": "object", "properties": {**members, "more": {"type": "object"}}}
    parameter = {"name": "Any", "kind": "positional_or_keyword", "required": False, "schema": {}}
    tasks = {
        f"a.tasks.b.{name}": described(
            parameters=[parameter], result={"$ref": f"#/$defs/{kind}"}, doc="Any datetime. Mapping[]"
        )
        for name, kind in zip(names, ("Py", "PyB", "Jobs", "Record", "Report", "Report"), strict=True)
    }
    hidden = {
        "type": "object",
        "properties": {"Report": {"$ref": "#/$defs/Report"}, "b": {"$ref": "#/$defs/Report"}},
    }
    definitions = dict.fromkeys(("Py", "PyB", "Jobs", "Record", "Report", "delete", "symbol"), record)
    definitions["Hides"] = hidden

    made = install(tmp_path / "clients", {"version": 1, "$defs": definitions, "tasks": tasks})

    package = tmp_path / "clients" / "python" / made.package
    settings = PYTHON_PROJECT / "pyproject.toml"
    made.run(VENV_PYTHON, "-m", "mypy", "--config-file", settings, package)
    made.run(VENV / "bin" / "ruff", "check", "--isolated", "--select=F", package / "contract.py")
    types = ("--typeRoots", NODE_PROJECT / "node_modules" / "@types", "--types", "node")
    tsc = (NODE_PROJECT / "node_modules" / ".bin" / "tsc", "--noEmit", "--strict", "--module", "nodenext")
    made.run(*tsc, *types, tmp_path / "clients" / "node" / "src" / "contract.d.ts")
    made.python("-c", f"import {made.package} as client; client.connect().py.b.Any_.s()")
    made.node("--input-type=module", "-e", f'(await import("{made.npm}")).connect().py.b.then_.s()')


def test_documentation_is_written_whatever_is_in_it() -> None:
    doc = 'Say """hello""" \\ and */ "bye"'
    in_python, _ = generated("a.tasks.b.c", doc=doc)
    names: Json = {}
    body = in_python[in_python.index("    def c(") :].replace("Job[int, Any]", "object")
    exec("class A:\n" + body[: body.index("...") + 3], names)  # noqa: S102

    assert names["A"].c.__doc__.strip() == doc
    types = node.declarations({"tasks": {"a.tasks.b.c": described(doc=doc, deprecated="Use d.")}})
    assert "and *\\/" in types
    assert "       * @deprecated Use d.\n       */\n      c: Task<" in types


def test_a_default_is_shown_where_it_fits_its_type() -> None:
    kinds = [
        ("a", {"type": "integer"}, 7, "a: int = 7"),
        ("b", {"type": "string"}, 'it\'s "x"', "b: str = 'it\\'s \"x\"'"),
        ("c", {"type": "integer"}, None, "c: int = DEFAULT"),
        ("d", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, None, "d: int | None = None"),
        ("e", {"type": "array"}, [], "e: Sequence[Any] = DEFAULT"),
        ("f", {"format": "celery-date"}, None, "f: datetime.date = DEFAULT"),
        ("g", {"type": "boolean"}, True, "g: bool = True"),
        ("h", {"type": "number"}, 0.5, "h: float = 0.5"),
    ]
    parameters = [
        {
            "name": name,
            "kind": "positional_or_keyword",
            "required": False,
            "default": default,
            "schema": schema,
        }
        for name, schema, default, _ in kinds
    ]
    in_python, _ = generated("a.tasks.b.c", parameters=parameters)

    for *_, written in kinds:
        assert written in in_python


def test_a_field_with_a_default_of_the_worker_is_left_out_until_it_is_given(tmp_path: Path) -> None:
    nullable = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    properties = {
        "limit": {**nullable, "default": 10},
        "count": {"type": "integer", "default": 1},
        "note": {**nullable, "default": None},
        "more": {"type": "string"},
        "class": {"type": "string", "default": "big"},
    }
    record = {"type": "object", "properties": properties}
    parameter = {
        "name": "a",
        "kind": "positional_or_keyword",
        "required": True,
        "schema": {"$ref": "#/$defs/R"},
    }
    catalogue = {
        "version": 1,
        "$defs": {"R": record},
        "tasks": {"a.tasks.b.c": described(parameters=[parameter])},
    }
    in_python = python.contract(catalogue)
    made = install(tmp_path / "clients", catalogue)
    program = f"""
from {made.package}.contract import R
from {made.package}.values import encode
print([encode(each) for each in (R(), R(limit=None), R(limit=10, count=2, note=None, class_="small"))])
"""

    sent = made.python("-c", program)

    assert "limit: int | None = DEFAULT" in in_python
    assert "count: int = DEFAULT" in in_python
    assert "note: int | None = None" in in_python
    assert "more: str | None = None" in in_python
    assert sent == "[{}, {'limit': None}, {'limit': 10, 'count': 2, 'class': 'small'}]\n"
    settings = PYTHON_PROJECT / "pyproject.toml"
    made.run(
        VENV_PYTHON, "-m", "mypy", "--config-file", settings, tmp_path / "clients" / "python" / made.package
    )


def long_types() -> Json:
    """Records without a name, which are written inline in TypeScript, in lists, unions and tuples."""

    def record(*names: str) -> Json:
        return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": []}

    members = {
        "lines": {
            "type": "array",
            "items": record("a_long_name", "another_long_name", "a_third_long_name", "$d"),
        },
        "either": {
            "anyOf": [record("a_long_name", "b_long_name"), record("c_long_name", "d_long_name", "e_long")]
        },
        "pairs": {
            "type": "array",
            "items": {
                "type": "array",
                "prefixItems": [{"type": ["string", "null"]}, {}],
                "minItems": 2,
                "maxItems": 2,
            },
        },
        "words": {"enum": [f"a rather long choice, number {i}" for i in range(5)]},
        "deep": {"type": "object", "properties": {"deeper": record(*(f"name_number_{i}" for i in range(8)))}},
    }
    parameters = [
        {
            "name": "a",
            "kind": "positional_or_keyword",
            "required": True,
            "schema": {"type": "object", "properties": members},
        },
        {"name": "$b", "kind": "positional_or_keyword", "required": False, "schema": members["either"]},
    ]
    return described(parameters=parameters, result=members["pairs"])


def test_the_generated_code_is_formatted_and_pleases_the_linters(tmp_path: Path) -> None:
    folder = tmp_path / "clients"
    catalogue = signatures.catalogue()
    catalogue["tasks"]["py_tasks.tasks.long.types"] = long_types()
    package = folder / "python" / install(folder, catalogue).package
    module, settings = package / "contract.py", PYTHON_PROJECT / "pyproject.toml"
    ruff, biome = VENV / "bin" / "ruff", NODE_PROJECT / "node_modules" / ".bin" / "biome"
    own = PYTHON_PROJECT.parent / "clients" / "python" / "ruff.toml"
    # The linters skip generated files, so that no task can make `make lint` fail.
    in_node = shutil.copytree(folder / "node" / "src", tmp_path / "generated")
    commands: list[list[str | Path]] = [
        [ruff, "format", "--diff", "--isolated", "--line-length", "110", module],
        [ruff, "check", "--config", own, "--ignore", "A,D1,E501,N,RUF", module],
        [biome, "check", f"--config-path={NODE_PROJECT / 'biome.json'}", "--error-on-warnings", in_node],
        [VENV_PYTHON, "-m", "mypy", "--config-file", settings, package],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_thousand_tasks_take_less_than_ten_seconds_of_cpu(tmp_path: Path) -> None:
    values = list(VALUES.values())
    parameters = [
        {"name": f"p{i}", "kind": "positional_or_keyword", "required": True, "schema": each.schema}
        for i, each in enumerate(values[:5])
    ]
    tasks = {
        f"a.tasks.team{i % 20}.module{i % 100}.task{i}": described(
            parameters=parameters, result=values[i % len(values)].schema, doc="Do something."
        )
        for i in range(MANY)
    }
    catalogue = {"version": 1, "$defs": DEFINITIONS, "tasks": tasks}
    since = cpu_s()

    made = install(tmp_path / "clients", catalogue)
    made.python("-c", f"import {made.package} as client; client.connect().py.team0.module0.task0.s")
    made.node("--input-type=module", "-e", f'(await import("{made.npm}")).connect().py.team0.module0.task0.s')

    assert cpu_s() - since < LIMIT_S
