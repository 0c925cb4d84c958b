"""Parameters and results are read from type hints; workers know the hash of their contract."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from conftest import own_tasks

from celery_reliable.contracts.reading import read_app
from celery_reliable.contracts.serving import read_contract
from celery_reliable.discovery import TaskImportError

Tasks = dict[str, dict[str, Any]]

KINDS = ["positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"]


@pytest.fixture(scope="session")
def tasks() -> Tasks:
    """Name of a task in contract_tasks.py -> its description. Imported once a process: Celery keeps its tasks."""
    sys.path.insert(0, str(Path(__file__).parent))
    try:
        with own_tasks():
            return {name.split(".")[-1]: asdict(each) for name, each in read_app("contract_tasks:app").items()}
    finally:
        sys.path.remove(str(Path(__file__).parent))


def parameters(tasks: Tasks, name: str) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in tasks[name]["task"]["parameters"]}


def schemas(tasks: Tasks, name: str) -> dict[str, Any]:
    return {key: each["schema"] for key, each in parameters(tasks, name).items()}


def test_parameters_have_their_kinds_and_defaults(tasks: Tasks) -> None:
    found = parameters(tasks, "kinds")

    assert list(found) == ["a", "b", "rest", "c", "d", "others"]
    assert list(dict.fromkeys(each["kind"] for each in found.values())) == KINDS
    assert [name for name, each in found.items() if each["required"]] == ["a", "b"]
    assert {name: each["default"] for name, each in found.items() if "default" in each} == {"c": True, "d": None}
    assert schemas(tasks, "kinds")["rest"] == {"type": "number"}
    assert schemas(tasks, "kinds")["d"] == {"enum": ["x", 1, None]}


def test_celerys_typed_values_have_formats_of_their_own(tasks: Tasks) -> None:
    assert schemas(tasks, "typed") == {
        "at": {"format": "celery-datetime"},
        "day": {"format": "celery-date"},
        "hour": {"format": "celery-time"},
        "price": {"format": "celery-decimal"},
        "key": {"format": "celery-uuid"},
        "raw": {"format": "celery-bytes"},
    }
    assert tasks["typed"]["task"]["result"]["prefixItems"] == [
        {"format": "celery-datetime"},
        {"format": "celery-decimal"},
    ]


def test_inside_a_model_typed_values_are_strings_because_celery_dumps_it(tasks: Tasks) -> None:
    node = tasks["tree"]["inputs"]["Node"]

    assert node["properties"]["at"]["anyOf"][0] == {"format": "date-time", "type": "string"}
    assert node["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}


def test_a_type_that_a_model_uses_twice_is_inside_of_the_model(tasks: Tasks) -> None:
    (inside, outside) = (tasks[name]["inputs"]["Stamp"]["properties"]["at"] for name in ("basket", "stamped"))

    assert inside == {"format": "date-time", "type": "string"}
    assert outside == {"format": "celery-datetime"}


def test_arguments_may_leave_out_fields_that_results_always_have(tasks: Tasks) -> None:
    for name in ("basket", "stamped"):
        assert tasks[name]["inputs"]["Stamp"]["required"] == ["at"]
        assert tasks[name]["outputs"]["Stamp"]["required"] == ["at", "count"]
    assert tasks["shapes"]["outputs"]["Point"]["required"] == ["x"]


def test_types_with_a_name_are_definitions(tasks: Tasks) -> None:
    assert schemas(tasks, "shapes") == {
        "box": {"$ref": "#/$defs/Box"},
        "point": {"$ref": "#/$defs/Point"},
        "colour": {"$ref": "#/$defs/Colour"},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    }
    inputs = tasks["shapes"]["inputs"]
    assert inputs["Colour"] == {"enum": ["red", "blue"], "type": "string"}
    assert inputs["Point"]["required"] == ["x"]
    assert inputs["Box"]["required"] == ["corner"]
    assert tasks["shapes"]["task"]["result"] == {"items": {"$ref": "#/$defs/Box"}, "type": "array"}


def test_self_is_left_out_and_options_are_read(tasks: Tasks) -> None:
    assert list(parameters(tasks, "bound")) == ["size"]
    assert tasks["bound"]["task"]["progress"] == {"$ref": "#/$defs/Point"}
    tree = tasks["tree"]["task"]
    assert (tree["max_retries"], tree["time_limit_s"], tree["soft_time_limit_s"]) == (None, 30, 20.5)
    assert not {"max_retries", "time_limit_s", "soft_time_limit_s"} & tasks["kinds"]["task"].keys()


def test_the_doc_is_the_first_paragraph(tasks: Tasks) -> None:
    assert tasks["kinds"]["task"]["doc"] == "Take every kind of parameter."
    assert tasks["unpacked"]["task"]["deprecated"] == "2.0 Use kinds."


def test_unpacked_keywords_are_parameters(tasks: Tasks) -> None:
    assert [(name, each["required"]) for name, each in parameters(tasks, "unpacked").items()] == [
        ("urgent", True),
        ("colour", False),
    ]


def test_unpacked_keywords_of_typing_extensions_are_parameters_too(tasks: Tasks) -> None:
    assert parameters(tasks, "unpacked_here") == parameters(tasks, "unpacked")


def test_keys_that_follow_a_pattern_are_limited(tasks: Tasks) -> None:
    assert schemas(tasks, "limited_keys")["prices"] == {
        "type": "object",
        "propertyNames": {"type": "string", "pattern": "^[A-Z]+$"},
        "additionalProperties": {"type": "integer"},
    }


def test_two_types_of_one_name_in_a_task_stay_two(tasks: Tasks) -> None:
    names = (each["$ref"].split("/")[-1] for each in schemas(tasks, "same_names").values())
    outer, inner, box, other = names
    inputs = tasks["same_names"]["inputs"]

    assert list(inputs[outer]["properties"]) == ["inner"]
    assert inputs[outer]["properties"]["inner"] == {"$ref": f"#/$defs/{inner}"}
    assert list(inputs[inner]["properties"]) == ["number"]
    assert list(inputs[box]["properties"]) == ["corner", "tags"]
    assert list(inputs[other]["properties"]) == ["size"]


def test_a_default_that_is_computed_is_left_out(tasks: Tasks) -> None:
    found = {name: each.get("default", ...) for name, each in parameters(tasks, "computed").items()}

    assert found == {"at": ..., "day": "2026-01-02", "seed": ..., "price": "1.5", "text": ...}
    assert [note.split("contract_tasks.computed: ")[1] for note in tasks["computed"]["notes"]] == [
        "parameter 'at': the default is computed when the worker starts: clients only see that it is optional",
        "parameter 'seed': the default is computed when the worker starts: clients only see that it is optional",
        "parameter 'text': the default is not JSON: clients only see that it is optional",
    ]


def test_the_computed_default_of_a_field_or_a_constant_is_left_out(tasks: Tasks) -> None:
    assert "default" not in parameters(tasks, "computed_elsewhere")["day"]
    assert "default" not in parameters(tasks, "computed_elsewhere")["later"]
    types = tasks["computed_elsewhere"]["inputs"]
    defaults = {
        model: {name: each["default"] for name, each in types[model]["properties"].items() if "default" in each}
        for model in ("Dated", "DatedBox")
    }
    assert defaults == {"Dated": {"day": "2026-01-02", "count": 3}, "DatedBox": {"count": 4}}
    assert types["Dated"].get("required", []) == types["DatedBox"].get("required", []) == []


def test_a_type_that_is_any_in_part_is_listed(tasks: Tasks) -> None:
    lines = [line.split("contract_tasks.partly: ")[1] for line in tasks["partly"]["undescribed"]]

    advice = "write its type, or object if any JSON value is meant"
    assert lines == [
        f"the parameter 'a' is any in part: list[Any]: {advice}",
        f"the parameter 'b' is any in part: dict: {advice}",
        f"the parameter 'c' is any in part: Loose.rows: list[Any]: {advice}",
        f"the result is any in part: tuple: {advice}",
    ]


def test_types_that_contain_themselves_or_are_not_complete_get_advice(tasks: Tasks) -> None:
    tree, unfinished = tasks["hopeless"]["undescribed"]

    assert "contains itself: write such a type with typing_extensions.TypeAliasType" in tree
    assert "a type in Unfinished is not defined: import its name in that module" in unfinished


def test_what_has_no_type_is_any_with_its_line_and_what_to_write(tasks: Tasks) -> None:
    lines = tasks["untyped"]["undescribed"]

    assert [schemas(tasks, "untyped")[name] for name in ("a", "b", "c", "wait", "d")] == [{}] * 5
    expected = [
        "the parameter 'a' is any: write its type, such as `a: str`",
        "the parameter 'b' is any: it is Any: write its type, or object if any JSON value is meant",
        "the parameter 'c' is any: Plain has no JSON form: use plain types",
        "the parameter 'wait' is any: timedelta does not travel in Celery's JSON: use a number of seconds",
        "the parameter 'd' is any: Missing cannot be evaluated (name 'Missing' is not defined)",
        "Unlucky] cannot be described: ImportError: a package is not installed",
        "the result is any: write the type of the result",
    ]
    assert len(lines) == len(expected)
    assert all(text in line for text, line in zip(expected, lines, strict=True))
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers[:5] == list(range(numbers[0], numbers[0] + 5))
    assert "parameter 'e': the default is not JSON" in tasks["untyped"]["notes"][0]


def test_types_that_celery_does_not_convert_are_noted(tasks: Tasks) -> None:
    notes = tasks["shapes"]["notes"]

    assert [note.split("contract_tasks.shapes: ")[1] for note in notes] == [
        "parameter 'box': the task gets a dict instead of Box: build it in the task, or use a pydantic model",
        "result: Celery cannot write Box: return dataclasses.asdict(...)",
    ]
    assert tasks["tree"]["notes"] == tasks["typed"]["notes"] == []


def test_a_coroutine_is_noted_as_celery_does_not_await_it(tasks: Tasks) -> None:
    assert "async def: Celery does not await it" in tasks["coroutine"]["notes"][0]


def test_a_model_takes_its_aliases_and_returns_the_names_of_its_fields(tasks: Tasks) -> None:
    (taken,) = (dict(each["properties"]) for each in tasks["renamed"]["inputs"].values())
    returned = {name: list(each["properties"]) for name, each in tasks["renamed"]["outputs"].items()}

    assert list(taken) == ["fullName"]
    assert returned == {"Named": ["full_name"]}
    assert list(tasks["renamed_twice"]["outputs"]["NamedTwice"]["properties"]) == ["fullName"]


def test_options_of_pydantic_change_how_models_travel(tasks: Tasks) -> None:
    def at(name: str, side: str) -> dict[str, Any]:
        found: dict[str, Any] = tasks[name][side]["Stamp"]["properties"]["at"]
        return found

    assert at("strict", "inputs") == {"format": "celery-datetime"}
    assert at("strict", "outputs") == {"format": "date-time", "type": "string"}
    assert at("dumped", "outputs") == {"format": "celery-datetime"}
    assert list(tasks["dumped"]["outputs"]["Named"]["properties"]) == ["fullName"]
    assert tasks["excluded"]["outputs"]["Stamp"]["required"] == ["at"]


def test_object_means_any_json_value(tasks: Tasks) -> None:
    assert tasks["anything"]["undescribed"] == []
    assert schemas(tasks, "anything") == {"value": {}}


def test_two_functions_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
from celery import Celery
app = Celery("twice", broker="memory://", include=["twice_tasks"])
"""
    task = "@app.task(name='one')\ndef {}() -> None: ...\n"
    (tmp_path / "twice.py").write_text(source)
    (tmp_path / "twice_tasks.py").write_text("from twice import app\n" + task.format("a") + task.format("b"))
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(
        TaskImportError, match=r"twice_tasks\.py:\d: the task name one is taken by .*twice_tasks\.py:\d"
    ):
        read_app("twice:app")


def test_a_contract_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "contract.json"
    file.write_text(json.dumps({"hash": "abc", "tasks": {"a": "1"}}))
    app = Celery("test", broker="memory://")

    app.conf.contract_file = str(file)

    assert read_contract(app) == {"hash": "abc", "tasks": {"a": "1"}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [(None, "the contract cannot be read: .*No such file"), ("{", "cannot be read"), ("[]", "is not a contract")],
)
def test_a_wrong_contract_file_is_named(tmp_path: Path, text: str | None, problem: str) -> None:
    file = tmp_path / "contract.json"
    if text is not None:
        file.write_text(text)
    app = Celery("test", broker="memory://")
    app.conf.contract_file = str(file)

    with pytest.raises(ValueError, match=problem):
        read_contract(app)
