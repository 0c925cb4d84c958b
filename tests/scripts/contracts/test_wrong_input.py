"""Task modules that are wrong or unusual: each works, or gets one line with its file and line."""

import json
import shutil

import pytest

from tests.clients.test_generated import cpu_s
from tests.scripts.contracts.conftest import Clone

MINE = "py_workers.tasks.team.mine"
JS_MINE = "js_workers.tasks.team.mine"


@pytest.mark.parametrize(
    ("language", "source", "line"),
    [
        (
            "python",
            "import missing\n",
            "python/py_workers/tasks/team/mine.py:2: cannot import the task module",
        ),
        pytest.param(
            "python",
            "def (:\n",
            "python/py_workers/tasks/team/mine.py:2: cannot import the task module",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "python",
            "@celery_app.task\nclass A: ...\n",
            f"python/py_workers/tasks/team/mine.py:2: <class '{MINE}.A'> cannot be a task",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "node",
            "process.exit(0);\n",
            "node/js_workers/tasks/team/mine.js:1: the file ended the process",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "node",
            "await new Promise(() => {});\n",
            "node/js_workers/tasks/team/mine.js:1: the file ended",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "node", 'import "./missing.js";\n', "node/js_workers/tasks/team/mine.js:1", marks=pytest.mark.long
        ),
        pytest.param(
            "node",
            "export const then = () => null;\n",
            "node/js_workers/tasks/team/mine.js:1: the file ended the process or waits for ever while it is "
            'imported, or exports "then"',
            marks=pytest.mark.long,
        ),
        ("node", "export const a = (;\n", "node/js_workers/tasks/team/mine.js:1"),
        pytest.param(
            "node",
            "export function* a() {}\n",
            f"node/js_workers/tasks/team/mine.js:1: task {JS_MINE}.a is a generator function",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_module_that_cannot_be_read_gets_one_line(
    clone: Clone, language: str, source: str, line: str
) -> None:
    if language == "python":
        clone.python_task(source)
    else:
        clone.node_task(source)

    exit_code, output = clone.contracts()

    assert exit_code == 1
    assert line in output
    assert "Traceback" not in output
    assert not (clone.folder / "contracts").exists()


def test_task_files_may_print_and_leave_timers(clone: Clone) -> None:
    clone.python_task("print('hello')\n@celery_app.task\ndef one() -> None: ...\n")
    clone.node_task("console.log('hello');\nsetInterval(() => {}, 1000);\nexport const one = () => null;\n")

    exit_code, output = clone.contracts()

    assert exit_code == 0, output


def test_two_tasks_of_one_name_are_refused(clone: Clone) -> None:
    task = '@celery_app.task(name="shared.name")\ndef {}() -> None: ...\n'
    clone.python_task(task.format("one"), "one")
    clone.python_task(task.format("two"), "two")

    exit_code, output = clone.contracts()

    assert exit_code == 1
    places = [f"python/py_workers/tasks/team/{name}.py:3" for name in ("one", "two")]
    sentence = "{}: the task name shared.name is taken by {}: rename one of them"
    assert sentence.format(*places) in output or sentence.format(*reversed(places)) in output


@pytest.mark.long
def test_one_name_in_both_languages_is_refused(clone: Clone) -> None:
    clone.python_task('@celery_app.task(name="shared.name")\ndef one() -> None: ...\n')
    clone.node_task(
        'import { task } from "celery-js";\nexport const one = task({ name: "shared.name" }, () => null);\n'
    )

    exit_code, output = clone.contracts()

    assert exit_code == 1
    python, node = "python/py_workers/tasks/team/mine.py:3", "node/js_workers/tasks/team/mine.js:2"
    assert f"{node}: the task name shared.name is taken by {python}: rename one of them" in output


@pytest.mark.long
def test_two_javascript_tasks_of_one_name_are_refused(clone: Clone) -> None:
    for name in ("one", "two"):
        task = f'export const {name} = task({{ name: "shared.name" }}, () => null);\n'
        clone.node_task(f'import {{ task }} from "celery-js";\n{task}', name)

    exit_code, output = clone.contracts()

    assert exit_code == 1
    first, second = (f"node/js_workers/tasks/team/{name}.js:2" for name in ("one", "two"))
    assert f"{second}: the task name shared.name is taken by {first}: rename one of them" in output


def test_unusual_types_and_names_are_catalogued(clone: Clone) -> None:
    clone.python_task(
        """
from dataclasses import dataclass
from typing import Annotated, Generic, Literal, TypeVar
from pydantic import BaseModel, Field

T = TypeVar("T")

class Cat(BaseModel):
    kind: Literal["cat"]

class Dog(BaseModel):
    kind: Literal["dog"]

class Basket(BaseModel, Generic[T]):
    pet: Annotated[T | Cat | Dog, Field()]

@celery_app.task(pydantic=True)
def union(pet: Annotated[Cat | Dog, Field(discriminator="kind")], basket: Basket[int]) -> None: ...

class Tree(BaseModel):
    children: list["Tree"] = []

@dataclass
class Page:
    number: int | float | bool

@celery_app.task
def unusual(tree: Tree, page: Page, delete: str, größe: int, default: list[int] = object()) -> Tree: ...
"""
    )
    clone.node_task(
        """
/** @typedef {{ name: string, next: Page | null }} Page */
/** @param {Page} page @param {string} lambda @param {string | "a" | number} größe @returns {Page} */
export const unusual = (page, lambda, größe) => ({ ...page, name: `${lambda}${größe}` });
"""
    )

    exit_code, output = clone.contracts()

    assert exit_code == 0, output
    names = [each["name"] for each in clone.task(f"{MINE}.unusual")["parameters"]]
    assert names == ["tree", "page", "delete", "größe", "default"]
    assert "python/py_workers/tasks/team/mine.py:29: " in output
    assert "parameter 'default': the default is not JSON: clients only see that it is optional" in output
    definitions = clone.catalogue()["$defs"]
    # pydantic fills in what an argument may leave out; Page is another type in each language.
    assert set(definitions) == {"BasketInt", "Cat", "Dog", "Tree", "PyTeamMinePage", "JsTeamMinePage"}
    assert definitions["PyTeamMinePage"]["properties"]["number"]["anyOf"] == [
        {"type": "integer"},
        {"type": "number"},
        {"type": "boolean"},
    ]
    assert definitions["JsTeamMinePage"]["properties"]["next"] == {
        "anyOf": [{"$ref": "#/$defs/JsTeamMinePage"}, {"type": "null"}]
    }


@pytest.mark.long
def test_a_type_that_does_not_exist_is_any(clone: Clone) -> None:
    clone.python_task('\n@celery_app.task\ndef wrong(a: "Missing") -> None: ...\n')
    clone.node_task("\n/** @param {Missing} a @returns {void} */\nexport const wrong = (a) => void a;\n")

    exit_code, output = clone.contracts()

    assert exit_code == 0, output
    assert "python/py_workers/tasks/team/mine.py:4: " in output
    assert "Missing cannot be evaluated (name 'Missing' is not defined)" in output
    assert "node/js_workers/tasks/team/mine.js:3: " in output
    assert "its type is not known: does it exist, and is it imported?" in output


@pytest.mark.long
def test_a_file_that_is_not_read_is_named(clone: Clone) -> None:
    clone.write("python/py_workers/tasks/team/notes.ipynb", "{}")
    clone.write("node/js_workers/tasks/team/page.jsx", "")

    exit_code, output = clone.contracts()

    assert exit_code == 0, output
    assert "python/py_workers/tasks/team/notes.ipynb is not read: a notebook is not a module" in output
    assert "node/js_workers/tasks/team/page.jsx is not read: " in output


@pytest.mark.long
def test_an_older_node_does_not_take_typescript_tasks_out_of_the_contract(clone: Clone) -> None:
    clone.node_task("export const one = () => null;\n")
    (clone.folder / "node" / "js_workers" / "tasks" / "team" / "two.ts").write_text(
        "export const two = (x: number): number => x;\n"
    )

    written, output = clone.contracts()
    checked, of_check = clone.contracts("--check=1")

    team = JS_MINE.rsplit(".", 1)[0]
    if "two.ts is not read: it needs Node" in output:
        assert (written, checked) == (0, 0), output + of_check
        known = clone.catalogue()
        known["tasks"][f"{team}.two.two"] = known["tasks"][f"{JS_MINE}.one"]
        clone.write("contracts/tasks.json", json.dumps(known))

        written, output = clone.contracts()

        assert written == 1
        assert "two.ts is not read: it needs Node" in output
        assert "run `make contracts` with such a Node" in output
        assert clone.catalogue() == known
    else:
        assert f"{team}.two.two" in clone.catalogue()["tasks"]


@pytest.mark.long
@pytest.mark.parametrize("absent", ["python/py_workers", "node/js_workers"])
def test_a_clone_with_one_language_has_its_tasks_only(clone: Clone, absent: str) -> None:
    shutil.rmtree(clone.folder / absent)

    exit_code, output = clone.contracts()

    assert exit_code == 0, output
    languages = {task["language"] for task in clone.catalogue()["tasks"].values()}
    assert languages == ({"javascript"} if absent.startswith("python") else {"python"})


@pytest.mark.long
def test_a_thousand_tasks_are_catalogued_in_less_than_ten_seconds_of_cpu(clone: Clone) -> None:
    python = "@celery_app.task\ndef task_{}(a: int, b: str = 'x', *, c: list[float]) -> dict[str, int]: ...\n"
    types = "@param {number} a @param {{ c: number[], b?: string }} options @returns {Record<string, number>}"
    node = f"/** {types} */\nexport const task%s = (a, {{ c, b = 'x' }}) => ({{ [b]: a + c.length }});\n"
    for number in range(10):
        clone.python_task("\n".join(python.format(each) for each in range(50)), f"module_{number}")
        clone.node_task("\n".join(node % each for each in range(50)), f"module_{number}")
    since = cpu_s()

    exit_code, output = clone.contracts()

    assert cpu_s() - since < 10
    assert exit_code == 0, output
    assert len(clone.catalogue()["tasks"]) == 1004
