"""Types of all tasks share definitions, each with its own name."""

from typing import Any

from scripts.contracts.definitions import shared_definitions
from scripts.contracts.reading import Description

Json = dict[str, Any]
INTEGER, STRING = {"type": "integer"}, {"type": "string"}


def page(*required: str, **more: Json) -> Json:
    return {"type": "object", "properties": {"number": INTEGER, **more}, "required": list(required)}


def described(inputs: Json | None = None, outputs: Json | None = None) -> Description:
    """A task whose parameter and result are a Page."""
    schema = {"$ref": "#/$defs/Page"}
    task: Json = {"parameters": [{"name": "page", "schema": schema}], "result": schema}
    taken, given = ({"Page": each} if each else {} for each in (inputs, outputs))
    return Description("a.py:1", task, taken, given, [], [])


def result_of(task: Json) -> str:
    return str(task["result"]["$ref"]).removeprefix("#/$defs/")


def test_a_result_that_has_all_fields_keeps_the_type_of_the_argument() -> None:
    tasks, definitions = shared_definitions({"py_workers.tasks.a.b.c": described(page(), page("number"))})

    assert definitions == {"Page": page()}
    assert result_of(tasks["py_workers.tasks.a.b.c"]) == "Page"


def test_a_type_that_is_only_a_result_has_all_fields() -> None:
    _, definitions = shared_definitions({"py_workers.tasks.a.b.c": described(outputs=page("number"))})

    assert definitions == {"Page": page("number")}


def test_a_result_with_other_fields_has_a_type_of_its_own() -> None:
    found = {"py_workers.tasks.a.b.c": described(page(), page(title=STRING))}

    tasks, definitions = shared_definitions(found)

    assert definitions == {"Page": page(), "PageResult": page(title=STRING)}
    assert result_of(tasks["py_workers.tasks.a.b.c"]) == "PageResult"


def test_types_of_one_name_in_two_modules_have_their_names() -> None:
    found = {
        "py_workers.tasks.a.b.c": described(page(), page("number")),
        "js_workers.tasks.a.b.c": described(page(title=STRING), page(title=STRING)),
    }

    tasks, definitions = shared_definitions(found)

    assert definitions == {"PyABPage": page(), "JsABPage": page(title=STRING)}
    assert {name: result_of(task) for name, task in tasks.items()} == {
        "py_workers.tasks.a.b.c": "PyABPage",
        "js_workers.tasks.a.b.c": "JsABPage",
    }
