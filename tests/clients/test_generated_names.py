"""Names in the generated code: of tasks, parameters and types, in both languages."""

from typing import Any

from scripts.contracts.clients import node, python
from tests.clients.test_generated import described, generated

Json = dict[str, Any]


def test_the_name_of_the_app_and_its_folder_of_tasks_are_left_out() -> None:
    in_python, in_node = generated("py_workers.tasks.mail.send")

    assert "class PyMail(Tasks):" in in_python
    assert 'send: ["py_workers.tasks.mail.send"' in in_node


def test_a_name_that_is_a_keyword_of_python_gets_an_underscore() -> None:
    in_python, in_node = generated("a.tasks.class.lambda", language="javascript")

    assert "class_: JsClass" in in_python
    assert "def lambda_(self)" in in_python
    assert "class: {" in in_node
    assert "lambda: [" in in_node


def test_names_that_no_language_takes_are_written_with_underscores() -> None:
    in_python, in_node = generated("a.tasks.pdf-report.2nd try", language="javascript")

    assert "pdf_report: JsPdfReport" in in_python
    assert "def n2nd_try(self)" in in_python
    assert "n2nd_try: [" in in_node


def test_an_underscore_at_the_end_of_a_name_stays() -> None:
    parameters = [
        {"name": name, "kind": "positional_or_keyword", "required": True, "schema": {"type": "integer"}}
        for name in ("type_", "_type")
    ]
    in_python, in_node = generated("a.tasks.b.import_", "a.tasks.b.__init__", parameters=parameters)
    types = node.declarations({"tasks": {"a.tasks.b.import_": described(parameters=parameters)}})

    assert "def import_(self, type_: int, type__: int)" in in_python
    assert "def init__(self" in in_python
    assert "import_: [" in in_node
    assert "[type_: number, type__: number]" in types


def test_records_of_a_union_are_named_after_the_constant_that_tells_them_apart() -> None:
    def record(constant: str, *names: str) -> Json:
        members = {name: {"type": "integer"} for name in names}
        return {"type": "object", "properties": {"kind": {"const": constant}, **members}}

    union = {"anyOf": [record("cat"), record("big-dog"), record("cat", "lives")]}
    catalogue = {
        "version": 1,
        "$defs": {"Pet": union},
        "tasks": {"a.b.c": described(result={"$ref": "#/$defs/Pet"})},
    }

    in_python = python.contract(catalogue)

    assert "Pet: TypeAlias = PetCat | PetBigDog | PetCat2" in in_python


def test_unicode_names_stay() -> None:
    in_python, in_node = generated("a.tasks.größen.名前")

    assert "def 名前(self)" in in_python
    assert "名前: [" in in_node


def test_tasks_that_would_have_one_name_keep_their_full_names() -> None:
    in_python, in_node = generated("a.tasks.x.run", "b.tasks.x.run", "c.x.y-z", "c.x.y_z", "c.x.y_z.w")

    assert in_python.count("def run(self)") == 2
    assert "class PyATasksX(Tasks):" in in_python
    assert ["def y_z__(self)" in in_python, "def y_z_(self)" in in_python] == [True, True]
    assert in_node.count("run: [") == 2
